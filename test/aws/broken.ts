/** A mistake in a resource of the fixture `minimal`, and the error that it must cause. */
export interface Mistake {
  name: string;
  id: string;
  /** Path of the property, and its value; undefined removes the property. */
  at: (string | number)[];
  value: unknown;
  error: RegExp;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'an alarm without a comparison',
    id: 'WatchbotCpuAlarm',
    at: ['ComparisonOperator'],
    value: undefined,
    error: /ComparisonOperator is missing/,
  },
  {
    name: 'an alarm with an unknown comparison',
    id: 'WatchbotCpuAlarm',
    at: ['ComparisonOperator'],
    value: 'Above',
    error: /'Above' is none of GreaterThanOrEqualToThreshold/,
  },
  {
    name: 'an alarm without a threshold',
    id: 'WatchbotCpuAlarm',
    at: ['Threshold'],
    value: undefined,
    error: /Threshold is missing/,
  },
  {
    name: 'an alarm over more than a day',
    id: 'WatchbotCpuAlarm',
    at: ['EvaluationPeriods'],
    value: 1441,
    error: /86460 seconds are more than it looks back/,
  },
  {
    name: 'an alarm with six actions',
    id: 'WatchbotCpuAlarm',
    at: ['AlarmActions'],
    value: Array.from({ length: 6 }, (_, index) => `arn:aws:sns:eu-west-1:123456789012:alarms-${index}`),
    error: /\.AlarmActions: 6 is above 5/,
  },
  {
    name: 'an alarm that returns data of two metrics',
    id: 'WatchbotScaleDownTrigger',
    at: ['Metrics', 0, 'ReturnData'],
    value: true,
    error: /2 of the metrics are what it looks at/,
  },
  {
    name: 'steps with a gap',
    id: 'WatchbotScaleUp',
    at: ['StepScalingPolicyConfiguration', 'StepAdjustments'],
    value: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 20, ScalingAdjustment: 2 },
    ],
    error: /a step ends at 10 and the next begins at 20/,
  },
  {
    name: 'steps with an upper limit',
    id: 'WatchbotScaleUp',
    at: ['StepScalingPolicyConfiguration', 'StepAdjustments', 0, 'MetricIntervalUpperBound'],
    value: 10,
    error: /nothing is said above 10/,
  },
  {
    name: 'a step without an adjustment',
    id: 'WatchbotScaleUp',
    at: ['StepScalingPolicyConfiguration', 'StepAdjustments', 0, 'ScalingAdjustment'],
    value: undefined,
    error: /Missing required parameter .*"ScalingAdjustment"/,
  },
  {
    name: 'a scalable target for a service that does not exist',
    id: 'WatchbotScalingTarget',
    at: ['ResourceId'],
    value: 'service/other/service',
    error: /Cluster not found/,
  },
  {
    name: 'a metric filter with four transformations',
    id: 'WatchbotWorkerErrorsMetric',
    at: ['MetricTransformations'],
    value: Array.from({ length: 4 }, (_, index) => ({
      MetricNamespace: 'jobs',
      MetricName: `errors-${index}`,
      MetricValue: '1',
    })),
    error: /\.metricTransformations: 4 is above 1/,
  },
  {
    name: 'a metric filter of a log group that does not exist',
    id: 'WatchbotWorkerErrorsMetric',
    at: ['LogGroupName'],
    value: 'other',
    error: /log group does not exist/,
  },
  {
    name: 'a stop timeout that is text',
    id: 'WatchbotTask',
    at: ['ContainerDefinitions', 0, 'StopTimeout'],
    value: 'soon',
    error: /Invalid type for parameter containerDefinitions\[0\]\.stopTimeout/,
  },
  {
    name: 'a property that no container has',
    id: 'WatchbotTask',
    at: ['ContainerDefinitions', 0, 'StopTime'],
    value: 30,
    error: /Unknown parameter in containerDefinitions\[0\]: "StopTime"/,
  },
  {
    name: 'a processor that does not exist',
    id: 'WatchbotTask',
    at: ['RuntimePlatform', 'CpuArchitecture'],
    value: 'Z80',
    error: /'Z80' is none of X86_64, ARM64/,
  },
  {
    name: 'a service in a subnet that does not exist',
    id: 'WatchbotService',
    at: ['NetworkConfiguration', 'AwsvpcConfiguration', 'Subnets'],
    value: [{ 'Fn::Sub': 'subnet-${AWS::AccountId}' }],
    error: /subnet ID 'subnet-123456789012' does not exist/,
  },
  {
    name: 'a capacity provider with too large a weight',
    id: 'WatchbotClusterCapacity',
    at: ['DefaultCapacityProviderStrategy', 0, 'Weight'],
    value: 1001,
    error: /\.weight: 1001 is above 1000/,
  },
  {
    name: 'a subscription to a topic that does not exist',
    id: 'WatchbotQueueSubscription',
    at: ['TopicArn'],
    value: 'arn:aws:sns:eu-west-1:123456789012:other',
    error: /Topic does not exist/,
  },
  {
    name: 'a queue policy for a queue that does not exist',
    id: 'WatchbotQueuePolicy',
    at: ['Queues', 0],
    value: 'https://sqs.eu-west-1.amazonaws.com/123456789012/other',
    error: /queue does not exist/,
  },
];
