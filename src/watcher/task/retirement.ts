import { MAX_FINISH_SECONDS } from '../../contract/outcomes';
import type { Cancel, Clock } from '../../shared/clock';
import type { Logger } from '../log';
import { onAbort } from '../stop';
import type { LookAtService, ServiceView } from './ecs';
import { Looks } from './looks';
import type { Protection } from './protection';
import {
  askPeriodMs,
  type Blocked,
  isBlocked,
  LETTING_GO,
  type Memory,
  type Reason,
  remember,
  stuckLetsGoMs,
  unknownLetsGoMs,
  WAITING,
  whoRetires,
} from './retiring';

/** Whether this task takes messages, and is protected while it has some. */
export interface Retirement {
  /** A message is in hand. @returns what a job must wait for before it begins; undefined: nothing */
  busy(): Promise<void> | undefined;
  /** No message is in hand any more. */
  idle(): void;
  /** Whether jobs that have not begun are released: ECS may stop this task for a newer version at any time. */
  readonly givesBack: boolean;
  /** Whether the task takes no messages. */
  readonly isRetired: boolean;
  /** Resolves when messages may be taken, or the task is told to stop; undefined: they may be taken now. */
  whenAtWork(): Promise<void> | undefined;
  stop(): void;
}

/** Outside ECS there is no newer version, and nobody stops a task for one. */
export const noRetirement: Retirement = {
  busy: () => undefined,
  idle: () => undefined,
  givesBack: false,
  isRetired: false,
  whenAtWork: () => undefined,
  stop: () => undefined,
};

export interface RetirementOptions {
  protection: Protection;
  /** undefined: ECS cannot be asked. */
  lookAtService: LookAtService | undefined;
  /** How long jobs may go on in a task that a newer version replaces. */
  finishSeconds: number;
  /** Whether jobs may take longer than ECS gives a task that it stops: then none begins unprotected if it can wait. */
  areJobsLong: boolean;
  /** Stops the task as ECS would: its time to finish is over. */
  end: (cause: string) => void;
  stopping: AbortSignal;
  clock: Clock;
  /** In milliseconds since 1970, comparable to the time at which ECS says that a deployment began. */
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}

/** How long ECS has to stop a task that has let go of its protection. */
const LET_GO_MS = 30_000;

/** How long the agent is asked again and again to end the protection of a task that retires. */
const STAYS_HELD_MS = 2 * 60_000;

export class TaskRetirement implements Retirement {
  private readonly options: RetirementOptions;
  private readonly looks: Looks;
  private readonly finish: FinishLimit;
  /** Between 0 and 1. If it is below the share of tasks that are to retire, this task is one of them. */
  readonly rank: number;
  private reason: Reason | undefined;
  private isBusy = false;
  /** Since when it has been protected without a pause. */
  protectedSinceMs = 0;
  private view: ServiceView | undefined;
  private memory: Memory | undefined;
  /** The deployment for which ECS refused to protect this task, which is of an older one. */
  private blocked: Blocked | undefined;
  private cancelReturn: Cancel | undefined;
  private readonly waiters = new Set<() => void>();

  constructor(options: RetirementOptions) {
    this.options = options;
    this.rank = options.random();
    this.finish = new FinishLimit({ ...options, isBusy: () => this.isBusy });
    this.looks = new Looks({
      ...options,
      // ECS can stop a task that is not protected at any time.
      isWanted: () => this.isBusy || this.isRetired || options.protection.mayBeHeld,
      onView: (view) => {
        this.judge(view);
      },
      onUnknown: () => {
        this.letGoFrom(unknownLetsGoMs(this));
      },
    });
    onAbort(options.stopping, () => {
      this.cancelAll();
      this.wake();
    });
  }

  get givesBack(): boolean {
    return this.options.protection.isBlocked && this.isRetired;
  }

  get isRetired(): boolean {
    return this.reason !== undefined;
  }

  busy(): Promise<void> | undefined {
    const { protection, clock } = this.options;
    if (!protection.isOn) this.protectedSinceMs = clock.now();
    this.isBusy = true;
    this.cancelReturn?.();
    this.looks.start();
    return protection.busy()?.then(() => (protection.isBlocked ? this.refused() : undefined));
  }

  idle(): void {
    this.isBusy = false;
    if (this.reason === undefined) this.options.protection.idle();
    else this.letGo();
  }

  whenAtWork(): Promise<void> | undefined {
    if (this.reason === undefined || this.options.stopping.aborted) return undefined;
    return new Promise((resolve) => this.waiters.add(resolve));
  }

  stop(): void {
    this.cancelAll();
    this.options.protection.stop();
  }

  private cancelAll(): void {
    this.looks.stop();
    this.cancelReturn?.();
    this.finish.cancel();
  }

  /**
   * ECS answered `DEPLOYMENT_BLOCKED` for the first message after a pause. A task of an older deployment is in the way of
   * the newest one. A task of the newest waits until older ones have finished: a job that it began now would be cut by the
   * next deploy, or by a rollback. As many tasks as are desired are protected, so as much is done as without a deploy. If
   * there are more tasks than are desired, ECS stops this one next. Otherwise there is nothing to wait for, and it goes on.
   */
  private async refused(): Promise<void> {
    const { protection, areJobsLong, clock } = this.options;
    await this.looks.now();
    if (this.view === undefined || !protection.isBlocked) return;
    const { own, newest, running } = this.view;
    if (own !== newest.id) {
      this.blocked = { by: newest.id, atMs: clock.now() };
      this.begin('a newer version runs');
      this.finish.judge(this.view, true);
    } else if (!areJobsLong) return;
    else if (newest.running > newest.desired) this.begin('there are more tasks than are desired');
    else if (running > newest.running) this.begin(WAITING);
  }

