import { describe, expect, it } from '@jest/globals';
import { ownArn, single, statementsOf } from '../../support';

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

  it('gives a FIFO queue the group, and a standard one none', () => {
    const schedule = { rate: 'rate(1 day)', messageGroupId: 'daily' };
    expect(scheduleOf(schedule, { queue: { fifo: true } })?.Properties?.Target).toMatchObject({
      SqsParameters: { MessageGroupId: 'daily' },
    });
    expect(scheduleOf('rate(1 day)')?.Properties?.Target).not.toHaveProperty('SqsParameters');
  });
});

describe('the role of schedules', () => {
  const { of, Resources } = single({ events: [{ schedule: 'rate(1 day)' }, { schedule: 'rate(1 hour)' }] });

  it('is one for all of them', () => {
    const roles = Object.values(Resources).map(({ Properties: { Target } = {} }) =>
      Target === undefined ? [] : [(Target as { RoleArn: unknown }).RoleArn],
    );
    expect(roles.flat()).toEqual(Array(2).fill({ 'Fn::GetAtt': ['WatchbotScheduleRole', 'Arn'] }));
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
