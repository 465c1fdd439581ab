import { arn, asText, mapOf, without, type Properties, type ResourceTypes } from './type';

interface Steps {
  StepAdjustments?: { MetricIntervalLowerBound?: number; MetricIntervalUpperBound?: number }[];
}

/** Resources of CloudWatch, CloudWatch Logs, and Application Auto Scaling. */
export const WATCHING: ResourceTypes = {
  'AWS::CloudWatch::Alarm': {
    named: 'AlarmName',
    returnValues: ({ name }) => ({ ref: name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } }),
    calls: ({ name, properties }) => [
      {
        service: 'cloudwatch',
        operation: 'PutMetricAlarm',
        parameters: { ...properties, AlarmName: name },
      },
    ],
    problems: alarmProblems,
  },
  'AWS::Logs::LogGroup': {
    named: 'LogGroupName',
    returnValues: ({ name }) => ({ ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } }),
    calls: ({ name, properties: { RetentionInDays, Tags, ...properties } }) => [
      {
        service: 'logs',
        operation: 'CreateLogGroup',
        parameters: { ...properties, LogGroupName: name, Tags: mapOf(Tags) },
      },
      ...(RetentionInDays === undefined
        ? []
        : [
            {
              service: 'logs',
              operation: 'PutRetentionPolicy',
              parameters: { LogGroupName: name, RetentionInDays },
            },
          ]),
    ],
  },
  'AWS::Logs::MetricFilter': {
    named: 'FilterName',
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ name, properties }) => [
      // moto accepts a filter of a log group that does not exist, so this call checks that.
      {
        service: 'logs',
        operation: 'DescribeLogStreams',
        parameters: { LogGroupName: properties.LogGroupName },
      },
      {
        service: 'logs',
        operation: 'PutMetricFilter',
        parameters: {
          ...properties,
          FilterName: name,
          MetricTransformations: (properties.MetricTransformations as Properties[]).map((transformation) => ({
            ...transformation,
            Dimensions: mapOf(transformation.Dimensions),
          })),
        },
      },
    ],
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    returnValues: ({ properties: { ResourceId, ScalableDimension, ServiceNamespace } }) => ({
      ref: [ResourceId, ScalableDimension, ServiceNamespace].join('|'),
    }),
    calls: ({ properties }) => [
      {
        service: 'application-autoscaling',
        operation: 'RegisterScalableTarget',
        parameters: without(properties, ['ScheduledActions']),
      },
      ...((properties.ScheduledActions ?? []) as Properties[]).map((action) => ({
        service: 'application-autoscaling',
        operation: 'PutScheduledAction',
        parameters: {
          ServiceNamespace: properties.ServiceNamespace,
          ResourceId: properties.ResourceId,
          ScalableDimension: properties.ScalableDimension,
          ...action,
        },
      })),
    ],
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    named: 'PolicyName',
    returnValues: ({ name, properties }) => {
      const { ResourceId, ServiceNamespace } = targetOf(properties);
      const id = '0123abcd-4567-89ef-0123-456789abcdef';
      return {
        ref: arn(
          'autoscaling',
          `scalingPolicy:${id}:resource/${ServiceNamespace}/${ResourceId}:policyName/${name}`,
        ),
      };
    },
    calls: ({ name, properties }) => [
      {
        service: 'application-autoscaling',
        operation: 'PutScalingPolicy',
        parameters: {
          ...targetOf(properties),
          ...without(properties, ['ScalingTargetId']),
          PolicyName: name,
        },
      },
    ],
    problems: ({ StepScalingPolicyConfiguration }) =>
      StepScalingPolicyConfiguration === undefined
        ? []
        : stepProblems(StepScalingPolicyConfiguration as Steps),
  },
};

function targetOf(properties: Properties) {
  if (properties.ScalingTargetId === undefined) return { ...properties } as Record<string, string>;
  const [ResourceId = '', ScalableDimension = '', ServiceNamespace = ''] = asText(
    properties.ScalingTargetId,
  ).split('|');
  return { ResourceId, ScalableDimension, ServiceNamespace };
}