  private judge(view: ServiceView): void {
    const { newest, running } = view;
    const { protection, clock } = this.options;
    const memory = remember(this.memory, newest, clock.now());
    const { share, cause } = whoRetires(view, memory);
    this.view = view;
    this.memory = memory;
    if (isBlocked(this.blocked, view, clock.now())) this.begin('a newer version runs');
    else if (this.rank < share) this.begin(cause);
    // ECS may protect the task after all, while jobs of hours run in it.
    else if (this.reason !== WAITING || running === newest.running || (this.isBusy && !protection.isBlocked))
      this.letGoFrom(stuckLetsGoMs(view, memory, this));
    this.finish.judge(view, this.isRetired);
  }

  /** Lets go of the protection for a moment: ECS may stop the task then. */
  private letGoFrom(fromMs: number): void {
    if (this.reason === LETTING_GO && fromMs < Infinity) return;
    const { protection, clock } = this.options;
    // Also if messages come so fast that protection stays on between them.
    if (protection.isOn && clock.now() >= fromMs) this.begin(LETTING_GO);
    else this.workOn();
  }

  private begin(reason: Reason): void {
    if (this.reason === reason) return;
    this.reason = reason;
    this.options.log.info(`${reason}: no message is taken, and jobs at work go on`);
    this.cancelReturn?.();
    if (!this.isBusy) this.letGo();
  }

  /** Gives up the protection, since nothing is in hand. */
  private letGo(): void {
    this.cancelReturn?.();
    if (this.reason === WAITING) return this.returnIfGranted();
    const { protection, clock, end } = this.options;
    protection.release();
    if (this.reason === LETTING_GO)
      this.cancelReturn = clock.after(LET_GO_MS, () => {
        this.workOn();
      });
    // Otherwise ECS would keep the task for as long as it was protected, which may be hours.
    else
      this.cancelReturn = clock.after(STAYS_HELD_MS, () => {
        if (protection.mayBeHeld) end(`${this.reason}, and its protection cannot be given up`);
      });
  }

  private returnIfGranted(): void {
    const { protection, clock } = this.options;
    this.cancelReturn = clock.after(askPeriodMs(this.view?.running ?? 0), () => {
      void protection.again().then(() => {
        if (this.reason !== WAITING || this.isBusy) return;
        if (protection.isBlocked) return this.returnIfGranted();
        this.workOn();
      });
    });
  }

  private workOn(): void {
    if (this.reason === undefined) return;
    this.finish.cancel();
    this.cancelReturn?.();
    this.options.log.info('this task takes messages again');
    this.reason = undefined;
    const { protection } = this.options;
    // Nothing else gives the protection up if no message comes.
    if (!this.isBusy && protection.isOn) protection.idle();
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters) resolve();
    this.waiters.clear();
  }
}

type FinishLimitOptions = Pick<RetirementOptions, 'finishSeconds' | 'end' | 'clock' | 'timeOfDay'> & {
  isBusy: () => boolean;
};

/** Stops a task of an older version whose jobs take too long, whatever it retires for: CloudFormation waits for it. */
export class FinishLimit {
  private readonly options: FinishLimitOptions;
  private cancelEnd: Cancel | undefined;
  private isOver = false;
  /** When the first deployment began that is newer than the task's own. */
  private olderSinceMs: number | undefined;
  /** Until when the task was of the newest deployment, as far as it knows. A rollback may go back to one of days ago. */
  private newestUntilMs: number;

  constructor(options: FinishLimitOptions) {
    this.options = options;
    this.newestUntilMs = options.timeOfDay.now();
  }

  /** Is called with each look at the service. The time counts from the first look at which the task retires. */
  judge({ own, newest }: ServiceView, isRetired: boolean): void {
    const { clock, timeOfDay, finishSeconds } = this.options;
    const isNewest = own === newest.id;
    if (isNewest) this.newestUntilMs = timeOfDay.now();
    this.olderSinceMs = isNewest
      ? undefined
      : (this.olderSinceMs ?? Math.max(newest.startedAtMs, this.newestUntilMs));
    if (this.olderSinceMs === undefined || !isRetired) return this.cancel();
    // A message may still have come, by a poll that was under way.
    if (this.isOver) return this.endIfBusy();
    if (this.cancelEnd !== undefined) return;
    const mostMs = this.olderSinceMs + MAX_FINISH_SECONDS * 1000 - timeOfDay.now();
    this.cancelEnd = clock.after(Math.max(0, Math.min(finishSeconds * 1000, mostMs)), () => {
      this.isOver = true;
      this.endIfBusy();
    });
  }

  private endIfBusy(): void {
    const { finishSeconds, end, isBusy } = this.options;
    if (isBusy()) end(`a newer version runs, and the time to finish (${finishSeconds} s) is over`);
  }

  /** The task goes on. */
  cancel(): void {
    this.cancelEnd?.();
    this.cancelEnd = undefined;
    this.isOver = false;
  }
}
