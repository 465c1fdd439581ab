import { describe, expect, it } from '@jest/globals';
import { ownArn, single, statementsOf } from './support';

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

  it('knows the URL of a FIFO queue that is there already', () => {
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
