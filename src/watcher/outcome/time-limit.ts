import type { Cancel, Clock } from '../clock';
import type { StopReason } from '../worker/run-worker';
import { MAX_HOLD_SECONDS } from './decide';

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
