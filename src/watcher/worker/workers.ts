import type { Cancel, Clock } from '../../shared/clock';
import type { Job } from '../job/job';
import type { Settlement } from '../settle/decide';
import { MAX_HOLD_SECONDS } from '../queue/queue';
import type { StopReason } from './run-worker';

/** What works on messages: a process for each message, or warm processes that ask for more. */
export interface Workers {
  /** A worker with a free slot can take a batch at once. The loop takes a slot for each batch that it starts. */
  slots: Slots;
  /** The most messages that one worker takes at once. */
  batchSize: number;
  start(jobs: readonly Job[]): RunningBatch;
  /** Is called when a batch has ended, and what its worker left behind has been removed. */
  done(): void;
  /** Kills all that run, now. */
  kill(): void;
  /** Ends those that wait for work, since there will be none. */
  close(): Promise<void>;
}

/** A batch that a worker has begun. */
export interface RunningBatch {
  /** How each message is to be settled, in the order of the messages. Never rejects. */
  settled: Promise<readonly Settlement[]>;
  /** Tells the worker to end, and kills it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** The worker was killed: its end is not waited for any longer. */
  abandon(): void;
}

/** Slots for jobs. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  take(): void;
  release(): void;
  /** Calls back whenever a slot has become free. */
  onFree(call: () => void): void;
}

/** @param busy how many slots are not free yet */
export function createSlots(count: number, busy = 0): Slots {
  const listeners: (() => void)[] = [];
  return {
    get free() {
      return count - busy;
    },
    get busy() {
      return busy;
    },
    take: () => {
      busy += 1;
    },
    release: () => {
      busy -= 1;
      listeners.forEach((call) => {
        call();
      });
    },
    onFree: (call) => {
      listeners.push(call);
    },
  };
}

/** How long a worker whose time is up has between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 10_000;

/** A job is stopped this long before SQS's 12 hours are over, so that its message can still be returned. */
const WINDOW_MARGIN_SECONDS = 60;

export interface TimeLimit {
  /** How long the job has, from its start on. */
  seconds: number;
  cancel: Cancel;
}

/**
 * Stops a worker after `maxJobDuration`, or when SQS will not let its messages stay hidden any longer.
 * @param receivedAtMs when the first of them was received
 */
export function limitTime(
  worker: { stop(reason: StopReason, graceMs: number): void },
  receivedAtMs: number,
  { maxJobDurationSeconds, clock }: { maxJobDurationSeconds: number; clock: Clock },
): TimeLimit {
  const heldSeconds = (clock.now() - receivedAtMs) / 1000;
  const windowSeconds = MAX_HOLD_SECONDS - WINDOW_MARGIN_SECONDS - heldSeconds;
  const isShorter = maxJobDurationSeconds > 0 && maxJobDurationSeconds < windowSeconds;
  const [seconds, reason] = isShorter
    ? [maxJobDurationSeconds, 'duration' as const]
    : [windowSeconds, 'window' as const];
  const cancel = clock.after(seconds * 1000, () => {
    worker.stop(reason, STOP_GRACE_MS);
  });
  return { seconds, cancel };
}
