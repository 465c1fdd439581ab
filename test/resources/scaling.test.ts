import { describe, expect, it } from '@jest/globals';
import { ECS, MAX_CONCURRENCY } from '../../src/config/limits';
import { DEFAULT_KEEP_IDLE_SECONDS, MAX_STEPS } from '../../src/scaling/limits';
import { single, type Properties } from './support';
import { fc } from '../helpers/seeded';

const visible = 'ApproximateNumberOfMessagesVisible';
const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] } }];
const metric = (Id: string, MetricName: string, { Stat = 'Maximum', Period = 60 } = {}) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions }, Period, Stat },
});
const VISIBLE = metric('visible', visible);
const IN_FLIGHT = metric('inFlight', 'ApproximateNumberOfMessagesNotVisible');
const SENT = metric('sent', 'NumberOfMessagesSent', { Stat: 'Sum' });
const SILENT_UNLESS_MORE_WAIT = 'IF(visible - (FILL(inFlight, 0) / 10) > 0';

interface Adjustment {
  MetricIntervalLowerBound?: number;
  MetricIntervalUpperBound?: number;
  ScalingAdjustment: number;
}
const adjustments = (policy: Properties) =>
  policy.StepScalingPolicyConfiguration.StepAdjustments as Adjustment[];

const resultOf = ({ Metrics }: Properties) => (Metrics as unknown[]).at(-1);

/** An alarm on metric math has no metric of its own: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const OF_A_METRIC = ['MetricName', 'Namespace', 'Statistic', 'Period', 'Dimensions'];

/** Bounds are differences to the alarm's threshold: no overlap, no gap, none below it, and open at the end. */
function expectWhole(steps: readonly Adjustment[]) {
  expect(steps.length).toBeLessThanOrEqual(MAX_STEPS);
  expect(steps[0]?.MetricIntervalLowerBound).toBe(0);
  expect(steps.map(({ MetricIntervalUpperBound: upper }) => upper)).toEqual([
    ...steps.slice(1).map(({ MetricIntervalLowerBound: lower }) => lower),
    undefined,
  ]);
}

