import { alarmName } from '../config/names';
import { choosePolicy, widestBounds } from '../scaling/choose-policy';
import { metricsOf, toMetricMath } from '../scaling/formula';
import type { Alarm, ScalingMetric, Step, StepScaling } from '../scaling/policy';
import { getAtt, ref, sub } from './cloudformation';
import { clusterName } from './cluster';
import { partOfFormula, queueMetric, serviceMetric } from './metrics';
import type { PropertiesOf, Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';

/** The policies by which the number of tasks follows the queue, and the alarms that trigger them. */
export function scaling(subject: Subject): Resources {
  const { scaling, concurrency } = subject.worker;
  const { parts } = choosePolicy({ ...scaling, ...widestBounds(scaling) }, concurrency);
  const steps = parts.filter((part) => part.kind === 'step');
  return Object.assign(
    scalableTarget(subject),
    ...steps.flatMap((part) => [policy(subject, part), trigger(subject, part)]),
  ) as Resources;
}

function scalableTarget(subject: Subject): Resources {
  const { configuration, worker } = subject;
  return named(subject, 'scalableTarget', {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: sub('service/${Cluster}/${Service}', {
        Cluster: clusterName(configuration),
        Service: getAtt(idOf(subject, 'service'), 'Name'),
      }),
      MinCapacity: worker.scaling.min,
      MaxCapacity: worker.scaling.max,
      ScheduledActions: worker.scaling.schedule?.map(scheduledAction),
    },
  });
}

type Entry = NonNullable<Subject['worker']['scaling']['schedule']>[number];

/** Named by its number: an action that moves in the list overwrites another, so that there is no time with neither of them. */
const scheduledAction = ({ rate, timezone, min, max }: Entry, index: number) => ({
  ScheduledActionName: `schedule${index + 1}`,
  Schedule: rate,
  Timezone: timezone,
  ScalableTargetAction: { MinCapacity: min, MaxCapacity: max },
});

const RESOURCES = {
  up: { policy: 'scaleUpPolicy', alarm: 'scaleUpAlarm' },
  steady: { policy: 'scaleSteadyPolicy', alarm: 'scaleSteadyAlarm' },
  down: { policy: 'scaleDownPolicy', alarm: 'scaleDownAlarm' },
} as const;

function policy(
  subject: Subject,
  { direction, alarm, adjustment, cooldownSeconds, aggregation, steps }: StepScaling,
): Resources {
  const resource = RESOURCES[direction].policy;
  return named(subject, resource, {
    Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    Properties: {
      PolicyName: idOf(subject, resource),
      PolicyType: 'StepScaling',
      ScalingTargetId: ref(idOf(subject, 'scalableTarget')),
      StepScalingPolicyConfiguration: {
        AdjustmentType: adjustment,
        MetricAggregationType: aggregation,
        Cooldown: cooldownSeconds,
        StepAdjustments: steps.map((step) => stepAdjustment(step, alarm)),
      },
    },
  });
}

type StepAdjustment = {
  MetricIntervalLowerBound?: number | undefined;
  MetricIntervalUpperBound?: number | undefined;
  ScalingAdjustment: number;
};

/** AWS takes bounds as differences from the alarm's threshold. */
function stepAdjustment({ from, to, adjust }: Step, { threshold }: Alarm): StepAdjustment {
  return {
    MetricIntervalLowerBound: from === undefined ? undefined : from - threshold,
    MetricIntervalUpperBound: to === undefined ? undefined : to - threshold,
    ScalingAdjustment: adjust,
  };
}

function trigger(subject: Subject, { direction, alarm }: StepScaling): Resources {
  const resource = RESOURCES[direction].alarm;
  return named(subject, resource, {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarmName(subject.configuration.context, subject.worker.name, resource),
      AlarmDescription: alarm.description,
      AlarmActions: [ref(idOf(subject, RESOURCES[direction].policy))],
      // SQS reports no metrics of a queue that has been idle for hours: then there is nothing to do in either direction.
      TreatMissingData: 'notBreaching',
      ...watched(subject, alarm),
      EvaluationPeriods: alarm.evaluationPeriods,
      ComparisonOperator: alarm.comparison,
      Threshold: alarm.threshold,
    },
  });
}

/** What the alarm watches: a metric, or metric math. */
function watched(
  subject: Subject,
  { formula, label, statistic, periodSeconds }: Alarm,
): Partial<PropertiesOf<'AWS::CloudWatch::Alarm'>> {
  if ('metric' in formula) return { ...metric(subject, formula.metric, statistic), Period: periodSeconds };
  const parts = metricsOf(formula).map((name) =>
    partOfFormula(name, metric(subject, name, statistic), periodSeconds),
  );
  const result = { Id: 'result', Label: label, Expression: toMetricMath(formula), ReturnData: true };
  return { Metrics: [...parts, result] };
}

const METRICS: Record<ScalingMetric, { of: 'queue' | 'service'; name: string; statistic?: string }> = {
  visible: { of: 'queue', name: 'ApproximateNumberOfMessagesVisible' },
  leastVisible: { of: 'queue', name: 'ApproximateNumberOfMessagesVisible', statistic: 'Minimum' },
  inFlight: { of: 'queue', name: 'ApproximateNumberOfMessagesNotVisible' },
  // Sent messages are reported one by one, so that only their sum says how many there were.
  sent: { of: 'queue', name: 'NumberOfMessagesSent', statistic: 'Sum' },
  age: { of: 'queue', name: 'ApproximateAgeOfOldestMessage' },
  cpu: { of: 'service', name: 'CPUUtilization', statistic: 'Sum' },
  memory: { of: 'service', name: 'MemoryUtilization', statistic: 'Sum' },
};

function metric(subject: Subject, metric: ScalingMetric, ofAlarm: Alarm['statistic']) {
  const { of, name, statistic = ofAlarm } = METRICS[metric];
  return of === 'queue' ? queueMetric(subject, name, { statistic }) : serviceMetric(subject, name, statistic);
}
