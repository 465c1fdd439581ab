import type { Clock } from '../shared/clock';
import { type Job, type Open, toJob } from './job/job';
import { decideRelease } from './settle/decide';
import type { Heartbeat } from './queue/heartbeat';
import type { Settle } from './settle/settle';
import type { ReceivedMessage } from './queue/queue';
import { onAbort, type StopCourse, untilGiven } from './stop';
import type { Retirement } from './task/retirement';
import type { RunningBatch, Workers } from './worker/workers';

export interface HandOptions {
  workers: Workers;
  /** Takes a message apart, as its kind of worker wants it. */
  open: Open;
  heartbeat: Pick<Heartbeat, 'hold' | 'letGo'>;
  settle: Settle;
  retirement: Pick<Retirement, 'busy' | 'idle' | 'givesBack'>;
  /** Called when no worker runs any more: mounts can be emptied. */
  onIdle: () => Promise<void>;
  /** How the task ends: what has no worker when it is told goes back at once. */
  course: Pick<StopCourse, 'stopping' | 'telling' | 'killing' | 'abandoning' | 'msToKill'>;
  /** SQS gives no other message of a group before that in hand is settled. */
  isFifo: boolean;
  maxReceives: number;
  clock: Clock;
}

/** What the watcher has in hand: the messages that it holds, the workers that run, and the settlements under way. */
export class Hand {
  private readonly options: HandOptions;
  /** A job has, ever: one that went back before its worker started has not. */
  hasBegun = false;
  private readonly running = new Set<RunningBatch>();
  /** Messages that are held and have not come to their end. */
  private held = 0;
  /** Batches whose worker has not ended. */
  private unfinished = 0;
  private readonly works = new Set<Promise<void>>();
  /** No worker starts in a folder that is just being emptied. */
  private emptying: Promise<void> = Promise.resolve();
  /**
   * ECS's answer to the first message that the task holds after a pause, or after half of what it is protected for. Until
   * then it may just be told to stop: a job that takes hours would begin, and be cut.
   */
  private protecting: Promise<void> | undefined;

  constructor(options: HandOptions) {
    this.options = options;
    const { course, workers } = options;
    onAbort(course.telling, () => {
      this.running.forEach((batch) => {
        batch.stop('shutdown', course.msToKill());
      });
    });
    // Also those that had just been told for another reason, and have a grace that is too long now.
    onAbort(course.killing, () => {
      workers.kill();
    });
    onAbort(course.abandoning, () => {
      this.running.forEach((batch) => {
        batch.abandon();
      });
    });
  }

  async whenEmpty(): Promise<void> {
    await Promise.all(this.works);
  }

  /** From now on the message is kept hidden. It is to be worked on next. */
  hold(message: ReceivedMessage): Job {
    const job = toJob(message, this.options.open, this.options.clock.now());
    this.held += 1;
    this.protect();
    this.options.heartbeat.hold(job);
    return job;
  }

  /** Gives held messages to one worker, for which a slot is free. */
  work(jobs: readonly Job[]): void {
    this.options.workers.slots.take();
    this.unfinished += 1;
    this.track(this.carryThrough(jobs));
  }

  /** From hand to settled. Never rejects: one bad message does not end the loop. */
  private async carryThrough(jobs: readonly Job[]): Promise<void> {
    const { heartbeat, settle } = this.options;
    await this.emptying;
    if (this.protecting !== undefined) await this.protecting;
    const started = this.isToBegin(jobs) ? this.start(jobs) : undefined;
    const settlements = (await started?.settled) ?? jobs.map(decideRelease);
    if (started !== undefined) this.running.delete(started);
    const settled = jobs.map(async (job, index) => {
      await heartbeat.letGo(job);
      // A message without a word is one that comes again.
      await settle(job, settlements[index] ?? decideRelease(job));
    });
    // Until then SQS keeps the rest of the group back, and not each wakes a poll that waits when it does no longer.
    if (this.options.isFifo) await Promise.all(settled);
    await this.finish(jobs.length, started !== undefined);
    await Promise.all(settled);
  }

  /** Else they came when the task was already ending, or may be ended: another watcher may have them at once. */
  private isToBegin(jobs: readonly Job[]): boolean {
    return !this.options.course.stopping.aborted && !this.givesBack(jobs);
  }

  private start(jobs: readonly Job[]): RunningBatch {
    const started = this.options.workers.start(jobs);
    this.hasBegun = true;
    this.running.add(started);
    return started;
  }

  /** Not what would become a dead letter so, which was never tried; of a standard queue a copy is sent. */
  private givesBack(jobs: readonly Job[]): boolean {
    const { retirement, isFifo, maxReceives } = this.options;
    return retirement.givesBack && !(isFifo && jobs.some(({ receives }) => receives >= maxReceives));
  }

  /** The worker has ended: its slot takes the next messages, of a standard queue while these are being settled. */
  private async finish(messages: number, hasBegun: boolean): Promise<void> {
    this.unfinished -= 1;
    // Emptying may take long, and no worker starts any more.
    if (this.unfinished === 0)
      this.emptying = untilGiven(this.options.onIdle(), this.options.course.stopping);
    await this.emptying;
    const { workers } = this.options;
    if (hasBegun) workers.done();
    // No worker will ask for more.
    else workers.slots.release();
    this.held -= messages;
    if (this.held === 0) this.options.retirement.idle();
  }

  private protect(): void {
    const asked = this.options.retirement.busy();
    if (asked === undefined) return;
    const protecting = asked.then(() => {
      if (this.protecting === protecting) this.protecting = undefined;
    });
    this.protecting = protecting;
  }

  private track(work: Promise<void>): void {
    this.works.add(work);
    void work.finally(() => this.works.delete(work));
  }
}