describe('scaling', () => {
  it('is between `min` and `max` tasks of the service', () => {
    expect(single({ scaling: { min: 2, max: 50 } }).of('scalableTarget')).toEqual({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: {
        'Fn::Sub': [
          'service/${Cluster}/${Service}',
          { Cluster: { Ref: 'WatchbotCluster' }, Service: { 'Fn::GetAtt': ['WatchbotService', 'Name'] } },
        ],
      },
      MinCapacity: 2,
      MaxCapacity: 50,
    });
  });

  const OFFICE = [
    { rate: 'cron(0 8 ? * MON-FRI *)', timezone: 'Europe/Vienna', min: 2, max: 80 },
    { rate: 'cron(0 18 ? * MON-FRI *)', timezone: 'Europe/Vienna', min: 0, max: 5 },
    { rate: 'at(2030-12-24T12:00:00)', max: 10 },
  ];

  it('has other bounds by the clock', () => {
    expect(single({ scaling: { min: 1, max: 20, schedule: OFFICE } }).of('scalableTarget')).toMatchObject({
      MinCapacity: 1,
      MaxCapacity: 20,
      ScheduledActions: [
        {
          ScheduledActionName: 'schedule1',
          Schedule: 'cron(0 8 ? * MON-FRI *)',
          Timezone: 'Europe/Vienna',
          ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 80 },
        },
        {
          ScheduledActionName: 'schedule2',
          Schedule: 'cron(0 18 ? * MON-FRI *)',
          Timezone: 'Europe/Vienna',
          ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 5 },
        },
        {
          ScheduledActionName: 'schedule3',
          Schedule: 'at(2030-12-24T12:00:00)',
          ScalableTargetAction: { MaxCapacity: 10 },
        },
      ],
    });
    expect(single().of('scalableTarget')).not.toHaveProperty('ScheduledActions');
  });

  it('has steps for the fewest and the most tasks of any hour', () => {
    const { of } = single({ scaling: { min: 4, max: 20, schedule: OFFICE } });
    const steps = adjustments(of('scaleUpPolicy'));
    expectWhole(steps);
    expect([steps[0], steps.at(-1)]).toMatchObject([{ ScalingAdjustment: 1 }, { ScalingAdjustment: 80 }]);
    const dashboard = JSON.stringify(of('dashboard'));
    expect(dashboard).toContain('running (max 80)');
    const given = [
      { messages: 1, tasks: 1 },
      { messages: 100, tasks: 80 },
    ];
    const own = single({ scaling: { min: 4, max: 20, schedule: OFFICE, steps: given } });
    expect(adjustments(own.of('scaleUpPolicy')).at(-1)).toMatchObject({ ScalingAdjustment: 80 });
    const theirs = single({ scaling: { max: 20, schedule: OFFICE, compatibility: 'watchbot' } });
    expect(adjustments(theirs.of('scaleUpPolicy'))).toMatchObject([{ ScalingAdjustment: 8 }]);
  });

  it('follows the messages each minute, from the first one on, while some wait', () => {
    const { of } = single({ scaling: { max: 3 } });
    expect(of('scaleUpAlarm')).toMatchObject({
      AlarmActions: [{ Ref: 'WatchbotScaleUp' }],
      Metrics: [
        VISIBLE,
        IN_FLIGHT,
        {
          Id: 'result',
          Label: 'TasksNeeded',
          Expression: `${SILENT_UNLESS_MORE_WAIT}, visible + FILL(inFlight, 0), 0)`,
          ReturnData: true,
        },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    for (const key of OF_A_METRIC) expect(of('scaleUpAlarm')).not.toHaveProperty(key);
    expect(of('scaleUpPolicy')).toMatchObject({
      PolicyType: 'StepScaling',
      ScalingTargetId: { Ref: 'WatchbotScalingTarget' },
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ExactCapacity',
        Cooldown: 30,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 1, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 1, MetricIntervalUpperBound: 2, ScalingAdjustment: 2 },
          { MetricIntervalLowerBound: 2, ScalingAdjustment: 3 },
        ],
      },
    });
  });

  it.each([DEFAULT_KEEP_IDLE_SECONDS, 600])('keeps what was busy in %d s while messages come', (keepIdle) => {
    const { of } = single({ scaling: { max: 3, keepIdle } });
    const Period = keepIdle;
    expect(of('scaleSteadyAlarm')).toMatchObject({
      AlarmActions: [{ Ref: 'WatchbotScaleSteady' }],
      Metrics: [
        metric('visible', visible, { Period }),
        metric('inFlight', 'ApproximateNumberOfMessagesNotVisible', { Period }),
        metric('sent', 'NumberOfMessagesSent', { Stat: 'Sum', Period }),
        metric('leastVisible', visible, { Stat: 'Minimum', Period }),
        {
          Id: 'result',
          Label: 'TasksNeeded',
          Expression: `${SILENT_UNLESS_MORE_WAIT}, -1, IF(FILL(sent, 0) > 0, leastVisible + FILL(inFlight, 0), -1))`,
          ReturnData: true,
        },
      ],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
    });
    for (const key of OF_A_METRIC) expect(of('scaleSteadyAlarm')).not.toHaveProperty(key);
    expect(of('scaleSteadyPolicy')).toMatchObject({
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ExactCapacity',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 2, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 2, MetricIntervalUpperBound: 3, ScalingAdjustment: 2 },
          { MetricIntervalLowerBound: 3, ScalingAdjustment: 3 },
        ],
      },
    });
  });

  it.each([DEFAULT_KEEP_IDLE_SECONDS, 600])(
    'ends tasks as their work does when none has come for %d s',
    (keepIdle) => {
      const { of } = single({ scaling: { max: 2, keepIdle } });
      expect(of('scaleDownAlarm')).toMatchObject({
        AlarmActions: [{ Ref: 'WatchbotScaleDown' }],
        Metrics: [
          SENT,
          VISIBLE,
          IN_FLIGHT,
          {
            Id: 'result',
            Label: 'TasksNeeded',
            Expression: 'IF(FILL(sent, 0) > 0, -1, visible + FILL(inFlight, 0))',
            ReturnData: true,
          },
        ],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 0,
        EvaluationPeriods: keepIdle / 60,
      });
      for (const key of OF_A_METRIC) expect(of('scaleDownAlarm')).not.toHaveProperty(key);
      expect(of('scaleDownPolicy')).toMatchObject({
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ExactCapacity',
          MetricAggregationType: 'Minimum',
          StepAdjustments: [
            { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 1, ScalingAdjustment: 0 },
            { MetricIntervalLowerBound: 1, MetricIntervalUpperBound: 2, ScalingAdjustment: 1 },
            { MetricIntervalLowerBound: 2, ScalingAdjustment: 2 },
          ],
        },
      });
    },
  );

  it('keeps nothing between one number of tasks and none', () => {
    const { has } = single();
    expect([has('scaleSteadyPolicy'), has('scaleSteadyAlarm')]).toEqual([false, false]);
  });

  it('ends no more tasks than `min` lets it', () => {
    const { of } = single({ scaling: { min: 1, max: 2 } });
    expect(adjustments(of('scaleDownPolicy'))).toEqual([
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 2, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 2, ScalingAdjustment: 2 },
    ]);
  });

  it.each([
    ['workers of a task', { concurrency: 4 }, 'CEIL((visible + FILL(inFlight, 0)) / 4)'],
    [
      'what one gets done in the time that a message may wait',
      { jobDuration: 5, latency: 300, concurrency: 2 },
      'CEIL(MAX([FILL(inFlight, 0) / 2, (visible + FILL(inFlight, 0)) / 120]))',
    ],
    [
      'a minute if none is given',
      { jobDuration: 5 },
      'CEIL(MAX([FILL(inFlight, 0), (visible + FILL(inFlight, 0)) / 12]))',
    ],
    ['one at least, of long jobs', { jobDuration: 900, latency: 60 }, 'visible + FILL(inFlight, 0)'],
  ])('counts tasks by messages: %s', (_, { concurrency = 1, ...given }: Record<string, number>, expected) => {
    const { of } = single({ scaling: { max: 50, ...given }, concurrency });
    expect(resultOf(of('scaleUpAlarm'))).toMatchObject({
      Expression: `${SILENT_UNLESS_MORE_WAIT}, ${expected}, 0)`,
    });
    expect(resultOf(of('scaleDownAlarm'))).toMatchObject({
      Expression: `IF(FILL(sent, 0) > 0, -1, ${expected})`,
    });
  });

  const used = (Id: string, MetricName: string, Period = 60) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ECS',
        MetricName,
        Dimensions: [
          { Name: 'ClusterName', Value: { Ref: 'WatchbotCluster' } },
          { Name: 'ServiceName', Value: { 'Fn::GetAtt': ['WatchbotService', 'Name'] } },
        ],
      },
      Period,
      Stat: 'Sum',
    },
  });

  it('has as many tasks as the use of CPU and memory, the age and the messages ask for at most', () => {
    const scaling = { max: 50, jobDuration: 5, cpu: 60, memory: 75, age: 300 };
    const { of } = single({ scaling });
    const messages = 'visible + FILL(inFlight, 0)';
    const byMessages = `CEIL((${messages}) / 12)`;
    const hurried = `IF(FILL(age, 0) - 300 > 0, ${byMessages} * (FILL(age, 0) / 300), ${byMessages})`;
    const needed = (minutes = 1, waiting = messages, aged = hurried) =>
      `CEIL(MAX([FILL(inFlight, 0), MIN([${waiting}, ${aged}]), MIN([${waiting}, FILL(cpu, 0) / ${60 * minutes}]), MIN([${waiting}, FILL(memory, 0) / ${75 * minutes}])]))`;
    expect(of('scaleUpAlarm').Metrics).toEqual([
      VISIBLE,
      IN_FLIGHT,
      metric('age', 'ApproximateAgeOfOldestMessage'),
      used('cpu', 'CPUUtilization'),
      used('memory', 'MemoryUtilization'),
      expect.objectContaining({ Expression: `${SILENT_UNLESS_MORE_WAIT}, ${needed()}, 0)` }),
    ]);
    // The sum over four minutes.
    expect(of('scaleSteadyAlarm').Metrics).toContainEqual(used('cpu', 'CPUUtilization', 240));
    const least = needed(4).replaceAll('visible', 'leastVisible');
    expect(resultOf(of('scaleSteadyAlarm'))).toMatchObject({
      Expression: `${SILENT_UNLESS_MORE_WAIT}, -1, IF(FILL(sent, 0) > 0, ${least}, -1))`,
    });
    expect(resultOf(of('scaleDownAlarm'))).toMatchObject({
      Expression: `IF(FILL(sent, 0) > 0, -1, ${needed()})`,
    });
    for (const alarm of ['scaleUpAlarm', 'scaleSteadyAlarm', 'scaleDownAlarm'] as const) {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
      expect((resultOf(of(alarm)) as { Expression: string }).Expression.length).toBeLessThanOrEqual(1_024);
      // Ten metrics at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
      expect((of(alarm).Metrics as unknown[]).length).toBeLessThanOrEqual(11);
    }
  });

  it('has no more tasks than message groups have work for', () => {
    const { of } = single({ scaling: { max: 50, groups: 7 }, concurrency: 2, queue: { fifo: true } });
    expect(adjustments(of('scaleUpPolicy')).at(-1)?.ScalingAdjustment).toBe(4);
    expect(of('scalableTarget').MaxCapacity).toBe(50);
  });

  it('takes the steps that it is given', () => {
    const steps = [
      { messages: 1, tasks: 2 },
      { messages: 100, tasks: 10 },
      { messages: 2_000, tasks: 40 },
    ];
    const { of } = single({ scaling: { max: 50, steps } });
    expect(resultOf(of('scaleUpAlarm'))).toMatchObject({ Label: 'TotalMessages' });
    expect(adjustments(of('scaleUpPolicy'))).toEqual([
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 99, ScalingAdjustment: 2 },
      { MetricIntervalLowerBound: 99, MetricIntervalUpperBound: 1_999, ScalingAdjustment: 10 },
      { MetricIntervalLowerBound: 1_999, ScalingAdjustment: 40 },
    ]);
  });

  it.each([
    [1, 1],
    [14, 1],
    [15, 2],
    [250, 25],
    [5_000, 100],
  ])('is Watchbot’s own for those who ask: with max %i, %i tasks more', (max, added) => {
    const { of } = single({ scaling: { max, compatibility: 'watchbot' } });
    expect(of('scaleUpAlarm')).toMatchObject({
      MetricName: visible,
      Dimensions,
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
    });
    expect(of('scaleUpPolicy').StepScalingPolicyConfiguration).toMatchObject({
      AdjustmentType: 'ChangeInCapacity',
      Cooldown: 300,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: added }],
    });
    expect(of('scaleDownAlarm')).toMatchObject({
      Metrics: [
        metric('visible', visible, { Period: 600 }),
        metric('inFlight', 'ApproximateNumberOfMessagesNotVisible', { Period: 600 }),
        { Label: 'TotalMessages', Expression: 'visible + FILL(inFlight, 0)' },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
    });
    expect(of('scaleDownPolicy').StepScalingPolicyConfiguration).toMatchObject({
      AdjustmentType: 'PercentChangeInCapacity',
      Cooldown: 300,
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -100 }],
    });
  });

  it('has steps that AWS takes, up to `max`, whatever the bounds', () => {
    const partsOf = (levels: number) =>
      (['scaleUpPolicy', 'scaleSteadyPolicy', 'scaleDownPolicy'] as const).filter(
        (part) => levels > 1 || part !== 'scaleSteadyPolicy',
      );
    const given = fc.record({
      min: fc.integer({ min: 0, max: ECS.maxTasksPerService }),
      max: fc.integer({ min: 1, max: ECS.maxTasksPerService }),
      concurrency: fc.integer({ min: 1, max: MAX_CONCURRENCY }),
      jobDuration: fc.option(fc.integer({ min: 1, max: 43_200 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(given, ({ min, max, concurrency, ...known }) => {
        const scaling = { min: Math.min(min, max), max, ...known };
        const { of } = single({ scaling, concurrency });
        for (const part of partsOf(max - Math.max(1, scaling.min) + 1)) {
          const steps = adjustments(of(part));
          expectWhole(steps);
          const tasks = steps.map(({ ScalingAdjustment }) => ScalingAdjustment);
          expect(tasks).toEqual([...new Set(tasks)].sort((a, b) => a - b));
          const least = part === 'scaleDownPolicy' ? 0 : 1;
          expect(tasks[0]).toBe(Math.max(least, scaling.min));
          expect(tasks.at(-1)).toBe(max);
        }
      }),
      { numRuns: 60 },
    );
  });
});
