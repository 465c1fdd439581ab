import { describe, expect, it } from '@jest/globals';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { METRICS_ASLEEP_AFTER_SECONDS } from '../../src/scaling/aws/sqs';
import { AWAKE_EVERY_HOURS } from '../../src/scaling/limits';
import { build, ownArn, single, statementsOf } from './support';

const queueArn = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };
const scheduleOf = (schedule: unknown, section: object = {}) =>
  single({ ...section, events: [{ schedule }] }).Resources.WatchbotSchedule1;

describe('a schedule', () => {
  it('sends the time at which it was due, to the minute', () => {
    expect(scheduleOf('rate(1 day)')).toEqual({
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'tiles-dev-WatchbotSchedule1',
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: {
          Arn: queueArn,
          RoleArn: { 'Fn::GetAtt': ['WatchbotScheduleRole', 'Arn'] },
          Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        },
      },
    });
  });

  it.each([
    [
      { rate: 'cron(0 6 * * ? *)', timezone: 'Europe/Vienna' },
      { ScheduleExpressionTimezone: 'Europe/Vienna' },
    ],
    [{ rate: 'at(2030-01-01T00:00:00)' }, { ScheduleExpression: 'at(2030-01-01T00:00:00)' }],
    [{ rate: 'rate(1 day)', enabled: false }, { State: 'DISABLED' }],
    [{ rate: 'rate(1 day)', input: { all: true } }, { Target: { Input: '{"all":true}' } }],
    // Unlike a rule, Scheduler sends SQS any text as it is.
    [{ rate: 'rate(1 day)', input: 'render all' }, { Target: { Input: 'render all' } }],
  ])('is as it is told: %j', (schedule, expected) => {
    expect(scheduleOf(schedule)?.Properties).toMatchObject(expected);
  });

  /** What SQS is called with, for a queue whose URL is `url`. */
  const callOf = (schedule: object, section: object = { queue: { fifo: true } }) => {
    const { Arn, Input, ...rest } = scheduleOf(schedule, section)?.Properties?.Target as Record<
      string,
      unknown
    >;
    expect(Arn).toEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:sendMessage' });
    expect(rest).not.toHaveProperty('SqsParameters');
    const [text] = (Input as { 'Fn::Sub': [string, object] })['Fn::Sub'];
    // All that CloudFormation would fill in.
    expect(text.match(/\$\{/g)).toHaveLength(1);
    return JSON.parse(text.replace('${QueueUrl}', 'url')) as object;
  };

  it('gives a FIFO queue the group, and an id of its own to each message, equal bodies or not', () => {
    expect(callOf({ rate: 'rate(1 minute)', messageGroupId: 'daily', input: { do: 'it' } })).toEqual({
      QueueUrl: 'url',
      MessageBody: '{"do":"it"}',
      MessageGroupId: 'daily',
      MessageDeduplicationId: 'tiles-dev-WatchbotSchedule1-<aws.scheduler.scheduled-time>',
    });
    const { Target } = scheduleOf('rate(1 day)')?.Properties as { Target: object };
    expect(Object.keys(Target).sort()).toEqual(['Arn', 'Input', 'RoleArn']);
  });

  it.each([
    ['quotes "and" \\ more'],
    ['${QueueUrl} ${AWS::Region}'],
    ['line\nline'],
    ['<aws.scheduler.execution-id>'],
  ])('gives a FIFO queue the text as it is: %j', (input) => {
    expect(callOf({ rate: 'rate(1 minute)', messageGroupId: 'g', input })).toMatchObject({
      MessageBody: input,
    });
  });

  it('has the same id in no other schedule that is due at the same time', () => {
    const schedule = { rate: 'rate(1 minute)', messageGroupId: 'g' };
    const { Resources } = single({ queue: { fifo: true }, events: [{ schedule }, { schedule }] });
    const ids = [1, 2].map(
      (index) =>
        /"MessageDeduplicationId\\*":\\*"([^"\\]+)/.exec(
          JSON.stringify(Resources[`WatchbotSchedule${index}`]),
        )?.[1],
    );
    expect(ids).toEqual(
      [1, 2].map((index) => `tiles-dev-WatchbotSchedule${index}-<aws.scheduler.scheduled-time>`),
    );
  });

  it('knows the URL of a FIFO queue that exists already', () => {
    const arn = 'arn:aws:sqs:us-east-1:123456789012:orders.fifo';
    const target = scheduleOf({ rate: 'rate(1 day)', messageGroupId: 'g' }, { queue: { arn } })?.Properties
      ?.Target;
    expect(JSON.stringify(target)).toContain('"Name":"orders.fifo"');
  });
});

