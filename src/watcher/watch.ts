import type { Clock } from './clock';
import type { Progress } from './health/progress';
import { toJob, type Job } from './message/job';
import { decideRelease, type Settlement } from './outcome/decide';
import type { Heartbeat } from './outcome/heartbeat';
import type { RunningJob } from './outcome/run-job';
import type { Settle } from './outcome/settle';
import type { Poll } from './queue/poll';
import { MAX_BATCH, type ReceivedMessage } from './queue/queue';
import { createSlots } from './slots';
import type { Protection } from './task/protection';

export interface WatchParts {
  poll: Poll;
  startJob: (job: Job) => RunningJob;
  heartbeat: Pick<Heartbeat, 'hold' | 'letGo'>;
  settle: Settle;
  progress: Pick<Progress, 'reach'>;
  protection: Protection;
  /** Called when no worker runs any more: mounts can be emptied. */
  onIdle: () => Promise<void>;
  concurrency: number;
  isFifo: boolean;
  /** One job, then the watcher ends by itself. */
  isFreshContainerPerJob: boolean;
  /** Given when the task is to end: no further poll is begun. */
  stopping: AbortSignal;
  /** How long workers get then. */
  drainMs: number;
  clock: Clock;
}

/** How long a free slot waits for others under backlog, so that one call of SQS brings messages for several. */
const GATHER_MS = 50;

/**
 * Half of what a call can bring: the other half still works meanwhile, so that short jobs leave no processor idle. With
 * deletions in full batches, ten slots so need at most 0.3 calls a message.
 */
const slotsToGather = (concurrency: number) => Math.ceil(Math.min(MAX_BATCH, concurrency) / 2);

/** The loop: receive, work, settle. It ends when it is told to stop, with nothing in hand, and for no other reason. */
export async function watch(parts: WatchParts): Promise<void> {
  const { poll, stopping, isFreshContainerPerJob } = parts;
  // A batch from a FIFO queue may hold several messages of one group, which must not be worked on side by side.
  const most = parts.isFifo ? 1 : MAX_BATCH;
  const hand = new Hand(parts);
  let hasBacklog = false;
  for (;;) {
    const free = await hand.whenFree(hasBacklog && !parts.isFifo ? slotsToGather(parts.concurrency) : 1);
    // Looked at after each wait for a slot: told to stop by then, no further poll is begun.
    if (stopping.aborted) break;
    const asked = Math.min(most, free);
    const messages = await poll(asked);
    hasBacklog = messages.length === asked;
    messages.forEach((message) => {
      hand.accept(message);
    });
    if (isFreshContainerPerJob && messages.length > 0) break;
  }
  await hand.whenEmpty();
}

/** What the watcher has in hand: the workers that run, and the settlements that are under way. */
class Hand {
  private readonly parts: WatchParts;
  private readonly slots;
  private readonly running = new Set<RunningJob>();
  /** Messages whose worker has not ended. */
  private unfinished = 0;
  private readonly settlements = new Set<Promise<void>>();
  /** No worker starts in a folder that is just being emptied. */
  private emptying: Promise<void> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.parts = parts;
    this.slots = createSlots(parts.concurrency);
    const tellAll = () => {
      this.running.forEach((job) => {
        job.stop('shutdown', parts.drainMs);
      });
    };
    parts.stopping.addEventListener('abort', tellAll, { once: true });
  }

  /** Resolves to the number of free slots, once there is one; it waits a little where more are wanted. */
  async whenFree(wanted: number): Promise<number> {
    this.parts.progress.reach('working');
    await this.slots.whenFree();
    if (this.slots.free < wanted) await this.gather(wanted);
    return this.slots.free;
  }

  private async gather(wanted: number): Promise<void> {
    const { clock, stopping } = this.parts;
    const giveUp = new AbortController();
    const abort = () => {
      giveUp.abort();
    };
    const cancel = clock.after(GATHER_MS, abort);
    stopping.addEventListener('abort', abort, { once: true });
    await this.slots.whenFree(wanted, giveUp.signal);
    cancel();
    stopping.removeEventListener('abort', abort);
  }

  async whenEmpty(): Promise<void> {
    this.parts.progress.reach('working');
    await this.slots.whenAllFree();
    await Promise.all(this.settlements);
  }

  accept(message: ReceivedMessage): void {
    this.slots.take();
    this.unfinished += 1;
    if (this.slots.busy === 1) this.parts.protection.busy();
    this.track(this.work(toJob(message, this.parts.clock.now())));
  }

  /** One message from hand to settled. Never rejects: one bad message does not end the loop. */
  private async work(job: Job): Promise<void> {
    const { heartbeat, settle } = this.parts;
    heartbeat.hold(job);
    await this.emptying;
    const settlement = await this.settlementOf(job);
    const settled = heartbeat.letGo(job).then(() => settle(job, settlement));
    await this.freeSlot();
    await settled;
  }

  private async settlementOf(job: Job): Promise<Settlement> {
    // It came when the task was already ending: another watcher may have it at once.
    if (this.parts.stopping.aborted) return decideRelease();
    const started = this.parts.startJob(job);
    this.running.add(started);
    const settlement = await started.settled;
    this.running.delete(started);
    return settlement;
  }

  /** The worker has ended: its slot takes the next message while this one is being settled. */
  private async freeSlot(): Promise<void> {
    this.unfinished -= 1;
    if (this.unfinished === 0) this.emptying = this.parts.onIdle();
    await this.emptying;
    this.slots.release();
    if (this.slots.busy === 0) this.parts.protection.idle();
  }

  private track(settlement: Promise<void>): void {
    this.settlements.add(settlement);
    void settlement.finally(() => this.settlements.delete(settlement));
  }
}
