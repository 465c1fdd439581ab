import { type WorkerResource } from '../../config/logical-ids';
import { alarmName } from '../../config/names';
import {
  METRIC_PERIOD_SECONDS,
  SCALE_DOWN_AFTER_PERIODS,
  SCALE_UP_COOLDOWN_SECONDS,
  scaleUpSteps,
  type ScalingStep,
} from '../../scaling/steps';
import { clusterName } from '../cluster';
import { compact, getAtt, ref, sub, type Resources } from '../cloudformation';
import { partOfFormula, queueMetric } from './metrics';
import { idOf, named, type Subject } from './subject';

/** The messages from which scale-up starts: the threshold that the steps' bounds are relative to. */
const FIRST_MESSAGE = 1;

/** How the number of tasks follows the queue. */
export function scaling(subject: Subject): Resources {
  return { ...scalableTarget(subject), ...scaleUp(subject), ...scaleDown(subject) };
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
    },
  });
}

function scaleUp(subject: Subject): Resources {
  const { worker } = subject;
  const steps = scaleUpSteps({ ...worker.scaling, concurrency: worker.concurrency });
  return {
    ...stepPolicy(subject, 'scaleUpPolicy', {
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Maximum',
      Cooldown: SCALE_UP_COOLDOWN_SECONDS,
      StepAdjustments: steps.map(stepAdjustment),
    }),
    ...trigger(subject, 'scaleUpAlarm', {
      AlarmDescription: 'Adds tasks while messages wait.',
      AlarmActions: [ref(idOf(subject, 'scaleUpPolicy'))],
      ...queueMetric(subject, 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum' }),
      Period: METRIC_PERIOD_SECONDS,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: FIRST_MESSAGE,
    }),
  };
}

function stepAdjustment({ from, to, add }: ScalingStep) {
  return compact({
    MetricIntervalLowerBound: from - FIRST_MESSAGE,
    MetricIntervalUpperBound: to === undefined ? undefined : to - FIRST_MESSAGE,
    ScalingAdjustment: add,
  });
}

/** Back to `min` once nothing waits and nothing is being worked on: no task is ended while it is busy. */
function scaleDown(subject: Subject): Resources {
  return {
    ...stepPolicy(subject, 'scaleDownPolicy', {
      AdjustmentType: 'PercentChangeInCapacity',
      MetricAggregationType: 'Maximum',
      Cooldown: METRIC_PERIOD_SECONDS,
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -100 }],
    }),
    ...trigger(subject, 'scaleDownAlarm', {
      AlarmDescription: 'Ends the tasks when no message waits and none is being worked on.',
      AlarmActions: [ref(idOf(subject, 'scaleDownPolicy'))],
      Metrics: totalMessages(subject),
      EvaluationPeriods: SCALE_DOWN_AFTER_PERIODS,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: FIRST_MESSAGE,
    }),
  };
}

/** Watchbot's TotalMessages, which took a Lambda function each minute: visible and in flight, added by CloudWatch. */
function totalMessages(subject: Subject) {
  const part = (id: string, metric: string) =>
    partOfFormula(id, queueMetric(subject, metric, { statistic: 'Maximum' }), METRIC_PERIOD_SECONDS);
  return [
    part('visible', 'ApproximateNumberOfMessagesVisible'),
    part('inFlight', 'ApproximateNumberOfMessagesNotVisible'),
    { Id: 'total', Label: 'TotalMessages', Expression: 'visible + inFlight', ReturnData: true },
  ];
}

function stepPolicy(
  subject: Subject,
  resource: WorkerResource,
  configuration: Record<string, unknown>,
): Resources {
  return named(subject, resource, {
    Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    Properties: {
      PolicyName: idOf(subject, resource),
      PolicyType: 'StepScaling',
      ScalingTargetId: ref(idOf(subject, 'scalableTarget')),
      StepScalingPolicyConfiguration: configuration,
    },
  });
}

function trigger(subject: Subject, resource: WorkerResource, properties: Record<string, unknown>): Resources {
  return named(subject, resource, {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarmName(subject.configuration.context, subject.worker.name, resource),
      // SQS sends no metrics for a queue that has been idle for hours: nothing to do either way.
      TreatMissingData: 'notBreaching',
      ...properties,
    },
  });
}
