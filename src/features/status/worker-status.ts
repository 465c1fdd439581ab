import type { Configuration } from '../../config/configuration';
import type { Clock } from '../../shared/clock';
import { queueNameIn, readCountsAndRetention, type MessageCounts } from '../stack/queues';
import type { Target } from '../stack/target';
import type { DeployedWorker } from '../stack/workers';
import { alarmStates, recentMetrics, type AlarmState, type Metrics } from './cloud-watch';
import { ONLY_IN_AWS, reading, type Reading } from './reading';
import {
  protectedTasks,
  scalingActivities,
  scalingBounds,
  serviceNameIn,
  serviceState,
  type DeploymentState,
  type ScalingActivity,
  type ScalingBounds,
  type TaskCounts,
} from './service';

/** All there is to know of a worker at one moment. */
export interface WorkerStatus {
  worker: string;
  queue: Reading<QueueState>;
  deadLetters: Reading<QueueState>;
  service: Reading<{ tasks: TaskCounts; deployment: DeploymentState | null }>;
  protectedTasks: Reading<number>;
  bounds: Reading<ScalingBounds>;
  activities: Reading<ScalingActivity[]>;
  metrics: Reading<Metrics>;
  alarms: Reading<AlarmState[]>;
}

/** What changes slowly. */
type SlowStatus = Pick<WorkerStatus, 'metrics' | 'alarms' | 'activities' | 'bounds'>;

/** CloudWatch has new values once a minute, and each request costs money. */
const SLOW_MS = 30_000;

/** Gives what reads a worker's status; what changes slowly is asked for less often. */
export function statusReader(
  target: Target,
  configuration: Configuration,
  deployed: DeployedWorker,
  clock: Pick<Clock, 'now'>,
): () => Promise<WorkerStatus> {
  const { worker, queueUrl, deadLetterQueueUrl, serviceArn } = deployed;
  const name = serviceArn === undefined ? undefined : serviceNameIn(serviceArn);
  const ofService = <T>(read: (named: NonNullable<typeof name>) => Promise<Reading<T>>) =>
    target.isLocal ? ONLY_IN_AWS : name === undefined ? NO_SERVICE : read(name);
  const readSlow = async (): Promise<SlowStatus> => {
    const [metrics, alarms, activities, bounds] = await Promise.all([
      target.isLocal ? ONLY_IN_AWS : recentMetrics(target, configuration, deployed, clock.now()),
      target.isLocal ? ONLY_IN_AWS : alarmStates(target, configuration, deployed),
      ofService((named) => scalingActivities(target, named)),
      ofService((named) => scalingBounds(target, named)),
    ]);
    return { metrics, alarms, activities, bounds };
  };
  const slow = cached(readSlow, SLOW_MS, clock);
  return async () => {
    const [queue, deadLetters, service, busy, rest] = await Promise.all([
      queueState(target, queueUrl),
      deadLetterQueueUrl === undefined ? NO_DEAD_LETTERS : queueState(target, deadLetterQueueUrl),
      ofService((named) => serviceState(target, named)),
      ofService((named) => protectedTasks(target, named)),
      slow(),
    ]);
    return { worker, queue, deadLetters, service, protectedTasks: busy, ...rest };
  };
}

const NO_SERVICE = { reason: 'the stack has no service of this worker', action: undefined };
const NO_DEAD_LETTERS = { reason: 'the worker has no dead-letter queue', action: undefined };

/** Reads again only if the last value is older. */
function cached<T>(read: () => Promise<T>, ms: number, clock: Pick<Clock, 'now'>): () => Promise<T> {
  let last: { value: T; atMs: number } | undefined;
  return async () => {
    if (last !== undefined && clock.now() - last.atMs < ms) return last.value;
    const value = await read();
    last = { value, atMs: clock.now() };
    return value;
  };
}

interface QueueState extends MessageCounts {
  name: string;
  retentionSeconds: number | null;
}

async function queueState({ clients, explain }: Target, queueUrl: string): Promise<Reading<QueueState>> {
  const sqs = await clients.sqs();
  const name = queueNameIn(queueUrl);
  const call = { action: 'sqs:GetQueueAttributes', place: `queue ${name}` };
  return reading(explain, call, async () => ({ name, ...(await readCountsAndRetention(sqs, queueUrl)) }));
}
