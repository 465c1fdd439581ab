import { type Clock, pause } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Logger } from '../log';
import { createBackoff, LONGEST_BACKOFF_MS } from '../../shared/backoff';
import { Outage } from './outage';
import type { Queue, ReceivedMessage } from './queue';
import { LONGEST_POLL_MS } from './sqs-client';

const FAILURES_TO_TELL = 2;

/** For how long a poll may be at its stages. */
export const LONGEST_STAGES_MS = { receiving: LONGEST_POLL_MS, 'backing off': LONGEST_BACKOFF_MS };

/** @param waitMs for which SQS waits for messages, at most; as long as it may, unless given */
export type Poll = (maxMessages: number, waitMs?: number) => Promise<ReceivedMessage[]>;

/**
 * Receives, whatever happens: a failed poll is an empty one that took longer. One line of log when SQS goes away, one for
 * each new cause, and one when it is back; a single failure, as SQS has them now and then, is none.
 * @param stopping no poll is begun after it, nor is the next try waited for
 * @param abort gives up the poll that is under way
 */
export function createPoll(options: {
  queue: Pick<Queue, 'receive'>;
  liveness: Pick<Liveness, 'reach'>;
  log: Logger;
  clock: Clock;
  random: () => number;
  stopping: AbortSignal;
  abort: AbortSignal;
}): Poll {
  const { queue, liveness, log, clock, stopping, abort } = options;
  const backoff = createBackoff(options.random);
  const isStopping = () => stopping.aborted;
  const outage = new Outage({
    log,
    broken: 'cannot receive',
    restored: 'SQS answers again',
    failuresToTell: FAILURES_TO_TELL,
  });
  return async (maxMessages, waitMs = Infinity) => {
    if (isStopping()) return [];
    liveness.reach('receiving');
    try {
      const messages = await queue.receive(maxMessages, { waitMs, signal: abort });
      outage.succeeded();
      backoff.reset();
      return messages;
    } catch (error) {
      if (abort.aborted || isStopping()) return [];
      outage.failed(error);
      liveness.reach('backing off');
      await pause(clock, backoff.next(), stopping);
      return [];
    }
  };
}
