import type { Clock } from '../shared/clock';
import { type Job, type Open, toJob } from './job/job';
import { decideRelease, type Settlement } from './settle/decide';
import type { Begun, Pace } from './intake/pace';
import type { Heartbeat } from './queue/heartbeat';
import type { Settle } from './settle/settle';
import type { ReceivedMessage } from './queue/queue';
import { onAbort, type StopCourse, untilGiven } from './stop';
import type { Retirement } from './task/retirement';
import type { RunningBatch, Workers } from './worker/workers';

export interface HandOptions {
  workers: Workers;
  /** Takes a message apart, in the way that its kind of worker needs. */
  open: Open;
  heartbeat: Pick<Heartbeat, 'hold' | 'letGo'>;
  settle: Settle;
  retirement: Pick<Retirement, 'busy' | 'idle' | 'givesBack'>;
  /** Learns how long each job keeps its slot. */
  pace: Pick<Pace, 'begin' | 'end'>;
  /** Is called when no worker runs any more: mounts can be emptied. */
  onIdle: () => Promise<void>;
  /** How the task ends. A message that has no worker yet when the task is told to stop is released at once. */
  course: Pick<StopCourse, 'stopping' | 'telling' | 'killing' | 'abandoning' | 'msToKill'>;
  isFifo: boolean;
  maxReceives: number;
  clock: Clock;
}

/** The end of a batch. */
interface Finished {
  settled: Promise<void>[];
  /** undefined: its job never began. */
  begun: Begun | undefined;
}

/** What the watcher has in hand: the messages that it keeps hidden, the workers that run, the settlements under way. */
export class Hand {
  private readonly options: HandOptions;
  /** Whether a job has ever begun. One that was released before its worker started has not. */
  hasBegun = false;
  /** Batches whose worker has ended, and that are not settled yet. */
  settling = 0;
  private readonly running = new Set<RunningBatch>();
  /** Messages that are kept hidden and whose jobs have not ended. */
  private held = 0;
  /** Batches whose worker has not ended. */
  private unfinished = 0;
  private readonly works = new Set<Promise<unknown>>();
  /** Resolves when no folder is being emptied: no worker may start in one that is. */
  private emptying: Promise<void> = Promise.resolve();
  /**
   * ECS's answer to the task's request for protection, which it makes with the first message after a pause, or after half
   * of the time for which it is protected. Until ECS has answered it may stop the task: a job of hours would begin, and be
   * cut.
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
    // Also those that were told to end for another reason a moment ago: their grace is too long now.
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

  /** Whether no message is in hand, not even one that is being settled. */
  get isEmpty(): boolean {
    return this.works.size === 0;
  }

  /** Keeps a message hidden from now on. The caller gives it to a worker, or back. */
  hold(message: ReceivedMessage): Job {
    const job = toJob(message, this.options.open, this.options.clock.now());
    this.held += 1;
    this.protect();
    this.options.heartbeat.hold(job);
    return job;
  }

  /** Gives messages to one worker, for which a slot is free. Resolves when they are settled. */
  work(jobs: readonly Job[]): Promise<void> {
    this.options.workers.slots.take();
    this.unfinished += 1;
    return this.track(this.carryThrough(jobs));
  }

  /** Gives messages back that no worker has. */
  giveBack(jobs: readonly Job[]): void {
    void this.track(Promise.all(this.settle(jobs)));
    this.letGo(jobs);
  }

  /** Runs messages once they may begin, and settles them. Never rejects: one bad message does not end the loop. */
  private async carryThrough(jobs: readonly Job[]): Promise<void> {
    await this.emptying;
    if (this.protecting !== undefined) await this.protecting;
    if (!this.isToBegin(jobs)) {
      await this.finish(jobs, { settled: this.settle(jobs), begun: undefined });
      return;
    }
    const { workers, pace } = this.options;
    const started = workers.start(jobs);
    const begun = pace.begin();
    this.hasBegun = true;
    this.running.add(started);
    const settlements = await started.settled;
    this.running.delete(started);
    await this.finish(jobs, { settled: this.settle(jobs, settlements), begun });
  }

  /** A message of which nothing is said comes again. */
  private settle(jobs: readonly Job[], settlements: readonly Settlement[] = []): Promise<void>[] {
    const { heartbeat, settle } = this.options;
    return jobs.map(async (job, index) => {
      await heartbeat.letGo(job);
      await settle(job, settlements[index] ?? decideRelease(job));
    });
  }

  /** If not, the task was already stopping when they came, or ECS may stop it: another watcher may have them at once. */
  private isToBegin(jobs: readonly Job[]): boolean {
    return !this.options.course.stopping.aborted && !this.givesBack(jobs);
  }

  /** Not if a message of a FIFO queue would become a dead letter untried; of a standard queue's a copy is sent. */
  private givesBack(jobs: readonly Job[]): boolean {
    const { retirement, isFifo, maxReceives } = this.options;
    return retirement.givesBack && !(isFifo && jobs.some(({ receives }) => receives >= maxReceives));
  }

  /** Frees the slot, since the worker has ended, and waits until the messages are settled. */
  private async finish(jobs: readonly Job[], { settled, begun }: Finished): Promise<void> {
    this.settling += 1;
    this.unfinished -= 1;
    // Once the task stops, no worker starts any more, and emptying may take long.
    if (this.unfinished === 0)
      this.emptying = untilGiven(this.options.onIdle(), this.options.course.stopping);
    await this.emptying;
    const { workers, pace } = this.options;
    if (begun !== undefined) pace.end(begun, jobs.length);
    if (begun !== undefined) workers.done();
    // No worker has been taken, so none will free the slot.
    else workers.slots.release();
    this.letGo(jobs);
    await Promise.all(settled);
    this.settling -= 1;
  }

  private letGo({ length }: readonly Job[]): void {
    this.held -= length;
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

  private async track(work: Promise<unknown>): Promise<void> {
    this.works.add(work);
    await work.finally(() => this.works.delete(work));
  }
}
