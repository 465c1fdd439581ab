import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { openDestination } from '../../../src/features/send/sender';
import type { Clients } from '../../../src/features/stack/clients';
import { createTarget } from '../../../src/features/stack/target';
import { workerAddress } from '../../../src/features/stack/workers';
import { parse } from '../../config/support';

type Command = { constructor: { name: string }; input: Record<string, string> };

/** A stack whose resources and outputs are called by their ids, and queues that exist whatever they are called. */
function destinationOf(section: object, isLocal = false) {
  const configuration = parse({ command: 'x', ...section });
  const [worker] = configuration.workers;
  const calls: string[] = [];
  const send = ({ constructor: { name }, input }: Command) => {
    calls.push(name.replace('Command', ''));
    if (name === 'GetQueueUrlCommand') return Promise.resolve({ QueueUrl: `url of ${input.QueueName}` });
    if (name === 'DescribeStacksCommand') {
      const Outputs = [{ OutputKey: 'WatchbotQueueUrl', OutputValue: 'url by the output' }];
      const topic = { OutputKey: 'WatchbotTopicArn', OutputValue: 'topic by the output' };
      return Promise.resolve({ Stacks: [{ Outputs: 'topic' in section ? [...Outputs, topic] : Outputs }] });
    }
    if (name === 'ListStackResourcesCommand') {
      const ids = ['WatchbotQueue', 'WatchbotTopic'].map((id) => ({
        LogicalResourceId: id,
        PhysicalResourceId: `physical id of ${id}`,
      }));
      return Promise.resolve({ StackResourceSummaries: 'queue' in section ? [] : ids });
    }
    return Promise.resolve({ Attributes: { QueueArn: 'arn:aws:sqs:eu-west-1:123456789012:q' } });
  };
  const clients = {
    sqs: () => Promise.resolve(Object.assign(Object.create(SQSClient.prototype) as SQSClient, { send })),
    cloudFormation: () =>
      Promise.resolve(
        Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, { send }),
      ),
  } as unknown as Clients;
  const target = createTarget({ isLocal, region: 'eu-west-1', text: 'AWS', clients });
  const address = workerAddress(configuration, worker!);
  return openDestination({ target, configuration }, { worker: worker!, address }).then(
    ({ queueUrl, topicArn }) => ({ queueUrl, topicArn, calls: new Set(calls) }),
  );
}

const named = (resource: string, property: string) => ({
  extensions: { [resource]: { [property]: { 'Fn::Sub': '${AWS::StackName}-jobs' } } },
});
const byFunction = { queue: { arn: { 'Fn::ImportValue': 'jobs' } } };
const jobs = { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' } };
const topicByFunction = { ...jobs, topic: { 'Fn::ImportValue': 'jobs-TopicArn' } };
const topicElsewhere = { ...jobs, topic: 'arn:aws:sns:us-east-1:210987654321:jobs' };

it.each([
  ['a queue', named('queue', 'QueueName'), 'physical id of WatchbotQueue', 'physical id of WatchbotTopic'],
  ['a topic', named('topic', 'TopicName'), 'physical id of WatchbotQueue', 'physical id of WatchbotTopic'],
  ['an existing queue', byFunction, 'url by the output', undefined],
  ['an existing topic', topicByFunction, 'url by the output', 'topic by the output'],
  ['an existing topic of another account', topicElsewhere, 'url by the output', 'topic by the output'],
])('asks the stack where %s is whose place only AWS knows', async (_name, section, queueUrl, topicArn) => {
  expect(await destinationOf(section)).toMatchObject({ queueUrl, topicArn });
});

it('needs no stack for a name that the template has', async () => {
  const { queueUrl, calls } = await destinationOf({
    topic: false,
    extensions: { queue: { QueueName: 'jobs' } },
  });
  expect(queueUrl).toBe('url of jobs');
  expect([...calls]).toEqual(['GetQueueUrl', 'GetQueueAttributes']);
});

it('needs no stack for an existing queue and its topic', async () => {
  const topic = 'arn:aws:sns:us-east-1:123456789012:all-jobs';
  const { queueUrl, topicArn, calls } = await destinationOf({ ...jobs, topic });
  // In the account and region that the queue says of itself.
  expect([queueUrl, topicArn]).toEqual(['url of jobs', 'arn:aws:sns:eu-west-1:123456789012:all-jobs']);
  expect([...calls]).toEqual(['GetQueueUrl', 'GetQueueAttributes']);
});

it.each([['a queue', named('queue', 'QueueName')] as const, ['an existing queue', byFunction] as const])(
  'calls %s at `sls watchbot local` as the plugin would have called it',
  async (_name, section) => {
    const { queueUrl } = await destinationOf(section, true);
    expect(queueUrl).toMatch(/^url of [\w-]+-WatchbotQueue$/);
  },
);

it.each([
  [{}, 262_144],
  [{ topic: true }, 262_144],
  [{ topic: { maxMessageSize: '1MB' } }, 1_048_576],
  [{ topic: { maxMessageSize: 2_048 }, queue: { fifo: true } }, 2_048],
])('takes as much through the topic as %j says', (section, bytes) => {
  const configuration = parse({ command: 'x', ...section });
  expect(workerAddress(configuration, configuration.workers[0]!).maxTopicBytes).toBe(bytes);
});

it('takes a size that a function gives for what AWS takes', () => {
  const configuration = parse({
    command: 'x',
    extensions: { queue: { MaximumMessageSize: { Ref: 'Size' } } },
  });
  expect(workerAddress(configuration, configuration.workers[0]!).maxQueueBytes).toBe(1_048_576);
});
