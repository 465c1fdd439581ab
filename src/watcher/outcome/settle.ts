import { pause, type Clock } from '../clock';
import type { Logger } from '../log/logger';
import { createBackoff } from '../queue/backoff';
import { createBatcher } from '../queue/batcher';
import { describeError } from '../queue/poll';
import type { FailedEntry, Queue, VisibilityChange } from '../queue/queue';
import type { Settlement } from './decide';
import type { HeldMessage } from './heartbeat';

/** Carries a settlement out. Never rejects: what cannot be settled comes back by itself, at least once. */
export type Settle = (message: HeldMessage, settlement: Settlement) => Promise<void>;

/** Milliseconds for which a settlement waits for others, where several workers run at once. */
const LINGER_MS = 50;

/** Undefined: done. */
type Answer = FailedEntry | undefined;

export function createSettle(parts: {
  queue: Queue;
  visibilityTimeoutSeconds: number;
  concurrency: number;
  clock: Clock;
  random: () => number;
  log: Logger;
}): Settle {
  const { queue, clock, log } = parts;
  const lingerMs = parts.concurrency > 1 ? LINGER_MS : 0;
  const deletions = createBatcher<string, Answer>({
    send: async (handles) => answersFor(handles, await queue.deleteBatch(handles)),
    clock,
    lingerMs,
  });
  const changes = createBatcher<VisibilityChange, Answer>({
    send: async (batch) =>
      answersFor(
        batch.map(({ receiptHandle }) => receiptHandle),
        await queue.changeVisibilityBatch(batch),
      ),
    clock,
    lingerMs,
  });
  const attempt = ({ receiptHandle }: HeldMessage, settlement: Settlement) =>
    settlement.action === 'delete'
      ? deletions.add(receiptHandle)
      : changes.add({ receiptHandle, timeoutSeconds: settlement.afterSeconds });

  return async (message, settlement) => {
    const backoff = createBackoff(parts.random);
    // The last heartbeat hid the message for this long; after that, another watcher has it.
    const deadlineMs = clock.now() + parts.visibilityTimeoutSeconds * 1000;
    for (;;) {
      const failure = await attempt(message, settlement).then(describeAnswer, describeFailure);
      if (failure === undefined) return;
      const waitMs = backoff.next();
      if (failure.isFinal || clock.now() + waitMs > deadlineMs) {
        log.warn(
          `could not ${settlement.action} the message, which comes again: ${failure.reason}`,
          message.messageId,
        );
        return;
      }
      await pause(clock, waitMs);
    }
  };
}

function answersFor(handles: readonly string[], failed: readonly FailedEntry[]): Answer[] {
  return handles.map((handle) => failed.find(({ receiptHandle }) => receiptHandle === handle));
}

const describeAnswer = (answer: Answer) => answer;

const describeFailure = (error: unknown) => ({ isFinal: false, reason: describeError(error) });