describe('the role of schedules', () => {
  const { of, Resources } = single({ events: [{ schedule: 'rate(1 day)' }, { schedule: 'rate(1 hour)' }] });

  it('is one for all of them', () => {
    const roles = ['WatchbotSchedule1', 'WatchbotSchedule2'].map(
      (id) => (Resources[id]?.Properties?.Target as { RoleArn: unknown }).RoleArn,
    );
    expect(roles).toEqual(Array(2).fill({ 'Fn::GetAtt': ['WatchbotScheduleRole', 'Arn'] }));
  });

  it('is taken only for this account’s schedules, and may only send', () => {
    expect(of('scheduleRole').AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnEquals: { 'aws:SourceArn': ownArn('scheduler', 'schedule-group/default') },
        },
      },
    ]);
    expect(statementsOf(of('scheduleRole'))).toEqual([
      { Sid: 'Send', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn },
    ]);
  });

  it('is not made without schedules', () => {
    expect(single().has('scheduleRole')).toBe(false);
  });
});

const COMMAND = { command: 'true' };
const OWN = { Key: 'watchbot:worker', Value: 'tiles-dev-Watchbot' };

/** All that is made so that a queue stays awake. */
const awakeIn = (resources: Record<string, TemplateResource>) =>
  Object.keys(resources).filter((id) => id.includes('Awake'));

/** With what SQS is called, for a queue whose URL is `url`. */
function callOf(resource: TemplateResource | undefined): { QueueUrl: string; Tags: Record<string, string> } {
  const { Input } = (resource?.Properties as { Target: { Input: { 'Fn::Sub': [string, object] } } }).Target;
  const [text, variables] = Input['Fn::Sub'];
  expect(text.match(/\$\{/g)).toHaveLength(1);
  expect(Object.keys(variables)).toEqual(['QueueUrl']);
  return JSON.parse(text.replace('${QueueUrl}', 'url')) as ReturnType<typeof callOf>;
}

describe('the call that keeps a queue awake', () => {
  it('sets a tag of the queue to what it is', () => {
    const { of, Resources } = single();
    expect(of('awakeSchedule')).toEqual({
      Description: 'Keeps the metrics of the queue awake, by a tag that it has already.',
      ScheduleExpression: 'rate(2 hours)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::Sub': 'arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:tagQueue' },
        Input: {
          'Fn::Sub': [
            '{"QueueUrl":"${QueueUrl}","Tags":{"watchbot:worker":"tiles-dev-Watchbot"}}',
            { QueueUrl: { Ref: 'WatchbotQueue' } },
          ],
        },
        RoleArn: { 'Fn::GetAtt': ['WatchbotAwakeRole', 'Arn'] },
        RetryPolicy: { MaximumEventAgeInSeconds: 7_200 },
      },
    });
    expect(Resources.WatchbotQueue?.Properties?.Tags).toEqual([OWN]);
  });

  it('comes in time, even if one before it never came', () => {
    const seconds = AWAKE_EVERY_HOURS * 3_600;
    // Scheduler is right to the minute.
    expect(2 * seconds + 60).toBeLessThan(METRICS_ASLEEP_AFTER_SECONDS);
  });

  it.each([
    ['the provider’s tags', {}, { tags: { team: 'maps' } }],
    ['a tag of the provider’s under the same name', {}, { tags: { 'watchbot:worker': 'theirs' } }],
    ['tags of an extension', { queue: { Tags: [{ Key: 'team', Value: 'roads' }] } }, {}],
    [
      'tags of an extension that CloudFormation works out, but for one',
      {
        queue: {
          Tags: [
            { Key: 'a', Value: { Ref: 'Own' } },
            { Key: 'b', Value: '${x}"\\' },
          ],
        },
      },
      {},
    ],
  ])('sets none that the template does not give the queue: %s', (_, extensions, context) => {
    const { of, Resources } = single({ extensions }, context);
    const { Tags } = callOf(Resources.WatchbotAwakeSchedule);
    const [[Key, Value]] = Object.entries(Tags) as [[string, string]];
    expect(of('queue').Tags).toContainEqual({ Key, Value });
    expect(statementsOf(Resources.WatchbotAwakeRole!.Properties!)[0]?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'aws:TagKeys': Key },
    });
  });

  it('sets the plugin’s own where an extension leaves no tag of which all is known', () => {
    const { Resources } = single({ extensions: { queue: { Tags: [] } } });
    expect(callOf(Resources.WatchbotAwakeSchedule).Tags).toEqual({ [OWN.Key]: OWN.Value });
  });
});

