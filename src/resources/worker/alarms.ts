import type { AlarmName, AlarmSettings } from '../../config/alarm-defaults';
import { alarmName, METRIC_NAMESPACE, type WorkerResource } from '../../config/names';
import { combine, compact, type Resources } from '../cloudformation';
import { queueMetric, serviceMetric, workerErrorsMetric, workerErrorsName } from './metrics';
import { named, type Subject } from './subject';

interface AlarmKind {
  resource: WorkerResource;
  description: (settings: AlarmSettings) => string;
  metric: (subject: Subject) => Record<string, unknown>;
  operator: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  /** What the alarm cannot do without. */
  withIt?: (subject: Subject) => Resources;
  isPossible?: (subject: Subject) => boolean;
}

const KINDS: Record<AlarmName, AlarmKind> = {
  deadLetter: {
    resource: 'deadLetterAlarm',
    description: () => 'Messages have failed as often as they may: look at the dead-letter queue.',
    metric: (subject) =>
      queueMetric(subject, 'ApproximateNumberOfMessagesVisible', {
        of: 'deadLetterQueue',
        statistic: 'Maximum',
      }),
    operator: 'GreaterThanOrEqualToThreshold',
    isPossible: ({ worker }) => worker.queue.deadLetter,
  },
  workerErrors: {
    resource: 'workerErrorsAlarm',
    description: ({ threshold }) => `More than ${threshold} jobs failed or were rejected: look at the log.`,
    metric: (subject) => ({
      Namespace: METRIC_NAMESPACE,
      MetricName: workerErrorsName(subject),
      Statistic: 'Sum',
    }),
    operator: 'GreaterThanThreshold',
    withIt: workerErrorsMetric,
  },
  queueSize: {
    resource: 'queueSizeAlarm',
    description: ({ threshold }) =>
      `More than ${threshold} messages have been waiting for long: the service does not keep up.`,
    metric: (subject) => queueMetric(subject, 'ApproximateNumberOfMessagesVisible', { statistic: 'Average' }),
    operator: 'GreaterThanThreshold',
  },
  memory: {
    resource: 'memoryAlarm',
    description: ({ threshold }) => `More than ${threshold} % of the memory is in use.`,
    metric: (subject) => serviceMetric(subject, 'MemoryUtilization', 'Average'),
    operator: 'GreaterThanThreshold',
  },
  cpu: {
    resource: 'cpuAlarm',
    description: ({ threshold }) => `More than ${threshold} % of the CPU is in use.`,
    metric: (subject) => serviceMetric(subject, 'CPUUtilization', 'Average'),
    operator: 'GreaterThanThreshold',
  },
};

/** The alarms that are on. */
export function alarms(subject: Subject): Resources {
  const built = Object.entries(KINDS).map(([name, kind]) => {
    const settings = subject.worker.alarms[name as AlarmName];
    const isPossible = kind.isPossible?.(subject) ?? true;
    return settings === undefined || !isPossible ? {} : alarm(subject, kind, settings);
  });
  return combine(built);
}

function alarm(subject: Subject, kind: AlarmKind, settings: AlarmSettings): Resources {
  const { configuration, worker, alarmActions } = subject;
  return {
    ...kind.withIt?.(subject),
    ...named(subject, kind.resource, {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: compact({
        AlarmName: alarmName(configuration.context, worker.name, kind.resource),
        AlarmDescription: `${configuration.context.stackName}, worker ${worker.name}: ${kind.description(settings)}`,
        AlarmActions: alarmActions.length === 0 ? undefined : alarmActions,
        OKActions: alarmActions.length === 0 ? undefined : alarmActions,
        ...kind.metric(subject),
        Period: settings.period,
        EvaluationPeriods: settings.evaluationPeriods,
        ComparisonOperator: kind.operator,
        Threshold: settings.threshold,
        TreatMissingData: 'notBreaching',
      }),
    }),
  };
}
