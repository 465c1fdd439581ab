import type { Cancel } from '../clock';
import { onAbort } from '../stop-course';
import { FinishLimit } from './finish-limit';
import { Looks } from './looks';
import type { ServiceView } from './own-service';
import type { Retirement, RetirementParts } from './retirement';
import { remember, stuckLetsGoMs, unknownLetsGoMs, whoRetires, type Cause, type Memory } from './retiring';

/** ECS is given so long to stop it. */
const LET_GO_MS = 30_000;

/** The agent is asked again and again to end the protection of a task that retires, for so long. */
const STAYS_HELD_MS = 2 * 60_000;

/** Who waits for protection asks for it so often: all tasks of an account and region share 80 such calls a second. */
const LEAST_ASK_MS = 10_000;
const ASKS_PER_SECOND = 40;

const LETTING_GO = 'this task lets go of its protection for a moment, so that ECS may replace it';
const WAITING = 'tasks of an older version are still protected';

type Reason = Cause | typeof LETTING_GO | typeof WAITING;

export class TaskRetirement implements Retirement {
  private readonly parts: RetirementParts;
  private readonly looks: Looks;
  private readonly finish: FinishLimit;
  /** Between 0 and 1: if it is below the share of the tasks that are to retire, this one is among them. */
  readonly place: number;
  private reason: Reason | undefined;
  private isBusy = false;
  /** Since when it has been protected without a pause. */
  protectedSinceMs = 0;
  private view: ServiceView | undefined;
  private memory: Memory | undefined;
  /** The deployment for which ECS refused to protect this task, which is of an older one. */
  private blockedFor: string | undefined;
  private cancelReturn: Cancel | undefined;
  private readonly waiters = new Set<() => void>();

  constructor(parts: RetirementParts) {
    this.parts = parts;
    this.place = parts.random();
    this.finish = new FinishLimit({ ...parts, isBusy: () => this.isBusy });
    this.looks = new Looks({
      ...parts,
      // What is not protected ECS stops if it wants to.
      isWanted: () => this.isBusy || this.isRetired || parts.protection.mayBeHeld,
      onView: (view) => {
        this.judge(view);
      },
      onUnknown: () => {
        this.letGoFrom(unknownLetsGoMs(this));
      },
    });
    onAbort(parts.stopping, () => {
      this.cancelAll();
      this.wake();
    });
  }

  get givesBack(): boolean {
    return this.parts.protection.isBlocked && this.isRetired;
  }

  get isRetired(): boolean {
    return this.reason !== undefined;
  }

  busy(): Promise<void> | undefined {
    const { protection, clock } = this.parts;
    if (!protection.isOn) this.protectedSinceMs = clock.now();
    this.isBusy = true;
    this.cancelReturn?.();
    this.looks.start();
    return protection.busy()?.then(() => (protection.isBlocked ? this.refused() : undefined));
  }

  idle(): void {
    this.isBusy = false;
    if (this.reason === undefined) this.parts.protection.idle();
    else this.letGo();
  }

  whenAtWork(): Promise<void> | undefined {
    if (this.reason === undefined || this.parts.stopping.aborted) return undefined;
    return new Promise((resolve) => this.waiters.add(resolve));
  }

  stop(): void {
    this.cancelAll();
    this.parts.protection.stop();
  }

  private cancelAll(): void {
    this.looks.stop();
    this.cancelReturn?.();
    this.finish.cancel();
  }

  /**
   * `DEPLOYMENT_BLOCKED`, of the first message after a pause. A task of an older deployment is in the way of the newest.
   * One of the newest waits until older ones have finished: what it began now would be cut by the next deploy, or by a
   * rollback. As many tasks as are desired are protected, so as much is done as without a deploy. If there are more than
   * desired, this is who ECS stops next. Else nothing is known to wait for, and it works on.
   */
  private async refused(): Promise<void> {
    const { protection, areJobsLong } = this.parts;
    await this.looks.now();
    if (this.view === undefined || !protection.isBlocked) return;
    const { own, newest, running } = this.view;
    if (own !== newest.id) {
      this.blockedFor = newest.id;
      this.begin('a newer version runs');
      this.finish.judge(this.view, true);
    } else if (!areJobsLong) return;
    else if (newest.running > newest.desired) this.begin('there are more tasks than are desired');
    else if (running > newest.running) this.begin(WAITING);
  }

  private get isBlocked(): boolean {
    return this.blockedFor !== undefined && this.blockedFor === this.view?.newest.id;
  }

  private judge(view: ServiceView): void {
    const { newest, running } = view;
    const memory = remember(this.memory, newest, this.parts.clock.now());
    const { share, cause } = whoRetires(view, memory);
    this.view = view;
    this.memory = memory;
    if (this.isBlocked) this.begin('a newer version runs');
    else if (this.place < share) this.begin(cause);
    else if (this.reason !== WAITING || running === newest.running)
      this.letGoFrom(stuckLetsGoMs(view, memory, this));
    this.finish.judge(view, this.isRetired);
  }

  /** For a moment: ECS stops it then, if it wants to. */
  private letGoFrom(fromMs: number): void {
    if (this.reason === LETTING_GO) return;
    const { protection, clock } = this.parts;
    // Also between two messages, if they come so fast that protection stays on.
    if (protection.isOn && clock.now() >= fromMs) this.begin(LETTING_GO);
    else this.workOn();
  }

  private begin(reason: Reason): void {
    if (this.reason === reason) return;
    this.reason = reason;
    this.parts.log.info(`${reason}: no message is taken, and jobs at work go on`);
    this.cancelReturn?.();
    if (!this.isBusy) this.letGo();
  }

  /** Nothing is in hand. */
  private letGo(): void {
    this.cancelReturn?.();
    if (this.reason === WAITING) return this.returnIfGranted();
    const { protection, clock, end } = this.parts;
    protection.release();
    if (this.reason === LETTING_GO)
      this.cancelReturn = clock.after(LET_GO_MS, () => {
        this.workOn();
      });
    // ECS would keep it for as long as it was protected: hours.
    else
      this.cancelReturn = clock.after(STAYS_HELD_MS, () => {
        if (protection.mayBeHeld) end(`${this.reason}, and its protection cannot be given up`);
      });
  }

  private returnIfGranted(): void {
    const { protection, clock } = this.parts;
    const tasks = this.view?.running ?? 0;
    this.cancelReturn = clock.after(Math.max(LEAST_ASK_MS, (tasks / ASKS_PER_SECOND) * 1000), () => {
      void protection.again().then(() => {
        if (this.reason !== WAITING || this.isBusy) return;
        if (protection.isBlocked) return this.returnIfGranted();
        this.workOn();
        protection.idle();
      });
    });
  }

  private workOn(): void {
    if (this.reason === undefined) return;
    this.finish.cancel();
    this.cancelReturn?.();
    this.parts.log.info('this task takes messages again');
    this.reason = undefined;
    this.wake();
  }

  private wake(): void {
    this.waiters.forEach((resolve) => {
      resolve();
    });
    this.waiters.clear();
  }
}
