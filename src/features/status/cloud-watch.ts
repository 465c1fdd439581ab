import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { Configuration } from '../../config/configuration';
import { ALARM_NAMES, type AlarmName } from '../../config/defaults';
import { logicalId } from '../../config/logical-ids';
import { METRIC_NAMESPACE, metricName } from '../../config/names';
import type { LogMetric } from '../../resources/metrics';
import { HOUR_SECONDS, MINUTE_SECONDS } from '../../shared/durations';
import { queueNameIn } from '../stack/queues';
import type { Target } from '../stack/target';
import { templateResources } from '../stack/stack';
import type { DeployedWorker } from '../stack/workers';
import { reading, type Reading } from './reading';

export interface AlarmState {
  /** As under `alarms` in serverless.yml. */
  alarm: AlarmName;
  name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`; null if AWS has no such alarm. */
  state: string | null;
  since: Date | null;
  reason: string | null;
}

/** The alarms that the template has. Those of scaling are left out: they are busy by nature, and its activities tell of them. */
export async function alarmStates(
  { clients, explain }: Target,
  configuration: Configuration,
  deployed: DeployedWorker,
): Promise<Reading<AlarmState[]>> {
  const { worker } = deployed;
  const names = alarmNames(configuration, deployed);
  if (names.size === 0) return { value: [] };
  const { DescribeAlarmsCommand } = await import('../../vendor/cloudwatch.mjs');
  const cloudWatch = await clients.cloudWatch();
  const call = { action: 'cloudwatch:DescribeAlarms', place: `alarms of worker ${worker}` };
  return reading(explain, call, async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names.values()], AlarmTypes: ['MetricAlarm'] }),
    );
    return [...names].map(([alarm, name]) => {
      const found = MetricAlarms.find(({ AlarmName: each }) => each === name);
      const { StateValue, StateTransitionedTimestamp, StateUpdatedTimestamp, StateReason } = found ?? {};
      return {
        alarm,
        name,
        state: StateValue ?? null,
        since: StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? null,
        reason: StateReason ?? null,
      };
    });
  });
}

/** What the template calls them, with the user's extensions. */
function alarmNames(configuration: Configuration, { worker, idOf }: DeployedWorker): Map<AlarmName, string> {
  const resources = templateResources(configuration);
  return new Map(
    ALARM_NAMES.flatMap((alarm): [AlarmName, string][] => {
      const resource = `${alarm}Alarm` as const;
      const given = resources[logicalId(worker, resource)]?.Properties?.AlarmName;
      // The name that a function gives is the stack's to tell.
      const name = typeof given === 'string' ? given : given === undefined ? undefined : idOf?.(resource);
      return name === undefined ? [] : [[alarm, name]];
    }),
  );
}

export interface Metrics {
  /** Null: no data, as in a queue that has been idle for long. */
  oldestMessageSeconds: number | null;
  /** Since the oldest dead letter became one. Null: no data, or no dead letter. */
  oldestDeadLetterSeconds: number | null;
  /** Null: no message of the queue has a group, or it is a FIFO queue. */
  fairness: Fairness | null;
  failures: Failures | null;
}

/**
 * How a standard queue treats message groups: those that have too much in work are noisy, and wait for the quiet ones.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
interface Fairness {
  noisyGroups: number;
  visibleInQuietGroups: number;
  oldestInQuietGroupsSeconds: number | null;
}

/** Jobs that ended within the time, and those of them that failed or were rejected. */
interface Failures {
  failed: number;
  jobs: number;
  withinSeconds: number;
}

const WITHIN_SECONDS = HOUR_SECONDS;
/** CloudWatch has a queue's metrics some minutes late; what is older says nothing about now. */
const RECENT_MS = 10 * MINUTE_SECONDS * 1000;

const Id = {
  oldest: 'oldest',
  oldestDeadLetter: 'oldestDeadLetter',
  noisy: 'noisy',
  quietVisible: 'quietVisible',
  quietOldest: 'quietOldest',
  failed: 'failed',
  jobs: 'jobs',
} as const;

export async function recentMetrics(
  { clients, explain }: Target,
  configuration: Configuration,
  deployed: DeployedWorker,
  nowMs: number,
): Promise<Reading<Metrics>> {
  const { worker } = deployed;
  const { GetMetricDataCommand } = await import('../../vendor/cloudwatch.mjs');
  const cloudWatch = await clients.cloudWatch();
  const nameOf = (metric: LogMetric) => metricName(configuration.context, worker, metric);
  const call = { action: 'cloudwatch:GetMetricData', place: `metrics of worker ${worker}` };
  return reading(explain, call, async () => {
    const { MetricDataResults = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(nowMs - WITHIN_SECONDS * 1000),
        EndTime: new Date(nowMs),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          ...queueQueries(deployed),
          logMetric(Id.failed, nameOf('WorkerErrors'), 'Sum'),
          // Each job that ended is one value.
          logMetric(Id.jobs, nameOf('MessageReceives'), 'SampleCount'),
        ],
      }),
    );
    const of = (id: string) => MetricDataResults.find((result) => result.Id === id) ?? {};
    return {
      oldestMessageSeconds: latest(of(Id.oldest), nowMs),
      oldestDeadLetterSeconds: latest(of(Id.oldestDeadLetter), nowMs),
      fairness: fairnessOf((id) => latest(of(id), nowMs)),
      failures: failuresOf(of(Id.failed), of(Id.jobs)),
    };
  });
}

function logMetric(id: string, name: string, Stat: string) {
  const Metric = { Namespace: METRIC_NAMESPACE, MetricName: name };
  return { Id: id, MetricStat: { Metric, Period: MINUTE_SECONDS, Stat } };
}

const AGE = 'ApproximateAgeOfOldestMessage';

function queueQueries({ queueUrl, deadLetterQueueUrl }: DeployedWorker) {
  const queue = queueNameIn(queueUrl);
  return [
    queueQuery(Id.oldest, AGE, queue),
    ...(deadLetterQueueUrl === undefined
      ? []
      : [queueQuery(Id.oldestDeadLetter, AGE, queueNameIn(deadLetterQueueUrl))]),
    ...(queue.endsWith('.fifo')
      ? []
      : [
          queueQuery(Id.noisy, 'ApproximateNumberOfNoisyGroups', queue),
          queueQuery(Id.quietVisible, 'ApproximateNumberOfMessagesVisibleInQuietGroups', queue),
          queueQuery(Id.quietOldest, 'ApproximateAgeOfOldestMessageInQuietGroups', queue),
        ]),
  ];
}

function queueQuery(id: string, MetricName: string, queueName: string) {
  const Metric = {
    Namespace: 'AWS/SQS',
    MetricName,
    Dimensions: [{ Name: 'QueueName', Value: queueName }],
  };
  return { Id: id, MetricStat: { Metric, Period: MINUTE_SECONDS, Stat: 'Maximum' } };
}

function fairnessOf(valueOf: (id: string) => number | null): Fairness | null {
  const noisyGroups = valueOf(Id.noisy);
  if (noisyGroups === null) return null;
  return {
    noisyGroups,
    visibleInQuietGroups: valueOf(Id.quietVisible) ?? 0,
    oldestInQuietGroupsSeconds: valueOf(Id.quietOldest),
  };
}

function latest({ Values = [], Timestamps = [] }: MetricDataResult, nowMs: number): number | null {
  const isRecent = nowMs - (Timestamps[0]?.getTime() ?? 0) < RECENT_MS;
  return isRecent ? (Values[0] ?? null) : null;
}

function failuresOf(failed: MetricDataResult, jobs: MetricDataResult): Failures | null {
  if ((jobs.Values ?? []).length === 0) return null;
  return { failed: sum(failed.Values), jobs: sum(jobs.Values), withinSeconds: WITHIN_SECONDS };
}

const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);
