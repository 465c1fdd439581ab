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
  /** How long a batch that is not full waits for more messages; 0: not at all. */
  batchWindowMs: number;
  /** Whether the watcher ends by itself after one job. */
  isFreshContainerPerJob: boolean;
}

/**
 * The loop: receive, work, settle. It ends for one reason only: it was told to stop, and nothing is in hand any more. A
 * task that retires waits in it.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { liveness, retirement, isFreshContainerPerJob } = options;
  const { stopping } = options.course;
  const hand = new Hand(options);
  const receive = options.batchWindowMs > 0 ? windowedReceive(options, hand) : plainReceive(options, hand);
  for (;;) {
    liveness.reach('working');
    const free = await receive.whenFree();
    // Checked after each wait: once the task is told to stop, no further poll is begun.
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
    // A message that was released has left nothing behind in the container.
    if (hand.hasBegun) break;
  }
  liveness.reach('working');
  await hand.whenEmpty();
}

interface Receive {
  /** Resolves to the number of free slots, once there is one, or when the task is told to stop. */
  whenFree(): Promise<number>;
  /** Receives messages, and gives them as one batch for each worker. They are kept hidden from now on. */
  batches(freeSlots: number): Promise<Job[][]>;
}

/** Starts work on what one poll brings at once. */
function plainReceive(options: WatchOptions, hand: Hand): Receive {
  const { poll, workers, isFifo } = options;
  const { batchSize } = workers;
  let hasBacklog = false;
  return {
    whenFree: () => whenFree(options, hasBacklog && !isFifo ? slotsToGather(options) : 1),
    batches: async (freeSlots) => {
      // Messages of a FIFO queue may be of one group, and those must not be worked on side by side.
      const most = isFifo ? batchSize : freeSlots * batchSize;
      const asked = Math.min(MAX_BATCH, most);
      const messages = await poll(asked);
      hasBacklog = messages.length === asked;
      return inBatches(messages, batchSize).map((batch) => batch.map((message) => hand.hold(message)));
    },
  };
}

/** From its first message on, a batch waits until it is full, its window is over, or the task is told to stop. */
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
        // None yet: the loop checks whether it is to go on.
        if (batch.length === 0) return [];
        leftMs =
          stopping.aborted || retirement.isRetired ? 0 : batch[0]!.receivedAtMs + batchWindowMs - clock.now();
      }
      return [batch];
    },
  };
}

/** How long a free slot waits for others while there is a backlog, so that one call brings messages for several. */
const GATHER_MS = 50;

/**
 * A quarter of what a call can bring: the other slots still work meanwhile, so that short jobs leave no processor idle, and
 * more become free until SQS has answered. With deletions in full batches, ten slots need less than 0.3 calls a message.
 */
function slotsToGather({ concurrency, workers: { batchSize } }: WatchOptions): number {
  const messages = Math.ceil(Math.min(MAX_BATCH, concurrency * batchSize) / 4);
  return Math.ceil(messages / batchSize);
}

/** Waits for one free slot, and then a little for as many as are wanted. */
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
  // A warm worker that was free may have gone in the meantime.
  return slots.free > 0 || stopping.aborted ? slots.free : whenFree(options, wanted);
}
