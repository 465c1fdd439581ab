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
 * Receives, whatever happens: a failed poll is an empty one that took longer. Several polls may be under way at once: those
 * that fail together count as one failure, and wait together. It logs one line when SQS goes away, one for each new cause,
 * and one when SQS is back. A single failure, which happens now and then, is not logged.
 * @param stopping after it no poll is begun, and no retry is waited for
 * @param abort gives up the polls that are under way
 */
export function createPoll(options: {
  queue: Pick<Queue, 'receive'>;
  liveness: Pick<Liveness, 'begin'>;
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
  let failures = 0;
  let pausing: Promise<void> = Promise.resolve();
  const fail = async (error: unknown, failuresBefore: number) => {
    if (failuresBefore === failures) {
      failures += 1;
      outage.failed(error);
      pausing = pause(clock, backoff.next(), stopping);
    }
    const end = liveness.begin('backing off');
    await pausing;
    end();
  };
  return async (maxMessages, waitMs = Infinity) => {
    if (isStopping()) return [];
    const failuresBefore = failures;
    const end = liveness.begin('receiving');
    try {
      const messages = await queue.receive(maxMessages, { waitMs, signal: abort });
      outage.succeeded();
      backoff.reset();
      return messages;
    } catch (error) {
      end();
      if (!abort.aborted && !isStopping()) await fail(error, failuresBefore);
      return [];
    } finally {
      end();
    }
  };
}
