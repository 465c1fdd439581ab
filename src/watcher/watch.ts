import { MAX_BATCH } from '../shared/batches';
import type { Cancel } from '../shared/clock';
import { Hand, type HandOptions } from './hand';
import type { Liveness } from './health/health';
import { Ahead } from './intake/ahead';
import { Backlog } from './intake/backlog';
import { HELD_AHEAD_MS, type Pace } from './intake/pace';
import type { Job } from './job/job';
import type { Logger } from './log';
import type { Poll } from './queue/poll';
import { onAbort } from './stop';
import type { Retirement } from './task/retirement';

export interface WatchOptions extends HandOptions {
  retirement: Retirement;
  poll: Poll;
  pace: Pick<Pace, 'begin' | 'end' | 'ahead' | 'wasWrong'>;
  liveness: Pick<Liveness, 'begin'>;
  /** Whether no worker can be started: then no message is held ahead. */
  machine: { readonly isSick: boolean };
  concurrency: number;
  /** How long a batch that is not full waits for more messages; 0: not at all. */
  batchWindowMs: number;
  /** Whether the watcher ends by itself after one job. */
  isFreshContainerPerJob: boolean;
  log: Pick<Logger, 'info'>;
}

/** How long a free slot waits for others while there is a backlog, so that one call brings messages for several. */
const GATHER_MS = 50;

/** A poll waits no longer if slots are busy, or beside another poll: what it brings is to be worked on soon. */
const EXTRA_POLL_MS = 1_000;

/** Polls that are under way at once. */
const MOST_POLLS = 20;

