import type { AlarmName, AlarmSettings } from '../../config/defaults';
import { docsLink } from '../../config/docs';
import { type WorkerResource } from '../../config/logical-ids';
import { alarmName } from '../../config/names';
import { combine, compact, type Resources } from '../cloudformation';
import { logMetric, partOfFormula, queueMetric, ruleMetric, serviceMetric } from './metrics';
import { idOf, named, type Subject } from './subject';

interface AlarmKind {
  resource: WorkerResource;
  description: (settings: AlarmSettings) => string;
  metric: (subject: Subject, settings: AlarmSettings) => Record<string, unknown>;
  operator: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  isPossible?: (subject: Subject) => boolean;
}

const hasDeadLetterQueue = ({ worker }: Subject) => worker.queue.deadLetter !== false;

const deadLetters = (subject: Subject, metric = 'ApproximateNumberOfMessagesVisible') =>
  queueMetric(subject, metric, { of: 'deadLetterQueue', statistic: 'Maximum' });

const KINDS: Record<AlarmName, AlarmKind> = {
  deadLetter: {
    resource: 'deadLetterAlarm',
    description: () => 'Messages have failed as often as they may: look at the dead-letter queue.',
    metric: (subject, { period }) => ({ ...deadLetters(subject), Period: period }),
    operator: 'GreaterThanOrEqualToThreshold',
    isPossible: hasDeadLetterQueue,
  },
  deadLetterGrowth: {
    resource: 'deadLetterGrowthAlarm',
    description: () => 'More messages have gone to the dead-letter queue.',
    // SQS counts no message that it moves there by itself as sent: the growth is all there is to see. With those in
    // flight, since who looks at dead letters and puts them back adds none. SQS tells of those in flight only while there
    // are some: unfilled, there would be no sum, and the alarm would hear of nothing.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    metric: (subject, { period }) => ({
      Metrics: [
        partOfFormula('visible', deadLetters(subject), period),
        partOfFormula('inFlight', deadLetters(subject, 'ApproximateNumberOfMessagesNotVisible'), period),
        {
          Id: 'growth',
          Label: 'DeadLetterGrowth',
          Expression: 'DIFF(visible + FILL(inFlight, 0))',
          ReturnData: true,
        },
      ],
    }),
    operator: 'GreaterThanOrEqualToThreshold',
    isPossible: hasDeadLetterQueue,
  },
  workerErrors: {
    resource: 'workerErrorsAlarm',
    description: ({ threshold }) => `More than ${threshold} jobs failed or were rejected: look at the log.`,
    metric: (subject, { period }) => ({ ...logMetric(subject, 'WorkerErrors', 'Sum'), Period: period }),
    operator: 'GreaterThanThreshold',
  },
  queueSize: {
    resource: 'queueSizeAlarm',
    description: ({ threshold }) =>
      `More than ${threshold} messages have been waiting for long: the service does not keep up.`,
    metric: (subject, { period }) => ({
      ...queueMetric(subject, 'ApproximateNumberOfMessagesVisible', { statistic: 'Average' }),
      Period: period,
    }),
    operator: 'GreaterThanThreshold',
  },
  memory: {
    resource: 'memoryAlarm',
    description: ({ threshold }) => `More than ${threshold} % of the memory is in use.`,
    metric: (subject, { period }) => ({
      ...serviceMetric(subject, 'MemoryUtilization', 'Average'),
      Period: period,
    }),
    operator: 'GreaterThanThreshold',
  },
  cpu: {
    resource: 'cpuAlarm',
    description: ({ threshold }) => `More than ${threshold} % of the CPU is in use.`,
    metric: (subject, { period }) => ({
      ...serviceMetric(subject, 'CPUUtilization', 'Average'),
      Period: period,
    }),
    operator: 'GreaterThanThreshold',
  },
  placement: {
    resource: 'placementAlarm',
    description: () => 'ECS could not place or start tasks: its service says why.',
    metric: (subject, { period }) => ({ ...ruleMetric(idOf(subject, 'placementRule')), Period: period }),
    operator: 'GreaterThanOrEqualToThreshold',
  },
  deployment: {
    resource: 'deploymentAlarm',
    description: () => 'A deployment has failed: ECS goes back to the version before, where there is one.',
    metric: (subject, { period }) => ({ ...ruleMetric(idOf(subject, 'deploymentRule')), Period: period }),
    operator: 'GreaterThanOrEqualToThreshold',
  },
};

/** The alarms that are on. */
export function alarms(subject: Subject): Resources {
  const built = Object.entries(KINDS).map(([name, kind]) => {
    const settings = subject.worker.alarms[name as AlarmName];
    const isPossible = kind.isPossible?.(subject) ?? true;
    return settings === undefined || !isPossible ? {} : alarm(subject, name as AlarmName, settings);
  });
  return combine(built);
}

function alarm(subject: Subject, name: AlarmName, settings: AlarmSettings): Resources {
  const { configuration, worker, alarmActions } = subject;
  const kind = KINDS[name];
  return named(subject, kind.resource, {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: compact({
      AlarmName: alarmName(configuration.context, worker.name, kind.resource),
      AlarmDescription: description(subject, name, settings),
      AlarmActions: alarmActions.length === 0 ? undefined : alarmActions,
      OKActions: alarmActions.length === 0 ? undefined : alarmActions,
      ...kind.metric(subject, settings),
      EvaluationPeriods: settings.evaluationPeriods,
      ComparisonOperator: kind.operator,
      Threshold: settings.threshold,
      TreatMissingData: 'notBreaching',
    }),
  });
}

/** What whoever is woken by it reads first; the page says what to do. */
function description(
  { configuration: { context }, worker }: Subject,
  name: AlarmName,
  settings: AlarmSettings,
): string {
  const text = KINDS[name].description(settings);
  return `${context.stackName}, worker ${worker.name}: ${text} ${docsLink('alarms', name)}`;
}