const OF_ONE_METRIC = ['Namespace', 'MetricName', 'Period'];
const STATISTICS = ['Statistic', 'ExtendedStatistic'];
const DAY_SECONDS = 86_400;

/**
 * Checks required properties of an alarm. botocore's model hardly requires any, since there are several kinds of
 * alarms.
 */
function alarmProblems(alarm: Properties): string[] {
  if (alarm.EvaluationCriteria !== undefined) return [];
  const has = (name: string) => alarm[name] !== undefined;
  const missing = (names: string[]) => names.filter((name) => !has(name)).map((name) => `${name} is missing`);
  return [
    ...missing(['ComparisonOperator', 'EvaluationPeriods']),
    ...(has('Threshold') || has('ThresholdMetricId') ? [] : ['Threshold is missing']),
    ...(Number(alarm.DatapointsToAlarm ?? 0) > Number(alarm.EvaluationPeriods)
      ? ['DatapointsToAlarm is above EvaluationPeriods']
      : []),
    ...(has('Metrics')
      ? [
          ...[...OF_ONE_METRIC, ...STATISTICS, 'Dimensions', 'Unit']
            .filter(has)
            .map((name) => `${name} stands beside Metrics`),
          ...metricsProblems(alarm.Metrics as Metric[]),
        ]
      : [
          ...missing(OF_ONE_METRIC),
          ...(STATISTICS.filter(has).length === 1 ? [] : ['not exactly one statistic is named']),
          ...periodProblems(Number(alarm.Period), Number(alarm.EvaluationPeriods)),
        ]),
  ];
}

interface Metric {
  Id: string;
  ReturnData?: boolean;
}

function metricsProblems(metrics: Metric[]): string[] {
  const looked = metrics.filter(({ ReturnData = true }) => ReturnData).length;
  const ids = new Set(metrics.map(({ Id }) => Id));
  return [
    ...(looked === 1 ? [] : [`${looked} of the metrics are what it looks at`]),
    ...(ids.size === metrics.length ? [] : ['two metrics have one id']),
    ...[...ids].filter((id) => !/^[a-z]\w*$/.test(id)).map((id) => `"${id}" is no id of a metric`),
  ];
}

function periodProblems(period: number, count: number): string[] {
  const most = period >= 3600 ? 7 * DAY_SECONDS : DAY_SECONDS;
  return [
    ...([10, 20, 30].includes(period) || period % 60 === 0 ? [] : [`${period} is no period`]),
    ...(period * count > most ? [`${period * count} seconds are more than it looks back`] : []),
  ];
}

/** Checks that intervals have no gap or overlap, and no limit on the sides of 0 that have steps. */
function stepProblems({ StepAdjustments = [] }: Steps): string[] {
  const steps = StepAdjustments.map(({ MetricIntervalLowerBound, MetricIntervalUpperBound }) => ({
    from: MetricIntervalLowerBound ?? -Infinity,
    to: MetricIntervalUpperBound ?? Infinity,
  })).sort((a, b) => a.from - b.from);
  return [
    ...(steps.length === 0 || steps.length > 20 ? [`there are ${steps.length} steps`] : []),
    ...steps
      .filter(({ from, to }) => from >= to || (from === -Infinity && to === Infinity))
      .map(({ from, to }) => `no step can be from ${from} to ${to}`),
    ...steps
      .slice(1)
      .map(({ from }, index) => ({ from, before: steps[index]!.to }))
      .filter(({ from, before }) => from !== before)
      .map(({ from, before }) => `a step ends at ${before} and the next begins at ${from}`),
    ...endProblems(steps),
  ];
}

function endProblems(steps: { from: number; to: number }[]): string[] {
  const first = steps[0]?.from ?? 0;
  const last = steps.at(-1)?.to ?? 0;
  return [
    ...(first < 0 && first !== -Infinity ? [`nothing is said below ${first}`] : []),
    ...(last > 0 && last !== Infinity ? [`nothing is said above ${last}`] : []),
  ];
}