/**
 * Receive, work, settle: until the task is told to stop, and nothing is in hand any more. A task that retires waits in it.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const watching = new Watching(options);
  await watching.run();
}

/** Whenever something changes there is a turn: free slots get what is held, and SQS is asked for as much as is wanted. */
class Watching {
  private readonly options: WatchOptions;
  private readonly hand: Hand;
  private readonly ahead = new Ahead();
  private readonly backlog = new Backlog();
  /** The polls under way, and how many messages they ask for. */
  private polls = 0;
  private asked = 0;
  private gathering: Cancel | undefined;
  private hasGathered = false;
  private isAsking = false;
  private isAwaited = false;
  private isWatchingPatience = false;
  private end: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.options = options;
    this.hand = new Hand(options);
  }

  async run(): Promise<void> {
    const { workers, course } = this.options;
    await new Promise<void>((resolve) => {
      this.end = resolve;
      workers.slots.onFree(() => {
        this.turn();
      });
      onAbort(course.stopping, () => {
        this.turn();
      });
      this.turn();
    });
    await this.hand.whenEmpty();
  }

  private turn(): void {
    const { course, retirement, batchWindowMs } = this.options;
    if (!course.stopping.aborted) this.startHeld();
    // A batch that gathers is worked on even by a task that retires.
    if (course.stopping.aborted || (retirement.isRetired && batchWindowMs === 0)) this.giveBack();
    if (this.isOver) {
      if (this.polls === 0) this.end();
    } else this.askSoon();
  }

  /** Several slots that become free at the same moment are asked for together. */
  private askSoon(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    queueMicrotask(() => {
      this.isAsking = false;
      if (!this.isOver && this.isAtWork()) this.askForMore();
    });
  }

  private get isOver(): boolean {
    const { course, isFreshContainerPerJob } = this.options;
    // A message that was released has left nothing behind in the container.
    return course.stopping.aborted || (isFreshContainerPerJob && this.hand.hasBegun && this.hand.isEmpty);
  }

  private giveBack(): void {
    if (this.ahead.size > 0) this.hand.giveBack(this.ahead.takeAll());
  }

  private startHeld(): void {
    const { workers } = this.options;
    while (workers.slots.free > 0 && this.ahead.size > 0 && this.isBatchComplete()) {
      const settled = this.hand.work(this.ahead.take(workers.batchSize));
      if (this.waitsForSettlements) void settled.then(() => this.turn());
    }
    if (this.ahead.size > 0) this.watchPatience();
  }

  /** From its first message on, a batch waits until it is full, its window is over, or the task takes no more. */
  private isBatchComplete(): boolean {
    const { workers, batchWindowMs, retirement } = this.options;
    return (
      batchWindowMs === 0 ||
      this.ahead.size >= workers.batchSize ||
      retirement.isRetired ||
      this.windowLeftMs() <= 0
    );
  }

  private windowLeftMs(): number {
    const { clock, batchWindowMs } = this.options;
    const { sinceMs } = this.ahead;
    return sinceMs === undefined ? Infinity : sinceMs + batchWindowMs - clock.now();
  }

  private isAtWork(): boolean {
    const atWork = this.options.retirement.whenAtWork();
    if (atWork === undefined) return true;
    if (this.isAwaited) return false;
    this.isAwaited = true;
    const end = this.options.liveness.begin('retired');
    void atWork.then(() => {
      this.isAwaited = false;
      end();
      this.turn();
    });
    return false;
  }

  private askForMore(): void {
    for (let count = this.wanted(); count > 0; count = this.wanted()) void this.ask(count);
  }

  private async ask(count: number): Promise<void> {
    const { poll, clock } = this.options;
    const isExtra = this.polls > 0 || this.uncovered <= 0;
    this.polls += 1;
    this.asked += count;
    const beganMs = clock.now();
    const messages = await poll(count, this.waitMs(isExtra));
    this.polls -= 1;
    this.asked -= count;
    this.hasGathered = false;
    const size = messages.reduce((sum, { body }) => sum + body.length, 0);
    const answered = { asked: count, got: messages.length, size, tookMs: clock.now() - beganMs, isExtra };
    this.backlog.answered(answered, this.mostAhead());
    this.take(messages.map((message) => this.hand.hold(message)));
  }

  private take(jobs: readonly Job[]): void {
    const { isFifo, maxReceives } = this.options;
    this.ahead.put(jobs, isFifo);
    // If the task is lost, what is held loses a receive untried: what has few left is not to be held again and again.
    if (jobs.some(({ receives }) => receives * 2 > maxReceives)) this.backlog.askForNoMore();
    this.turn();
  }

  /** The next poll asks for so many; 0: there is none yet. */
  private wanted(): number {
    const { workers, isFifo, batchWindowMs } = this.options;
    if (batchWindowMs > 0) return this.wantedForBatch();
    const reach = this.backlog.ahead(this.mostAhead());
    // Messages of a FIFO queue may be of one group, and those must not be worked on side by side.
    const most = isFifo ? workers.batchSize : MAX_BATCH;
    const count = Math.min(most, this.uncovered + reach);
    if (this.polls === 0 && this.uncovered > 0) return this.isGathering(reach) ? 0 : count;
    if (reach === 0 || this.polls >= MOST_POLLS) return 0;
    // Polls for what is held ahead are full, so that they are few.
    return count >= (this.polls === 0 ? Math.min(most, reach) : most) ? count : 0;
  }

  /** A batch that gathers has its polls one after the other, and what they bring goes to one worker. */
  private wantedForBatch(): number {
    const { slots, batchSize } = this.options.workers;
    return this.polls > 0 || slots.free === 0 ? 0 : batchSize - this.ahead.size;
  }

  /** Messages for which a slot is free, and that are not asked for yet. */
  private get uncovered(): number {
    const { slots, batchSize } = this.options.workers;
    const settling = this.waitsForSettlements ? this.hand.settling : 0;
    return Math.max(0, slots.free - settling) * batchSize - this.ahead.size - this.asked;
  }

  /** Until a message of a FIFO queue is settled, SQS keeps the rest of its group back, and not every SQS wakes a poll then. */
  private get waitsForSettlements(): boolean {
    return this.options.isFifo || this.options.isFreshContainerPerJob;
  }

  private waitMs(isExtra: boolean): number {
    if (this.options.batchWindowMs > 0) return this.ahead.size > 0 ? this.windowLeftMs() : Infinity;
    return isExtra ? EXTRA_POLL_MS : Infinity;
  }

  /** A message that goes back is a receive poorer. In a FIFO queue it cannot be sent anew. */
  private mostAhead(): number {
    const { machine, isFifo, maxReceives, isFreshContainerPerJob, batchWindowMs, pace } = this.options;
    const hasNoneToSpare = maxReceives <= (isFifo ? 2 : 1);
    const never = machine.isSick || hasNoneToSpare || isFreshContainerPerJob || batchWindowMs > 0;
    return never ? 0 : pace.ahead(this.backlog.roundTripMs);
  }

  /** Under a backlog of jobs that are not short, a free slot waits a little for others. */
  private isGathering(reach: number): boolean {
    const { workers, clock, isFifo } = this.options;
    const isWorthIt = reach === 0 && !isFifo && this.backlog.isFull && !this.hasGathered;
    if (!isWorthIt || workers.slots.free >= slotsToGather(this.options)) {
      this.gathering?.();
      this.gathering = undefined;
      return false;
    }
    this.gathering ??= clock.after(GATHER_MS, () => {
      this.gathering = undefined;
      this.hasGathered = true;
      this.turn();
    });
    return true;
  }

  /** Gives back what no slot has become free for in time: a job takes longer than those before it, or workers are gone. */
  private watchPatience(): void {
    const { clock, batchWindowMs } = this.options;
    if (this.isWatchingPatience) return;
    this.isWatchingPatience = true;
    const leftMs = () => (this.ahead.sinceMs ?? Infinity) + batchWindowMs + HELD_AHEAD_MS - clock.now();
    clock.after(Math.max(0, leftMs()), () => {
      this.isWatchingPatience = false;
      if (this.ahead.size === 0) return;
      if (leftMs() > 0) this.watchPatience();
      else this.losePatience();
    });
  }

  private losePatience(): void {
    const { pace, log } = this.options;
    const { size } = this.ahead;
    log.info(`no worker was free in time: ${size === 1 ? '1 message goes' : `${size} messages go`} back`);
    pace.wasWrong();
    this.giveBack();
  }
}

/**
 * A quarter of what a call can bring: the other slots still work meanwhile, so that jobs leave no processor idle, and more
 * become free until SQS has answered.
 */
function slotsToGather({ concurrency, workers: { batchSize } }: WatchOptions): number {
  const messages = Math.ceil(Math.min(MAX_BATCH, concurrency * batchSize) / 4);
  return Math.ceil(messages / batchSize);
}
