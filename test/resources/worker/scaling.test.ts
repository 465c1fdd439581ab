import { describe, expect, it } from '@jest/globals';
import { METRIC_PERIOD_SECONDS } from '../../../src/scaling/steps';
import { single, type Properties } from '../support';

const visible = 'ApproximateNumberOfMessagesVisible';
const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] } }];

interface Adjustment {
  MetricIntervalLowerBound?: number;
  MetricIntervalUpperBound?: number;
  ScalingAdjustment: number;
}
const adjustments = (policy: Properties) =>
  policy.StepScalingPolicyConfiguration.StepAdjustments as Adjustment[];

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

  it('starts with the first message, within a minute', () => {
    const { of } = single();
    expect(of('scaleUpAlarm')).toMatchObject({
      AlarmActions: [{ Ref: 'WatchbotScaleUp' }],
      Namespace: 'AWS/SQS',
      MetricName: visible,
      Dimensions,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    });
  });

  it.each([
    [1, 1],
    [50, 1],
    [50, 10],
    [5_000, 1],
    [5_000, 50],
  ])('with max %i and concurrency %i has steps that AWS takes', (max, concurrency) => {
    const policy = single({ scaling: { max }, concurrency }).of('scaleUpPolicy');
    expect(policy).toMatchObject({
      PolicyType: 'StepScaling',
      ScalingTargetId: { Ref: 'WatchbotScalingTarget' },
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Maximum',
      },
    });
    const steps = adjustments(policy);
    expect(steps.length).toBeLessThanOrEqual(20);
    // Bounds are relative to the alarm's threshold: no gap, no overlap, none below it, and open at the end.
    expect(steps[0]?.MetricIntervalLowerBound).toBe(0);
    expect(steps.map(({ MetricIntervalUpperBound: upper }) => upper)).toEqual([
      ...steps.slice(1).map(({ MetricIntervalLowerBound: lower }) => lower),
      undefined,
    ]);
    const added = steps.map(({ ScalingAdjustment }) => ScalingAdjustment);
    expect(added).toEqual([...new Set(added)].sort((a, b) => a - b));
    expect(added.at(-1)).toBe(max);
  });

  it('ends the tasks when nothing waits and nothing is being worked on', () => {
    const { of } = single();
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions },
        Period: METRIC_PERIOD_SECONDS,
        Stat: 'Maximum',
      },
    });
    expect(of('scaleDownAlarm')).toMatchObject({
      AlarmActions: [{ Ref: 'WatchbotScaleDown' }],
      Metrics: [
        metric('visible', visible),
        metric('inFlight', 'ApproximateNumberOfMessagesNotVisible'),
        { Id: 'total', Label: 'TotalMessages', Expression: 'visible + inFlight', ReturnData: true },
      ],
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
    });
    // An alarm on metric math has no metric of its own: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    for (const key of ['MetricName', 'Namespace', 'Statistic', 'Period', 'Dimensions']) {
      expect(of('scaleDownAlarm')).not.toHaveProperty(key);
    }
    expect(adjustments(of('scaleDownPolicy'))).toEqual([
      { MetricIntervalUpperBound: 0, ScalingAdjustment: -100 },
    ]);
    expect(of('scaleDownPolicy')).toMatchObject({
      StepScalingPolicyConfiguration: { AdjustmentType: 'PercentChangeInCapacity' },
    });
  });
});
