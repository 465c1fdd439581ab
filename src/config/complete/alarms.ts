import type { Worker, WorkerInput } from '../configuration';
import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmName } from '../defaults';
import { SQS } from '../limits';
import { DAY_SECONDS } from '../../shared/durations';
import { completeQueue } from './queue';

export function completeAlarms(
  input: Pick<WorkerInput, 'alarms' | 'queue' | 'extensions'>,
): Worker['alarms'] {
  const { alarms, extensions } = input;
  const queue = completeQueue(input.queue);
  const entries = ALARM_NAMES.map((name) => {
    const given = alarms[name];
    if (given === false) return [name, undefined];
    const settings = { ...ALARM_DEFAULTS[name], ...given };
    const threshold = settings.threshold ?? workedOut(name, { queue, extensions });
    return [name, threshold === undefined ? undefined : { ...settings, threshold }];
  });
  return Object.fromEntries(entries) as Worker['alarms'];
}

type Sources = Pick<Worker, 'queue' | 'extensions'>;

const workedOut = (name: AlarmName, worker: Sources): number | undefined =>
  name === 'deadLetterAge' ? warnedAfterSeconds(worker) : undefined;

/** Seconds for which the dead-letter queue keeps a message; undefined if somebody else says it. */
export function deadLetterRetention({ queue, extensions }: Sources): number | undefined {
  if (queue.deadLetter !== true) return undefined;
  const { MessageRetentionPeriod: given = SQS.maxRetentionSeconds } = extensions.deadLetterQueue ?? {};
  return typeof given === 'number' ? given : undefined;
}

/** Two days are left to do something, also if they are a weekend. */
const NOTICE_SECONDS = 2 * DAY_SECONDS;

/**
 * How old a dead letter may be before somebody hears of it. Its age counts from when it became one, but a standard queue
 * deletes it by when it was first sent: what it may have waited in the work queue is taken off, up to half of the time,
 * since hardly anything waits for that long. In a FIFO queue the time begins anew with the move.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
 */
function warnedAfterSeconds(worker: Sources): number | undefined {
  const { fifo, retention } = worker.queue;
  const kept = deadLetterRetention(worker);
  if (kept === undefined) return undefined;
  const waited = fifo ? 0 : retention;
  return Math.max(kept - waited - NOTICE_SECONDS, Math.floor(kept / 2));
}
