import type { Clock } from '../clock';
import type { StopReason } from '../worker/run-worker';
import { MAX_HOLD_SECONDS } from './decide';

/** A worker gets this long between SIGTERM and SIGKILL when its time is up. */
export const STOP_GRACE_MS = 10_000;

/** A job is stopped this long before SQS's 12 hours end, so that its message can still be returned. */
const WINDOW_MARGIN_SECONDS = 60;

/** What a job has from now on: `maxJobDuration`, or what is left of the time for which SQS lets a message be held. */
export function timeLimit(
  receivedAtMs: number,
  { maxJobDurationSeconds, clock }: { maxJobDurationSeconds: number; clock: Pick<Clock, 'now'> },
): { seconds: number; reason: StopReason } {
  const heldSeconds = (clock.now() - receivedAtMs) / 1000;
  const windowSeconds = MAX_HOLD_SECONDS - WINDOW_MARGIN_SECONDS - heldSeconds;
  const isShorter = maxJobDurationSeconds > 0 && maxJobDurationSeconds < windowSeconds;
  return isShorter
    ? { seconds: maxJobDurationSeconds, reason: 'duration' }
    : { seconds: windowSeconds, reason: 'window' };
}
