import type { Clock } from '../clock';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/poll';
import { MAX_BATCH, type Queue } from '../queue/queue';
import { MAX_HOLD_SECONDS } from './decide';

/** Keeps messages hidden while their workers run. */
export interface Heartbeat {
  hold(message: HeldMessage): void;
  /** No beat for the message comes after the promise: a late one would undo its settlement. Never rejects. */
  letGo(message: HeldMessage): Promise<void>;
  stop(): void;
}

export interface HeldMessage {
  messageId: string;
  receiptHandle: string;
  receivedAtMs: number;
}

/** Beats in one visibility timeout: one may fail and another be late before a message is lost from hand. */
const BEATS_PER_TIMEOUT = 3;

export function createHeartbeat(parts: {
  queue: Pick<Queue, 'changeVisibilityBatch'>;
  visibilityTimeoutSeconds: number;
  clock: Clock;
  log: Logger;
}): Heartbeat {
  const { queue, visibilityTimeoutSeconds, clock, log } = parts;
  const held = new Set<HeldMessage>();
  let beat: Promise<unknown> = Promise.resolve();
  let isFailing = false;

  const sendBatch = async (batch: readonly HeldMessage[]) => {
    const changes = batch.map((message) => ({
      receiptHandle: message.receiptHandle,
      timeoutSeconds: secondsToHold(message, visibilityTimeoutSeconds, clock.now()),
    }));
    try {
      const failed = await queue.changeVisibilityBatch(changes);
      if (isFailing) log.info('messages can be held again');
      isFailing = false;
      for (const { receiptHandle, reason } of failed) {
        const message = batch.find((other) => other.receiptHandle === receiptHandle);
        log.warn(`the message could not be held and may be worked on twice: ${reason}`, message?.messageId);
      }
    } catch (error) {
      if (!isFailing) log.error(`cannot hold messages: ${describeError(error)}; trying on`);
      isFailing = true;
    }
  };

  const cancel = clock.every((visibilityTimeoutSeconds * 1000) / BEATS_PER_TIMEOUT, () => {
    if (held.size === 0) return;
    // One beat after the other: a slow one delays the next rather than running beside it.
    beat = beat.then(() => Promise.all(batchesOf([...held]).map(sendBatch)));
  });

  return {
    hold: (message) => void held.add(message),
    letGo: async (message) => {
      held.delete(message);
      await beat;
    },
    stop: cancel,
  };
}

/** The visibility timeout, or what is left of SQS's 12 hours. */
function secondsToHold({ receivedAtMs }: HeldMessage, timeoutSeconds: number, nowMs: number): number {
  const leftSeconds = MAX_HOLD_SECONDS - Math.ceil((nowMs - receivedAtMs) / 1000) - 1;
  return Math.max(0, Math.min(timeoutSeconds, leftSeconds));
}

function batchesOf<T>(entries: readonly T[]): T[][] {
  const count = Math.ceil(entries.length / MAX_BATCH);
  return Array.from({ length: count }, (_, index) =>
    entries.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
  );
}
