import { type Clock, pause } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Logger } from '../log';
import { type Backoff, createBackoff, LONGEST_BACKOFF_MS } from '../../shared/backoff';
import { Outage } from './outage';
import type { Queue, ReceivedMessage } from './queue';
import { LONGEST_POLL_MS } from './sqs-client';

const FAILURES_TO_TELL = 2;

/** How long a poll may be at each of its stages. */
export const LONGEST_STAGES_MS = { receiving: LONGEST_POLL_MS, 'backing off': LONGEST_BACKOFF_MS };

/** @param waitMs how long SQS may wait for messages; unless given, as long as SQS can */
export type Poll = (maxMessages: number, waitMs?: number) => Promise<ReceivedMessage[]>;

interface PollOptions {
  queue: Pick<Queue, 'receive'>;
  liveness: Pick<Liveness, 'begin'>;
  log: Logger;
  clock: Clock;
  random: () => number;
  stopping: AbortSignal;
  abort: AbortSignal;
}

/**
 * Receives, whatever happens: a failed poll is an empty one that took longer. Several polls may be under way at once: those
 * that fail together count as one failure, and wait together. It logs one line when SQS goes away, one for each new cause,
 * and one when SQS is back. A single failure, which happens now and then, is not logged.
 * @param stopping after it no poll is begun, and no retry is waited for
 * @param abort gives up the polls that are under way
 */
export function createPoll(options: PollOptions): Poll {
  const { queue, liveness, stopping, abort } = options;
  const failures = new Failures(options);
  const isStopping = () => stopping.aborted;
  return async (maxMessages, waitMs = Infinity) => {
    if (isStopping()) return [];
    const before = failures.count;
    const end = liveness.begin('receiving');
    try {
      const messages = await queue.receive(maxMessages, { waitMs, signal: abort });
      failures.end();
      return messages;
    } catch (error) {
      end();
      if (!abort.aborted && !isStopping()) await failures.add(error, before);
      return [];
    } finally {
      end();
    }
  };
}

/** Failures of polls, and the pause after each. */
class Failures {
  count = 0;
  private readonly options: Pick<PollOptions, 'liveness' | 'clock' | 'stopping'>;
  private readonly backoff: Backoff;
  private readonly outage: Outage;
  private pausing: Promise<void> = Promise.resolve();

  constructor(options: PollOptions) {
    this.options = options;
    this.backoff = createBackoff(options.random);
    this.outage = new Outage({
      log: options.log,
      broken: 'cannot receive',
      restored: 'SQS answers again',
      failuresToTell: FAILURES_TO_TELL,
    });
  }

  /**
   * Resolves when the pause is over.
   * @param before how many there were when the poll began: one that failed together with it has been counted since
   */
  async add(error: unknown, before: number): Promise<void> {
    const { liveness, clock, stopping } = this.options;
    if (before === this.count) {
      this.count += 1;
      this.outage.failed(error);
      this.pausing = pause(clock, this.backoff.next(), stopping);
    }
    const end = liveness.begin('backing off');
    await this.pausing;
    end();
  }

  /** A poll has succeeded. */
  end(): void {
    this.outage.succeeded();
    this.backoff.reset();
  }
}