describe('the role in which queues are kept awake', () => {
  const workers = {
    tiles: COMMAND,
    'b-c': { ...COMMAND, extensions: { queue: { Tags: [{ Key: 'team', Value: 'maps' }] } } },
    busy: { ...COMMAND, scaling: { min: 1 } },
  };
  const { Resources } = build({ workers });

  it('is one for all workers, and is for their queues alone', () => {
    expect(awakeIn(Resources).sort()).toEqual(['BCAwakeSchedule', 'TilesAwakeSchedule', 'WatchbotAwakeRole']);
    expect(statementsOf(Resources.WatchbotAwakeRole!.Properties!)).toEqual([
      {
        Sid: 'KeepAwake',
        Effect: 'Allow',
        Action: 'sqs:TagQueue',
        Resource: [{ 'Fn::GetAtt': ['TilesQueue', 'Arn'] }, { 'Fn::GetAtt': ['BCQueue', 'Arn'] }],
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'watchbot:worker' } },
      },
    ]);
  });

  it('is taken only for this account’s schedules', () => {
    const role = single().Resources.WatchbotAwakeRole;
    expect(role?.Properties?.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnEquals: { 'aws:SourceArn': ownArn('scheduler', 'schedule-group/default') },
          },
        },
      ],
    });
    expect(statementsOf(role!.Properties!)[0]?.Resource).toEqual(queueArn);
  });
});

describe('nothing is made for a queue', () => {
  const night = { rate: 'cron(0 20 * * ? *)' };
  it.each([
    ['that is told to sleep', { scaling: { awake: false } }],
    ['that a task asks all the time', { scaling: { min: 1 } }],
    [
      'that a task asks all the time, by day and by night',
      { scaling: { min: 2, max: 2, schedule: [{ ...night, min: 1 }] } },
    ],
    ['of somebody else', { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' } }],
  ])('%s', (_, section) => {
    const { Resources } = single(section);
    expect(awakeIn(Resources)).toEqual([]);
    expect(JSON.stringify(Resources)).not.toContain('sqs:TagQueue');
    expect(Resources.WatchbotQueue?.Properties ?? {}).not.toHaveProperty('Tags');
  });

  it.each([
    [
      'a task by day alone',
      {
        min: 0,
        schedule: [
          { ...night, min: 0 },
          { rate: 'cron(0 8 * * ? *)', min: 1 },
        ],
      },
    ],
    ['no task by night', { min: 1, schedule: [{ ...night, min: 0 }] }],
    ['what is the default', { awake: true }],
  ])('but for one with %s', (_, scaling) => {
    expect(awakeIn(single({ scaling }).Resources)).toEqual(['WatchbotAwakeRole', 'WatchbotAwakeSchedule']);
  });
});
