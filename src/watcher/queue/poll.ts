import { type Clock, pause } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Logger } from '../log';
import { createBackoff, LONGEST_BACKOFF_MS } from '../../shared/backoff';
import { Outage } from './outage';
import type { Queue, ReceivedMessage } from './queue';
import { LONGEST_POLL_MS } from './sqs-client';

const FAILURES_TO_TELL = 2;

/** How long a poll may be at each of its stages. */
export const LONGEST_STAGES_MS = { receiving: LONGEST_POLL_MS, 'backing off': LONGEST_BACKOFF_MS };

/** @param waitMs how long SQS may wait for messages; unless given, as long as SQS can */
export type Poll = (maxMessages: number, waitMs?: number) => Promise<ReceivedMessage[]>;

/**
 * Receives, whatever happens: a failed poll is an empty one that took longer. It logs one line when SQS goes away, one for
 * each new cause, and one when SQS is back. A single failure, which happens now and then, is not logged.
 * @param stopping after it no poll is begun, and no retry is waited for
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
