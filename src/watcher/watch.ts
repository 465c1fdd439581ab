import { inBatches, MAX_BATCH } from '../shared/batches';
import { Hand, type HandOptions } from './hand';
import type { Liveness } from './health/health';
import type { Job } from './job/job';
import type { Poll } from './queue/poll';
import type { Retirement } from './task/retirement';

export interface WatchOptions extends HandOptions {
  retirement: Retirement;
  poll: Poll;
  liveness: Pick<Liveness, 'reach'>;
  concurrency: number;
  /** For so long a batch that is not full waits for more messages; 0 is not at all. */
  batchWindowMs: number;
  /** One job, then the watcher ends by itself. */
  isFreshContainerPerJob: boolean;
}

/**
 * The loop: receive, work, settle. It ends when it is told to stop, with nothing in hand, and for no other reason. A task
 * that retires waits in it.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { liveness, retirement, isFreshContainerPerJob } = options;
  const { stopping } = options.course;
  const hand = new Hand(options);
  const receive = options.batchWindowMs > 0 ? windowedReceive(options, hand) : plainReceive(options, hand);
  for (;;) {
    liveness.reach('working');
    const free = await receive.whenFree();
    // Looked at after each wait: told to stop by then, no further poll is begun.
    if (stopping.aborted) break;
    const atWork = retirement.whenAtWork();
    if (atWork !== undefined) {
      liveness.reach('retired');
      await atWork;
      continue;
    }
    const batches = await receive.batches(free);
    batches.forEach((batch) => {
      hand.work(batch);
    });
    if (!isFreshContainerPerJob || batches.length === 0) continue;
    liveness.reach('working');
    await hand.whenEmpty();
    // What went back has left nothing behind in the container.
    if (hand.hasBegun) break;
  }
  liveness.reach('working');
  await hand.whenEmpty();
}

interface Receive {
  /** Resolves to the number of free slots, once there is one, or the task is to end. */
  whenFree(): Promise<number>;
  /** Held messages, by the worker that is to have them. */
  batches(freeSlots: number): Promise<Job[][]>;
}

/** What one poll brings is worked on at once. */
function plainReceive(options: WatchOptions, hand: Hand): Receive {
  const { poll, workers, isFifo } = options;
  const { batchSize } = workers;
  let hasBacklog = false;
  return {
    whenFree: () => whenFree(options, hasBacklog && !isFifo ? slotsToGather(options) : 1),
    batches: async (freeSlots) => {
      // What comes from a FIFO queue may be of one group, which must not be worked on side by side.
      const most = isFifo ? batchSize : freeSlots * batchSize;
      const asked = Math.min(MAX_BATCH, most);
      const messages = await poll(asked);
      hasBacklog = messages.length === asked;
      return inBatches(messages, batchSize).map((batch) => batch.map((message) => hand.hold(message)));
    },
  };
}

/** From its first message on, a batch waits until it is full, or its window is over, or the task is to end. */
function windowedReceive(options: WatchOptions, hand: Hand): Receive {
  const { poll, workers, clock, batchWindowMs, retirement } = options;
  const { stopping } = options.course;
  return {
    whenFree: () => whenFree(options, 1),
    batches: async () => {
      const batch: Job[] = [];
      let leftMs = Infinity;
      while (batch.length < workers.batchSize && leftMs > 0) {
        const messages = await poll(workers.batchSize - batch.length, leftMs);
        batch.push(...messages.map((message) => hand.hold(message)));
        // None yet: the loop looks whether it is to go on.
        if (batch.length === 0) return [];
        leftMs =
          stopping.aborted || retirement.isRetired ? 0 : batch[0]!.receivedAtMs + batchWindowMs - clock.now();
      }
      return [batch];
    },
  };
}

/** How long a free slot waits for others under backlog, so that one call of SQS brings messages for several. */
const GATHER_MS = 50;

/**
 * A quarter of what a call can bring: the others still work meanwhile, so that short jobs leave no processor idle. More
 * become free until SQS has answered; with deletions in full batches, ten slots so need less than 0.3 calls a message.
 */
function slotsToGather({ concurrency, workers: { batchSize } }: WatchOptions): number {
  const messages = Math.ceil(Math.min(MAX_BATCH, concurrency * batchSize) / 4);
  return Math.ceil(messages / batchSize);
}

/** It waits a little where more are wanted than there are. */
async function whenFree(options: WatchOptions, wanted: number): Promise<number> {
  const {
    workers: { slots },
    clock,
    course: { stopping },
  } = options;
  await slots.whenFree(1, stopping);
  if (slots.free < wanted && !stopping.aborted) {
    const giveUp = new AbortController();
    const abort = () => {
      giveUp.abort();
    };
    const cancel = clock.after(GATHER_MS, abort);
    stopping.addEventListener('abort', abort, { once: true });
    await slots.whenFree(wanted, giveUp.signal);
    cancel();
    stopping.removeEventListener('abort', abort);
  }
  // A warm worker that was free may have gone meanwhile.
  return slots.free > 0 || stopping.aborted ? slots.free : whenFree(options, wanted);
}
