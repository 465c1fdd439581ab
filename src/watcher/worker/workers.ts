import type { Cancel, Clock } from '../../shared/clock';
import type { Job } from '../job/job';
import type { Settlement } from '../settle/decide';
import { MAX_HOLD_SECONDS } from '../queue/queue';
import type { StopReason } from './run-worker';

/** Who works on messages: a process of its own for each, or warm ones that ask for more. */
export interface Workers {
  /** Each that is free can take a batch at once. The loop takes one for each batch that it starts. */
  slots: Slots;
  /** Messages that one takes at once, at most. */
  batchSize: number;
  start(jobs: readonly Job[]): RunningBatch;
  /** A batch has ended, and what its worker left behind is gone. */
  done(): void;
  /** Ends all that run, now. */
  kill(): void;
  /** Ends those that wait for work, when there will be none. */
  close(): Promise<void>;
}

/** What one worker is at. */
export interface RunningBatch {
  /** How each message is to be settled, in the order of the messages. Never rejects. */
  settled: Promise<readonly Settlement[]>;
  /** Tells it to end, and kills it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** It was killed: how it ended is not waited for any longer. */
  abandon(): void;
}

/** Places for workers. A slot is taken before its message is asked for, so none is held that nobody works on. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  take(): void;
  release(): void;
  /** Resolves when at least so many are free, or the signal is given. */
  whenFree(count?: number, giveUp?: AbortSignal): Promise<void>;
}

/** @param busy how many are not free yet */
export function createSlots(count: number, busy = 0): Slots {
  const waiters = createWaiters();
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
      waiters.wake();
    },
    whenFree: (wanted = 1, giveUp) => waiters.when(() => count - busy >= wanted, giveUp),
  };
}

/** Who waits until something is so. */
function createWaiters() {
  const waiting = new Set<{ isMet: () => boolean; resolve: () => void }>();
  return {
    /** It may be so now. */
    wake: () => {
      const met = [...waiting].filter(({ isMet }) => isMet());
      met.forEach(({ resolve }) => {
        resolve();
      });
    },
    when: (isMet: () => boolean, giveUp?: AbortSignal) => {
      if (isMet() || giveUp?.aborted) return Promise.resolve();
      return new Promise<void>((resolve) => {
        const finish = () => {
          waiting.delete(waiter);
          // The signal may live as long as the watcher.
          giveUp?.removeEventListener('abort', finish);
          resolve();
        };
        const waiter = { isMet, resolve: finish };
        waiting.add(waiter);
        giveUp?.addEventListener('abort', finish, { once: true });
      });
    },
  };
}

/** A worker gets this long between SIGTERM and SIGKILL when its time is up. */
const STOP_GRACE_MS = 10_000;

/** A job is stopped this long before SQS's 12 hours end, so that its message can still be returned. */
const WINDOW_MARGIN_SECONDS = 60;

export interface TimeLimit {
  /** What the job has from its start on. */
  seconds: number;
  cancel: Cancel;
}

/**
 * Stops a worker at `maxJobDuration`, or at the end of the time for which SQS lets its messages be held.
 * @param receivedAtMs of the first of them
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
