import { ExitCode } from '../../contract/exit-codes';
import { JobResult } from '../../contract/log';
import { describeExit, STOPPED } from '../worker/describe-end';
import type { WorkerEnd } from '../worker/run-worker';

/** What is done with the message. */
export type Settlement =
  | { action: 'delete' }
  /** Back to the queue after the seconds. Uncounted: this receive must not be the one that ends in the dead-letter queue. */
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
  return Math.max(0, Math.min(2 ** receives, leftSeconds));
}

/** A message's fate, from how its worker ended. Pure. */
export function decide(
  end: WorkerEnd,
  { receives, heldSeconds }: { receives: number; heldSeconds: number },
): Decision {
  const afterSeconds = backoffSeconds(receives, heldSeconds);
  const retry: Settlement = { action: 'return', afterSeconds, isCounted: true };
  if (end.kind !== 'exited') return { result: JobResult.failure, reason: end.reason, settlement: retry };
  const { code, stopped } = end;
  if (code === ExitCode.success)
    return { result: JobResult.success, reason: 'exit code 0', settlement: { action: 'delete' } };
  if (code === ExitCode.rejected) {
    return { result: JobResult.rejected, reason: 'exit code 3: rejected', settlement: { action: 'delete' } };
  }
  if (stopped === 'shutdown') {
    return {
      result: JobResult.released,
      reason: STOPPED.shutdown,
      settlement: decideRelease(),
    };
  }
  if (stopped !== undefined)
    return { result: JobResult.failure, reason: STOPPED[stopped], settlement: retry };
  if (code === ExitCode.noop)
    return {
      result: JobResult.noop,
      reason: 'exit code 4: no-op',
      settlement: { ...retry, isCounted: false },
    };
  return { result: JobResult.failure, reason: describeExit(end), settlement: retry };
}

/** For a message that arrives when the task is already ending: another watcher may have it at once. */
export function decideRelease(): Settlement {
  return { action: 'return', afterSeconds: 0, isCounted: false };
}
