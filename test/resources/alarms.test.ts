import { describe, expect, it } from '@jest/globals';
import { ALARM_NAMES } from '../../src/config/defaults';
import { logicalId, type WorkerResource } from '../../src/config/logical-ids';
import { resolve } from '../../src/features/local/intrinsics';
import { ACTIONS, DEPLOYMENTS, SAMPLE_SERVICE } from '../helpers/ecs-events';
import { matches } from '../helpers/event-pattern';
import { single } from './support';

const queue = { Name: 'QueueName', Value: { 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] } };
const deadLetters = { Name: 'QueueName', Value: { 'Fn::GetAtt': ['WatchbotDeadLetterQueue', 'QueueName'] } };
const service = [
  { Name: 'ClusterName', Value: { Ref: 'WatchbotCluster' } },
  { Name: 'ServiceName', Value: { 'Fn::GetAtt': ['WatchbotService', 'Name'] } },
];
const visible = 'ApproximateNumberOfMessagesVisible';

/** Watchbot's, from before v10; CPU as in v10. */
const DEFAULTS: [WorkerResource, Record<string, unknown>][] = [
  [
    'deadLetterAlarm',
    {
      Namespace: 'AWS/SQS',
      MetricName: visible,
      Dimensions: [deadLetters],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    },
  ],
  [
    'workerErrorsAlarm',
    {
      Namespace: 'Mapbox/ecs-watchbot',
      MetricName: 'WatchbotWorkerErrors-tiles-dev',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 10,
    },
  ],
  [
    'queueSizeAlarm',
    {
      Namespace: 'AWS/SQS',
      MetricName: visible,
      Dimensions: [queue],
      Statistic: 'Average',
      Period: 300,
      EvaluationPeriods: 24,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 40,
    },
  ],
  [
    'memoryAlarm',
    {
      Namespace: 'AWS/ECS',
      MetricName: 'MemoryUtilization',
      Dimensions: service,
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 100,
    },
  ],
  [
    'cpuAlarm',
    {
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: service,
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 90,
    },
  ],
];

/** How long a message may wait is the user's to say. */
const ON = ALARM_NAMES.filter((name) => name !== 'age');
const AGE = { age: { threshold: 900 } };

describe('the alarms', () => {
  it.each(DEFAULTS)('%s is as in Watchbot', (resource, expected) => {
    expect(single().of(resource)).toMatchObject({ ...expected, TreatMissingData: 'notBreaching' });
  });

  it.each(ON)('%s can be switched off, alone', (name) => {
    const { has } = single({ alarms: { [name]: false } });
    const resources = ON.map((other) => has(`${other}Alarm`));
    expect(resources).toEqual(ON.map((other) => other !== name));
    // The dashboard shows it, whether or not an alarm watches it.
    expect(has('workerErrorsMetric')).toBe(true);
    expect([has('scaleUpAlarm'), has('scaleDownAlarm')]).toEqual([true, true]);
  });

  it.each(ALARM_NAMES)('%s can be tuned', (name) => {
    const tuned = { threshold: 70, period: 120, evaluationPeriods: 3 };
    const alarm = single({ alarms: { [name]: tuned } }).of(`${name}Alarm`);
    expect(alarm).toMatchObject({ Threshold: 70, EvaluationPeriods: 3 });
    expect(alarm.Metrics?.[0].MetricStat.Period ?? alarm.Period).toBe(120);
  });

  it('deadLetterGrowth sees new dead letters beside old ones, which the other alarm on them cannot', () => {
    const alarm = single().of('deadLetterGrowthAlarm');
    const part = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions: [deadLetters] },
        Period: 60,
        Stat: 'Maximum',
      },
    });
    expect(alarm).toMatchObject({
      // One that is looked at and put back is not new.
      Metrics: [
        part('visible', visible),
        part('inFlight', 'ApproximateNumberOfMessagesNotVisible'),
        { Id: 'growth', Expression: 'DIFF(visible + FILL(inFlight, 0))', ReturnData: true },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    // An alarm on metric math has no metric of its own: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    for (const key of ['MetricName', 'Namespace', 'Statistic', 'Period', 'Dimensions']) {
      expect(alarm).not.toHaveProperty(key);
    }
  });

  const DAY = 86_400;

  it.each<[string, object, number | undefined]>([
    ['half of the time that they are kept, if they may have waited for as long before', {}, 7 * DAY],
    [
      'two days before the end of one that waited as long as it could',
      { queue: { retention: 4 * DAY } },
      8 * DAY,
    ],
    [
      'two days before the end in a FIFO queue, where the time begins anew',
      { queue: { fifo: true } },
      12 * DAY,
    ],
    ['what is asked for', { alarms: { deadLetterAge: { threshold: 3 * DAY } } }, 3 * DAY],
    [
      'by what an extension says of the queue',
      { extensions: { deadLetterQueue: { MessageRetentionPeriod: 6 * DAY } } },
      3 * DAY,
    ],
    [
      'not at all, if nobody knows how long a queue of your own keeps them',
      { queue: { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead' } },
      undefined,
    ],
    [
      'what is asked for of a queue of your own',
      {
        queue: { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead' },
        alarms: { deadLetterAge: { threshold: 3 * DAY } },
      },
      3 * DAY,
    ],
    ['not at all without one', { queue: { fifo: true, deadLetter: false } }, undefined],
  ])('tell of dead letters before SQS deletes them: %s', (_what, section, expected) => {
    const { of, has } = single(section);
    expect(has('deadLetterAgeAlarm')).toBe(expected !== undefined);
    if (expected === undefined) return;
    expect(of('deadLetterAgeAlarm')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: expected,
      TreatMissingData: 'notBreaching',
    });
  });

  it('tell of a message that is too old, if you say when it is', () => {
    expect([single().has('ageAlarm'), single({ alarms: { age: false } }).has('ageAlarm')]).toEqual([
      false,
      false,
    ]);
    expect(single({ alarms: { age: { threshold: '15m' } } }).of('ageAlarm')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [queue],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 900,
      TreatMissingData: 'notBreaching',
    });
  });

  it('tell nobody if nobody is named', () => {
    expect(single().of('cpuAlarm')).not.toHaveProperty('AlarmActions');
  });

  it('tell the topics, and the addresses through a topic of the stack, when they begin and when they end', () => {
    const topic = 'arn:aws:sns:us-east-1:123456789012:alarms';
    const { of, Resources } = single({
      notify: ['a@example.com', topic, 'b@example.com', { Ref: 'Alarms' }],
    });
    const actions = [{ Ref: 'WatchbotNotifications' }, topic, { Ref: 'Alarms' }];
    expect(of('cpuAlarm')).toMatchObject({ AlarmActions: actions, OKActions: actions });
    expect(Resources.WatchbotNotifications).toEqual({
      Type: 'AWS::SNS::Topic',
      Properties: {
        Subscription: [
          { Protocol: 'email', Endpoint: 'a@example.com' },
          { Protocol: 'email', Endpoint: 'b@example.com' },
        ],
      },
    });
  });

  it('need no topic of the stack if only topics are named', () => {
    const { Resources } = single({ notify: { Ref: 'Alarms' } });
    expect(Resources).not.toHaveProperty('WatchbotNotifications');
  });

  it('say what to do, within CloudWatch’s 1,024 characters', () => {
    const names = ALARM_NAMES.map(
      (name) => single({ alarms: AGE }).of(`${name}Alarm`).AlarmDescription as string,
    );
    expect(names.every((text) => text.startsWith('tiles-dev, worker watchbot: ') && text.length < 300)).toBe(
      true,
    );
    expect(new Set(names).size).toBe(ALARM_NAMES.length);
  });
});

