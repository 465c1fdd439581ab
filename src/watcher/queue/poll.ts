import { pause, type Clock } from '../clock';
import type { Progress } from '../health/progress';
import type { Logger } from '../log/logger';
import { createBackoff } from './backoff';
import type { Queue, ReceivedMessage } from './queue';

const FAILURES_TO_TELL = 2;

/** @param waitMs for which SQS waits for messages, at most; as long as it may, unless given */
export type Poll = (maxMessages: number, waitMs?: number) => Promise<ReceivedMessage[]>;

/**
 * Receives, whatever happens: a failed poll is an empty one that took longer. One line of log when SQS goes away and
 * one when it is back; a single failure, as SQS has them now and then, is none.
 * @param stopping no poll is begun after it, nor is the next try waited for
 * @param abort gives up the poll that is under way
 */
export function createPoll(parts: {
  queue: Pick<Queue, 'receive'>;
  progress: Pick<Progress, 'reach'>;
  log: Logger;
  clock: Clock;
  random: () => number;
  stopping: AbortSignal;
  abort: AbortSignal;
}): Poll {
  const { queue, progress, log, clock, stopping, abort } = parts;
  const backoff = createBackoff(parts.random);
  const isStopping = () => stopping.aborted;
  let failures = 0;
  return async (maxMessages, waitMs = Infinity) => {
    if (isStopping()) return [];
    progress.reach('receiving');
    try {
      const messages = await queue.receive(maxMessages, { waitMs, signal: abort });
      if (failures >= FAILURES_TO_TELL) log.info('SQS answers again');
      failures = 0;
      backoff.reset();
      return messages;
    } catch (error) {
      if (abort.aborted || isStopping()) return [];
      failures += 1;
      if (failures === FAILURES_TO_TELL) log.error(`cannot receive: ${describeError(error)}; trying on`);
      progress.reach('backing off');
      await pause(clock, backoff.next(), stopping);
      return [];
    }
  };
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's own for a host with several addresses, none of which answers, has a code but no text.
  const { name, message, code = '' } = error as NodeJS.ErrnoException;
  return `${name}: ${message || code}`;
}
