import type { AlarmName, AlarmSettings } from '../config/defaults';
import { docsLink } from '../shared/docs-link';
import type { WorkerResource } from '../config/logical-ids';
import { alarmName } from '../config/names';
import { showQuantity } from '../config/units';
import { combine, ref } from './cloudformation';
import { logMetric, partOfFormula, queueMetric, ruleMetric, serviceMetric } from './metrics';
import type { PropertiesOf, Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';

type AlarmProperties = Partial<PropertiesOf<'AWS::CloudWatch::Alarm'>>;

interface AlarmKind {
  resource: WorkerResource;
  description: (settings: AlarmSettings) => string;
  metric: (subject: Subject, settings: AlarmSettings) => AlarmProperties;
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
    // SQS does not count a message as sent if it moves it there by itself: only the growth can be seen. Messages in flight
    // are included, since somebody who looks at dead letters and puts them back adds none. SQS reports messages in flight
    // only while there are some: without FILL there would be no sum, and the alarm would have no data.
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
  deadLetterAge: {
    resource: 'deadLetterAgeAlarm',
    description: ({ threshold }) =>
      `A dead letter is there for ${showQuantity(threshold, 'seconds')} or longer: SQS deletes it before long.`,
    metric: (subject, { period }) => ({
      ...deadLetters(subject, 'ApproximateAgeOfOldestMessage'),
      Period: period,
    }),
    operator: 'GreaterThanOrEqualToThreshold',
    isPossible: hasDeadLetterQueue,
  },
  age: {
    resource: 'ageAlarm',
    description: ({ threshold }) =>
      `The oldest message is older than ${showQuantity(threshold, 'seconds')}: the service does not keep up.`,
    metric: (subject, { period }) => ({
      ...queueMetric(subject, 'ApproximateAgeOfOldestMessage', { statistic: 'Maximum' }),
      Period: period,
    }),
    operator: 'GreaterThanThreshold',
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

/** The alarms that are switched on. */
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
    Properties: {
      AlarmName: alarmName(configuration.context, worker.name, kind.resource),
      AlarmDescription: description(subject, name, settings),
      AlarmActions: alarmActions.length === 0 ? undefined : alarmActions,
      OKActions: alarmActions.length === 0 ? undefined : alarmActions,
      ...kind.metric(subject, settings),
      EvaluationPeriods: settings.evaluationPeriods,
      ComparisonOperator: kind.operator,
      Threshold: settings.threshold,
      TreatMissingData: 'notBreaching',
    },
  });
}

/** What the person who is woken by the alarm reads first. The linked page says what to do. */
function description(
  { configuration: { context }, worker }: Subject,
  name: AlarmName,
  settings: AlarmSettings,
): string {
  const text = KINDS[name].description(settings);
  return `${context.stackName}, worker ${worker.name}: ${text} ${docsLink('alarms', name)}`;
}

interface ServiceEvent {
  alarm: AlarmName;
  resource: WorkerResource;
  what: string;
  detailType: string;
  eventNames: readonly string[];
}

const SERVICE_EVENTS: readonly ServiceEvent[] = [
  {
    // ECS found no capacity for a task (Spot, quotas, instances), cannot start it as it is configured, or the tasks that it
    // starts do not keep running (no image, no secret, no address).
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
    alarm: 'placement',
    resource: 'placementRule',
    what: 'tasks that ECS cannot place or start',
    detailType: 'ECS Service Action',
    eventNames: [
      'SERVICE_TASK_PLACEMENT_FAILURE',
      'SERVICE_TASK_CONFIGURATION_FAILURE',
      'SERVICE_TASK_START_IMPAIRED',
    ],
  },
  {
    // Sent by the circuit breaker, which is always on, and by alarms. The rollback that follows is a deployment of its own;
    // SERVICE_DEPLOYMENT_IN_PROGRESS says that it begins, as with any other.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    alarm: 'deployment',
    resource: 'deploymentRule',
    what: 'deployments that failed',
    detailType: 'ECS Deployment State Change',
    eventNames: ['SERVICE_DEPLOYMENT_FAILED'],
  },
];

/**
 * Rules on events of ECS about the service; the alarms above count their matches. They have no target: it would send a mail
 * for each of possibly many events, in another format, and would need permission to publish to each topic. That a rule
 * without a target has the metric of matches follows from what AWS says it counts; no page says so.
 */
export function serviceRules(subject: Subject): Resources {
  const { name, alarms } = subject.worker;
  return combine(
    SERVICE_EVENTS.filter(({ alarm }) => alarms[alarm] !== undefined).map(
      ({ resource, what, detailType, eventNames }) =>
        named(subject, resource, {
          Type: 'AWS::Events::Rule',
          Properties: {
            Description: `Of worker ${name}: ${what}, for its alarm to count`,
            EventPattern: {
              source: ['aws.ecs'],
              'detail-type': [detailType],
              resources: [ref(idOf(subject, 'service'))],
              detail: { eventName: eventNames },
            },
          },
        }),
    ),
  );
}
