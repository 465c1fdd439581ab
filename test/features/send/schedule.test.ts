import { describe, expect, it } from '@jest/globals';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { ServiceContext } from '../../../src/config/configuration';
import { scheduleMessage } from '../../../src/features/send/schedule';
import { parse } from '../../config/support';

const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs.fifo';

/** The target of the schedule that a message leads to. */
async function targetOf(
  message: { body: string; groupId?: string },
  { section = {}, context = {} }: { section?: object; context?: Partial<ServiceContext> } = {},
) {
  const asked: { input: { Name: string; Target: { Arn: string; Input: string; RoleArn: string } } }[] = [];
  const scheduler = { send: (command: never) => Promise.resolve(asked.push(command)) };
  const resources = [{ LogicalResourceId: 'WatchbotScheduleRole', PhysicalResourceId: 'schedules' }];
  const client = new CloudFormationClient({ region: 'us-east-1' });
  client.send = ({ constructor }: object) =>
    Promise.resolve(
      constructor.name === 'DescribeStacksCommand'
        ? {
            Stacks: [
              { Outputs: [{ OutputKey: 'WatchbotScheduleRoleArn', OutputValue: 'told by the stack' }] },
            ],
          }
        : { StackResourceSummaries: resources },
    );
  const configuration = parse({ command: 'true', ...section }, context);
  const name = await scheduleMessage(
    {
      stack: {
        client,
        stackName: 'tiles-dev',
        region: 'us-east-1',
      },
      scheduler: scheduler as unknown as SchedulerClient,
      configuration,
      worker: configuration.workers[0]!,
      destination: {
        queueUrl: QUEUE_URL,
        queueArn: 'arn:aws:sqs:us-east-1:123456789012:jobs.fifo',
        topicArn: undefined,
        maxReceives: 10,
      },
    },
    {
      subject: undefined,
      attributes: {},
      deduplicationId: undefined,
      groupId: undefined,
      ...message,
    },
    new Date('2030-01-01T00:00:00Z'),
  );
  return { name, ...asked[0]!.input.Target };
}

it('a message that EventBridge Scheduler sends to a FIFO queue has an id of its own', async () => {
  const targets = [
    await targetOf({ body: 'do "it"', groupId: 'g' }),
    await targetOf({ body: 'do "it"', groupId: 'g' }),
  ];
  for (const { name, Arn, Input } of targets) {
    expect(Arn).toBe('arn:aws:scheduler:::aws-sdk:sqs:sendMessage');
    expect(JSON.parse(Input)).toEqual({
      QueueUrl: QUEUE_URL,
      MessageBody: 'do "it"',
      MessageGroupId: 'g',
      MessageDeduplicationId: name,
    });
  }
  expect(targets[0]!.name).not.toBe(targets[1]!.name);
});

it('a message that EventBridge Scheduler sends to a standard queue is the body', async () => {
  await expect(targetOf({ body: 'do it' })).resolves.toMatchObject({ Input: 'do it' });
});

describe('the role is', () => {
  const events = [{ schedule: 'rate(1 day)' }];
  const withPath = (path: ServiceContext['roles']['path']) => ({
    roles: { permissionsBoundary: undefined, path, tags: {} },
  });
  const ROLE = 'arn:aws:iam::123456789012:role/own';
  const byFunction = { 'Fn::Sub': '/${AWS::StackName}/' };

  it.each([
    ['without a path', {}, {}, 'arn:aws:iam::123456789012:role/schedules'],
    ['with the path of all roles', {}, withPath('/team/'), 'arn:aws:iam::123456789012:role/team/schedules'],
    [
      'with a path of its own',
      { extensions: { scheduleRole: { Path: '/own/' } } },
      withPath('/team/'),
      'arn:aws:iam::123456789012:role/own/schedules',
    ],
    ['that is given', { schedulerRole: ROLE }, {}, ROLE],
    ['that is given, without a schedule', { schedulerRole: ROLE, events: [] }, {}, ROLE],
    ['that a function gives', { schedulerRole: { 'Fn::ImportValue': 'role' } }, {}, 'told by the stack'],
    ['with a path by a function', {}, withPath(byFunction), 'told by the stack'],
    [
      'with a path of its own by a function',
      { extensions: { scheduleRole: { Path: byFunction } } },
      {},
      'told by the stack',
    ],
  ])('the one %s', async (_, keys, context, expected) => {
    const { RoleArn } = await targetOf({ body: 'a' }, { section: { events, ...keys }, context });
    expect(RoleArn).toBe(expected);
  });
});
