import type { Configuration, Worker } from '../../config/configuration';
import type { DeployedWorker } from '../stack/workers';
import { protectedTasks, serviceNameIn, serviceState, type DeploymentState, type TaskCounts } from './service';
import { queueNameIn } from '../stack/queues';
import { alarmStates, type AlarmState } from './alarms';
import { recentMetrics, type Metrics } from './metrics';
import type { Target } from '../stack/target';
import { queueState, type QueueState } from './queue';
import { ONLY_IN_AWS, type Reading } from './reading';
import { scalingActivities, scalingBounds, type ScalingActivity, type ScalingBounds } from './scaling';

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

type Slow = Pick<WorkerStatus, 'metrics' | 'alarms' | 'activities' | 'bounds'>;

/** CloudWatch has new values once a minute, and each question to it costs. */
const SLOW_MS = 30_000;

/** Gives what reads a worker's status; what changes slowly is asked for less often. */
export function statusReader(
  place: Target,
  {
    configuration,
    worker,
    deployed,
  }: { configuration: Configuration; worker: Worker; deployed: DeployedWorker },
): () => Promise<WorkerStatus> {
  const { queueUrl, deadLetterQueueUrl, serviceArn } = deployed;
  const name = serviceArn === undefined ? undefined : serviceNameIn(serviceArn);
  const ofService = <T>(read: (named: NonNullable<typeof name>) => Promise<Reading<T>>) =>
    place.isLocal ? ONLY_IN_AWS : name === undefined ? NO_SERVICE : read(name);
  const readSlow = async (): Promise<Slow> => {
    const queueName = queueNameIn(queueUrl);
    const [metrics, alarms, activities, bounds] = await Promise.all([
      place.isLocal ? ONLY_IN_AWS : recentMetrics(place, { configuration, worker, queueName }),
      place.isLocal ? ONLY_IN_AWS : alarmStates(place, configuration, worker),
      ofService((named) => scalingActivities(place, named)),
      ofService((named) => scalingBounds(place, named)),
    ]);
    return { metrics, alarms, activities, bounds };
  };
  const slow = kept(readSlow, SLOW_MS);
  return async () => {
    const [queue, deadLetters, service, busy, rest] = await Promise.all([
      queueState(place, queueUrl),
      deadLetterQueueUrl === undefined ? NO_DEAD_LETTERS : queueState(place, deadLetterQueueUrl),
      ofService((named) => serviceState(place, named)),
      ofService((named) => protectedTasks(place, named)),
      slow(),
    ]);
    return { worker: worker.name, queue, deadLetters, service, protectedTasks: busy, ...rest };
  };
}

const NO_SERVICE = { reason: 'the stack has no service of this worker', action: undefined };
const NO_DEAD_LETTERS = { reason: 'the worker has no dead-letter queue', action: undefined };

/** Asks again only when the last answer is older. */
function kept<T>(read: () => Promise<T>, ms: number): () => Promise<T> {
  let last: { value: T; atMs: number } | undefined;
  return async () => {
    if (last !== undefined && Date.now() - last.atMs < ms) return last.value;
    const value = await read();
    last = { value, atMs: Date.now() };
    return value;
  };
}