/** The rule's pattern in a stack whose service has this ARN, which is what `Ref` of one gives. */
function patternFor(rule: 'placementRule' | 'deploymentRule', service: string): unknown {
  const { EventPattern } = single().of(rule);
  return resolve(EventPattern, {
    ref: (id) => (id === 'WatchbotService' ? service : undefined),
    attribute: () => undefined,
  });
}

const EVENTS = Object.entries({ ...ACTIONS, ...DEPLOYMENTS });

const RULES = [
  {
    rule: 'placementRule',
    alarm: 'placement',
    Period: 3_600,
    told: ['startImpaired', 'noSpot', 'noCpu', 'configurationFailure'],
  },
  { rule: 'deploymentRule', alarm: 'deployment', Period: 60, told: ['failed'] },
] as const;

describe.each(RULES)('$rule', ({ rule, alarm, Period, told }) => {
  const id = logicalId('watchbot', rule);

  it.each(EVENTS)('matches, of AWS’s samples, those that it is for: %s', (name, event) => {
    expect(matches(patternFor(rule, SAMPLE_SERVICE), event)).toBe(told.some((each) => each === name));
  });

  it.each(EVENTS)('matches nothing of another service: %s', (_name, event) => {
    expect(matches(patternFor(rule, `${SAMPLE_SERVICE}2`), event)).toBe(false);
  });

  it('is counted by its alarm, and sends nothing by itself', () => {
    const { of } = single({ notify: 'oncall@example.com' });
    expect(of(rule)).not.toHaveProperty('Targets');
    expect(of(`${alarm}Alarm`)).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'MatchedEvents',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: id } }],
      Statistic: 'Sum',
      Period,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'WatchbotNotifications' }],
      OKActions: [{ Ref: 'WatchbotNotifications' }],
    });
  });

  it('is not there without its alarm, alone', () => {
    const { has } = single({ alarms: { [alarm]: false } });
    const rules = ['placementRule', 'deploymentRule'] as const;
    expect(rules.map(has)).toEqual(rules.map((each) => each !== rule));
  });

  it('has a name of CloudFormation’s: one of the stack’s and the worker’s could be too long', () => {
    expect(single().of(rule)).not.toHaveProperty('Name');
  });
});
