import { pause, type Clock } from '../clock';
import type { Logger } from '../log/logger';
import type { Job } from '../message/job';
import { createBackoff } from '../queue/backoff';
import { createBatcher, type Batcher } from '../queue/batcher';
import { describeError } from '../queue/poll';
import type { FailedEntry, Queue, VisibilityChange } from '../queue/queue';
import type { Settlement } from './decide';
import type { HeldMessage } from './heartbeat';

/** Carries a settlement out. Never rejects: what cannot be settled comes back by itself, at least once. */
export type Settle = (message: SettledMessage, settlement: Settlement) => Promise<void>;

export type SettledMessage = HeldMessage & Pick<Job, 'receives' | 'received'>;

export interface SettleParts {
  queue: Queue;
  visibilityTimeoutSeconds: number;
  concurrency: number;
  isFifo: boolean;
  maxReceives: number;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** The task is about to be killed: what is not settled by now comes back by itself. */
  outOfTime: AbortSignal;
}

export function createSettle(parts: SettleParts): Settle {
  const attempt = createAttempt(parts);
  const sendAnew = createSendAnew(parts);
  return async (message, settlement) => {
    const persist = createPersistence(parts, message);
    const sendCopy = sendAnew(message, settlement);
    if (sendCopy === undefined) {
      await persist(() => attempt(message, settlement), settlement.action);
    } else if (await persist(sendCopy, 'send anew')) {
      await persist(() => attempt(message, { action: 'delete' }), 'delete');
    }
  };
}

/** Tries again what fails, until it is done, or another watcher has the message, or the task is killed. */
function createPersistence(
  { clock, random, log, outOfTime, visibilityTimeoutSeconds }: SettleParts,
  message: HeldMessage,
) {
  const backoff = createBackoff(random);
  // The last heartbeat hid the message for this long.
  const deadlineMs = clock.now() + visibilityTimeoutSeconds * 1000;
  return async (step: () => Promise<Answer>, what: string): Promise<boolean> => {
    for (;;) {
      const failure = await step();
      if (failure === undefined) return true;
      const waitMs = backoff.next();
      if (failure.isFinal || outOfTime.aborted || clock.now() + waitMs > deadlineMs) {
        log.warn(`could not ${what} the message, which comes again: ${failure.reason}`, message.messageId);
        return false;
      }
      await pause(clock, waitMs, outOfTime);
    }
  };
}

/**
 * SQS counts every receive, also that of a no-op or of a task that was stopped, and cannot count back. In its last one
 * such a message would go to the dead-letter queue next: a copy is sent, whose count begins anew, and then the message
 * is deleted. Between the two there are both for a moment, never none. A copy would lose its place in a FIFO queue.
 */
function createSendAnew({ queue, log, isFifo, maxReceives }: SettleParts) {
  return (message: SettledMessage, settlement: Settlement): (() => Promise<Answer>) | undefined => {
    const { action } = settlement;
    if (action === 'delete' || settlement.isCounted || message.receives < maxReceives) return undefined;
    if (isFifo) {
      log.warn('this was its last receive: it goes to the dead-letter queue next', message.messageId);
      return undefined;
    }
    return async () => {
      try {
        const id = await queue.sendCopy(message.received, settlement.afterSeconds);
        log.info(`sent anew as ${id}, since its receives are used up`, message.messageId);
        return undefined;
      } catch (error) {
        return failureOf(error);
      }
    };
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
    return answer.catch(failureOf);
  };
}

function failureOf(error: unknown): Answer {
  return { isFinal: false, reason: describeError(error) };
}

function answersFor(handles: readonly string[], failed: readonly FailedEntry[]): Answer[] {
  return handles.map((handle) => failed.find(({ receiptHandle }) => receiptHandle === handle));
}
