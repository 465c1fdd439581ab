import type { Cancel } from '../clock';
import { onAbort } from '../stop-course';
import { FinishLimit } from './finish-limit';
import { Looks } from './looks';
import type { ServiceView } from './own-service';
import type { Retirement, RetirementParts } from './retirement';
import {
  askPeriodMs,
  isBlocked,
  LETTING_GO,
  remember,
  stuckLetsGoMs,
  unknownLetsGoMs,
  WAITING,
  whoRetires,
  type Blocked,
  type Memory,
  type Reason,
} from './retiring';

/** ECS is given so long to stop it. */
const LET_GO_MS = 30_000;

/** The agent is asked again and again to end the protection of a task that retires, for so long. */
const STAYS_HELD_MS = 2 * 60_000;

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
  private blocked: Blocked | undefined;
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
    const { protection, areJobsLong, clock } = this.parts;
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
    const { protection, clock } = this.parts;
    const memory = remember(this.memory, newest, clock.now());
    const { share, cause } = whoRetires(view, memory);
    this.view = view;
    this.memory = memory;
    if (isBlocked(this.blocked, view, clock.now())) this.begin('a newer version runs');
    else if (this.place < share) this.begin(cause);
    // ECS may protect it after all, while jobs of hours are at work in it.
    else if (this.reason !== WAITING || running === newest.running || (this.isBusy && !protection.isBlocked))
      this.letGoFrom(stuckLetsGoMs(view, memory, this));
    this.finish.judge(view, this.isRetired);
  }

  /** For a moment: ECS stops it then, if it wants to. */
  private letGoFrom(fromMs: number): void {
    if (this.reason === LETTING_GO && fromMs < Infinity) return;
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
    this.parts.log.info('this task takes messages again');
    this.reason = undefined;
    const { protection } = this.parts;
    // Nobody else gives it up if no message comes.
    if (!this.isBusy && protection.isOn) protection.idle();
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters) resolve();
    this.waiters.clear();
  }
}
