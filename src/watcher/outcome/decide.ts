import { exponentialWait } from '../../shared/backoff';
import { ExitCode } from '../../contract/exit-codes';
import type { JobResult } from '../../contract/log';
import { OUTCOMES, type Ending } from '../../contract/outcomes';
import type { Job } from '../message/job';
import { LONG_POLL_SECONDS } from '../queue/sqs/timeouts';
import { describeExit, STOPPED } from '../worker/describe-end';
import type { StopReason, WorkerEnd } from '../worker/run-worker';

/** What is done with the message. */
export type Settlement =
  | { action: 'delete' }
  /** Back to the queue after the seconds. Uncounted: its receive is not one of `maxReceives`. */
  | { action: 'return'; afterSeconds: number; isCounted: boolean };

export interface Decision {
  result: JobResult;
  reason: string;
  settlement: Settlement;
}

/** SQS's limit on hiding a message, from its receive on. */
export const MAX_HOLD_SECONDS = 43_200;

/** Watchbot's: 2, 4, 8 … seconds, by how often the message has been received. */
export function backoffSeconds(receives: number, heldSeconds: number): number {
  // A clock that is set back makes it look as if the message came later than it did.
  const leftSeconds = MAX_HOLD_SECONDS - Math.ceil(Math.max(0, heldSeconds)) - 1;
  return Math.max(0, exponentialWait(receives, { first: 1, most: leftSeconds }));
}

/** What a message has behind it, as far as that decides how long it waits. */
export interface Tried {
  /** Those of the message that it is a copy of, too. */
  receives: number;
  heldSeconds: number;
}

export const triedOf = (
  { receives, copy, receivedAtMs }: Pick<Job, 'receives' | 'copy' | 'receivedAtMs'>,
  nowMs: number,
): Tried => ({
  receives: receives + (copy?.receives ?? 0),
  heldSeconds: (nowMs - receivedAtMs) / 1000,
});

/** A message's fate, from how its worker ended. Pure. */
export function decide(end: WorkerEnd, tried: Tried): Decision {
  if (end.kind !== 'exited') return decisionFor('failed', end.reason, tried);
  const ending = stoppedEnding(end.stopped) ?? CODE_ENDINGS.get(end.code) ?? 'failed';
  const reason =
    end.stopped === undefined ? (CODE_REASONS[ending] ?? describeExit(end)) : STOPPED[end.stopped];
  return decisionFor(ending, reason, tried);
}

/** Pure, too. */
export function decisionFor(ending: Ending, reason: string, tried: Tried): Decision {
  const { result, fate, isReceiveCounted: isCounted } = OUTCOMES[ending];
  if (fate === 'deleted') return { result, reason, settlement: { action: 'delete' } };
  const afterSeconds = fate === 'at once' ? 0 : backoffSeconds(tried.receives, tried.heldSeconds);
  return { result, reason, settlement: { action: 'return', afterSeconds, isCounted } };
}

/** What it means to have been told to end. Undefined where it was not. */
export function stoppedEnding(reason: StopReason | undefined): Ending | undefined {
  if (reason === undefined) return undefined;
  if (reason === 'shutdown') return 'told';
  return reason === 'duration' || reason === 'window' ? 'overtime' : 'failed';
}

const CODE_ENDINGS: ReadonlyMap<number | null, Ending> = new Map([
  [ExitCode.success, 'done'],
  [ExitCode.rejected, 'rejected'],
  [ExitCode.noop, 'noop'],
]);

const CODE_REASONS: Partial<Record<Ending, string>> = {
  done: 'exit code 0',
  rejected: 'exit code 3: rejected',
  noop: 'exit code 4: no-op',
};

/**
 * For a message that arrives when the task is already ending: another watcher may have it at once. If it had been received
 * before, it may come from others that end, too: then it waits until their polls are over. Each would give it back
 * again, and so use up its receives within a second.
 */
export function decideRelease({ receives }: Pick<Job, 'receives'>): Settlement {
  return { action: 'return', afterSeconds: receives > 1 ? LONG_POLL_SECONDS : 0, isCounted: false };
}
