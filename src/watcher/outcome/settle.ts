import { pause, type Clock } from '../clock';
import type { Logger } from '../log/logger';
import { createBackoff } from '../queue/backoff';
import { createBatcher, type Batcher } from '../queue/batcher';
import { describeError } from '../queue/poll';
import type { FailedEntry, Queue, VisibilityChange } from '../queue/queue';
import type { Settlement } from './decide';
import type { HeldMessage } from './heartbeat';

/** Carries a settlement out. Never rejects: what cannot be settled comes back by itself, at least once. */
export type Settle = (message: HeldMessage, settlement: Settlement) => Promise<void>;

export interface SettleParts {
  queue: Queue;
  visibilityTimeoutSeconds: number;
  concurrency: number;
  isFifo: boolean;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** The task is about to be killed: what is not settled by now comes back by itself. */
  outOfTime: AbortSignal;
}

export function createSettle(parts: SettleParts): Settle {
  const { clock, log, outOfTime } = parts;
  const attempt = createAttempt(parts);
  return async (message, settlement) => {
    const backoff = createBackoff(parts.random);
    // The last heartbeat hid the message for this long; after that, another watcher has it.
    const deadlineMs = clock.now() + parts.visibilityTimeoutSeconds * 1000;
    for (;;) {
      const failure = await attempt(message, settlement);
      if (failure === undefined) return;
      const waitMs = backoff.next();
      if (failure.isFinal || outOfTime.aborted || clock.now() + waitMs > deadlineMs) {
        log.warn(
          `could not ${settlement.action} the message, which comes again: ${failure.reason}`,
          message.messageId,
        );
        return;
      }
      await pause(clock, waitMs, outOfTime);
    }
  };
}

/** Milliseconds for which a settlement waits for others: a tenth of the calls, where jobs are short. */
const LINGER_MS = 50;

/** Undefined: done. */
type Answer = Pick<FailedEntry, 'isFinal' | 'reason'> | undefined;

/** One try, in a batch with others. */
function createAttempt({ queue, clock, concurrency, isFifo }: SettleParts) {
  // Until a message of a FIFO group is deleted, SQS keeps the next one back.
  const common = { clock, lingerMs: isFifo && concurrency === 1 ? 0 : LINGER_MS };
  const deletions: Batcher<string, Answer> = createBatcher({
    ...common,
    send: async (handles: readonly string[]) => answersFor(handles, await queue.deleteBatch(handles)),
  });
  const changes: Batcher<VisibilityChange, Answer> = createBatcher({
    ...common,
    send: async (batch: readonly VisibilityChange[]) => {
      const handles = batch.map(({ receiptHandle }) => receiptHandle);
      return answersFor(handles, await queue.changeVisibilityBatch(batch));
    },
  });
  return ({ receiptHandle }: HeldMessage, settlement: Settlement): Promise<Answer> => {
    const answer =
      settlement.action === 'delete'
        ? deletions.add(receiptHandle)
        : changes.add({ receiptHandle, timeoutSeconds: settlement.afterSeconds });
    return answer.catch((error: unknown) => ({ isFinal: false, reason: describeError(error) }));
  };
}

function answersFor(handles: readonly string[], failed: readonly FailedEntry[]): Answer[] {
  return handles.map((handle) => failed.find(({ receiptHandle }) => receiptHandle === handle));
}
