import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from '@jest/globals';
import { deployableStack, physicalIds, stackOverview } from '../../../src/features/stack/stack';
import { buildTemplate } from '../../../src/resources/template';
import { parse } from '../../config/support';

const check = (answer: () => Promise<object>) =>
  deployableStack({
    client: { send: answer } as unknown as CloudFormationClient,
    stackName: 'tiles-dev',
    region: 'us-east-1',
  });
const checkStatus = (StackStatus: string) => check(() => Promise.resolve({ Stacks: [{ StackStatus }] }));

it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'])(
  'deploys to a stack in %s',
  async (status) => {
    await expect(checkStatus(status)).resolves.toEqual({ StackStatus: status });
  },
);

it('deploys if there is no stack', async () => {
  const missing = Object.assign(new Error('Stack with id tiles-dev does not exist'), {
    name: 'ValidationError',
  });
  await expect(check(() => Promise.reject(missing))).resolves.toBeUndefined();
});

it.each([
  ['ROLLBACK_COMPLETE', 'remove the stack with `sls remove`, then deploy again'],
  ['DELETE_FAILED', 'remove the stack with `sls remove`, then deploy again'],
  [
    'UPDATE_ROLLBACK_FAILED',
    'aws cloudformation continue-update-rollback --stack-name tiles-dev --region us-east-1',
  ],
  ['UPDATE_IN_PROGRESS', 'wait until the deploy or removal that is under way has ended'],
])('says what to do with a stack in %s', async (status, advice) => {
  const error = await checkStatus(status).catch((thrown: unknown) => thrown as Error);
  const message = (error as Error).message;
  expect(message).toContain(`WATCHBOT_STACK_STATE at stack tiles-dev\n  given:   ${status}`);
  expect(message).toContain(advice);
  expect(message).toContain('nothing was built, pushed or changed');
});

/** A stack of the section's own template, as CloudFormation tells of it: its resources come a few at a time. */
async function overviewOf(section: object) {
  const configuration = parse({ command: 'x', ...section });
  const { Resources, Outputs } = buildTemplate(configuration, { watchbot: 'image' });
  const summaries = Object.keys(Resources).map((id) => ({
    LogicalResourceId: id,
    PhysicalResourceId: `the ${id}`,
  }));
  const send = ({ constructor: { name }, input }: { constructor: { name: string }; input: object }) => {
    if (name === 'DescribeStacksCommand') {
      const outputs = Object.keys(Outputs).map((key) => ({ OutputKey: key, OutputValue: `output ${key}` }));
      return Promise.resolve({ Stacks: [{ Outputs: outputs }] });
    }
    const from = Number((input as { NextToken?: string }).NextToken ?? 0);
    const NextToken = from + 5 < summaries.length ? String(from + 5) : undefined;
    return Promise.resolve({ StackResourceSummaries: summaries.slice(from, from + 5), NextToken });
  };
  const client = Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, {
    send,
  });
  const overview = await stackOverview(
    { client, stackName: 'tiles-dev', region: 'us-east-1' },
    configuration,
  );
  const [{ worker, serviceArn, logGroup, idOf, ...rest } = { worker: '' }] = overview ?? [];
  expect({ worker, serviceArn, logGroup }).toEqual({
    worker: 'watchbot',
    serviceArn: 'the WatchbotService',
    logGroup: 'the WatchbotLogGroup',
  });
  expect(idOf?.('service')).toBe('the WatchbotService');
  return rest;
}

const DASHBOARD =
  'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/the WatchbotDashboard';
const QUEUES = { queueUrl: 'the WatchbotQueue', deadLetterQueueUrl: 'the WatchbotDeadLetterQueue' };

it.each<{ name: string; section: object; found: object }>([
  {
    name: 'a topic and a queue',
    section: {},
    found: { ...QUEUES, topicArn: 'the WatchbotTopic', dashboardUrl: DASHBOARD },
  },
  { name: 'a FIFO queue', section: { queue: { fifo: true } }, found: { ...QUEUES, dashboardUrl: DASHBOARD } },
  {
    name: 'a queue that exists',
    section: { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:orders' } },
    found: { queueUrl: 'output WatchbotQueueUrl', dashboardUrl: DASHBOARD },
  },
  {
    name: 'a webhook',
    section: { events: [{ webhook: { authorization: 'none', throttle: { rate: 1 } } }] },
    found: {
      ...QUEUES,
      topicArn: 'the WatchbotTopic',
      webhookUrl: 'output WatchbotWebhookUrl',
      dashboardUrl: DASHBOARD,
    },
  },
  {
    name: 'no dashboard',
    section: { dashboard: false },
    found: { ...QUEUES, topicArn: 'the WatchbotTopic' },
  },
])('knows of a worker with $name', async ({ section, found }) => {
  const overview = await overviewOf(section);
  expect(Object.fromEntries(Object.entries(overview).filter(([, value]) => value !== undefined))).toEqual(
    found,
  );
});

describe('resources that a plugin has moved into nested stacks', () => {
  const arn = (name: string) => `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/uuid`;
  const STACK = 'AWS::CloudFormation::Stack';
  const stacks: Record<string, [id: string, physicalId: string | undefined, type?: string][]> = {
    'tiles-dev': [
      ['Topic', 'of the root'],
      ['Queues', arn('queues'), STACK],
      ['NotMade', undefined, STACK],
    ],
    [arn('queues')]: [
      ['Queue', 'in a nested stack'],
      ['Topic', 'somebody else’s'],
      ['Deeper', arn('deeper'), STACK],
    ],
    [arn('deeper')]: [['Service', 'two stacks deep']],
  };
  const asked: string[] = [];
  const client = Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, {
    send: ({ input: { StackName } }: { input: { StackName: string } }) => {
      asked.push(StackName);
      const StackResourceSummaries = stacks[StackName]?.map(([id, physicalId, type = 'AWS::SQS::Queue']) => ({
        LogicalResourceId: id,
        PhysicalResourceId: physicalId,
        ResourceType: type,
      }));
      return Promise.resolve({ StackResourceSummaries });
    },
  });
  const look = async (...wanted: string[]) => {
    asked.length = 0;
    const ids = await physicalIds({ client, stackName: 'tiles-dev', region: 'us-east-1' }, wanted);
    return wanted.map((id) => ids.get(id));
  };

  it('are found there, and those of the stack itself go first', async () => {
    expect(await look('Topic', 'Queue', 'Service', 'Nowhere')).toEqual([
      'of the root',
      'in a nested stack',
      'two stacks deep',
      undefined,
    ]);
    expect(asked).toHaveLength(3);
  });

  it('are looked for no further than what is wanted', async () => {
    await look('Topic');
    expect(asked).toEqual(['tiles-dev']);
    await look('Queue');
    expect(asked).toEqual(['tiles-dev', arn('queues')]);
  });
});
