import type { Cancel, Clock } from '../../shared/clock';
import { describeError, type Logger } from '../log';
import type { LookAtService, ServiceView } from './ecs';

/** For these calls an account has 20 a second in a region. A service takes half of them at most. */
const CALLS_PER_SECOND = 10;
const LEAST_PERIOD_MS = 60_000;

/** How often a task looks. */
export const lookPeriodMs = (tasks: number) => Math.max(LEAST_PERIOD_MS, (tasks / CALLS_PER_SECOND) * 1000);

/** Reasons to look at once come several times in a row. */
const LEAST_BETWEEN_LOOKS_MS = 2_000;

/** If a task has no answer for so long, it does not believe the last one any longer. */
const UNKNOWN_AFTER_MS = 10 * 60_000;
const UNKNOWN_AFTER_PERIODS = 3;

/** ECS refuses now and then if an account makes many calls. */
const FAILURES_TO_TELL = 3;
/** While looks fail, they are made less often, up to this factor. */
const MOST_SLOWDOWN = 8;

const ADVICE =
  "a deploy takes longer so. Let the task's role call ecs:DescribeTasks and ecs:DescribeServices, and the task reach ECS (in a network without a way out: an endpoint com.amazonaws.REGION.ecs)";

export interface LooksOptions {
  /** undefined: ECS cannot be asked. */
  lookAtService: LookAtService | undefined;
  /** Whether there is a reason to look. */
  isWanted: () => boolean;
  onView: (view: ServiceView) => void;
  /** ECS has not answered for a long time. */
  onUnknown: () => void;
  clock: Clock;
  random: () => number;
  log: Logger;
}

/** A task's looks at its service: as often as all tasks together may look, and only as long as there is a reason. */
export class Looks {
  private readonly options: LooksOptions;
  private tasks = 0;
  private atMs = -Infinity;
  private hurriedAtMs = -Infinity;
  private answeredAtMs: number;
  private slowdown = 1;
  private failures = 0;
  /** The task belongs to no service. */
  private isAlone = false;
  private looking: Promise<void> | undefined;
  private cancel: Cancel | undefined;
  private isOver = false;

  constructor(options: LooksOptions) {
    this.options = options;
    this.answeredAtMs = options.clock.now();
  }

  /**
   * Is called when there may be a reason to look. Tasks that begin together do not look together, and a task that stops and
   * begins again does not look more often.
   */
  start(): void {
    const sinceMs = this.options.clock.now() - this.atMs;
    this.after(Math.max(this.options.random() * this.periodMs, this.periodMs - sinceMs));
  }

  /** Looks at once, in addition to the regular looks, but only once in a period: reasons come often. Never rejects. */
  now(): Promise<void> {
    const nowMs = this.options.clock.now();
    if (nowMs - this.atMs < LEAST_BETWEEN_LOOKS_MS || nowMs - this.hurriedAtMs < this.periodMs)
      return this.looking ?? Promise.resolve();
    this.hurriedAtMs = nowMs;
    return this.once();
  }

  private once(): Promise<void> {
    return (this.looking ??= this.look().finally(() => (this.looking = undefined)));
  }

  stop(): void {
    this.isOver = true;
    this.cancel?.();
  }

  private get periodMs(): number {
    return lookPeriodMs(this.tasks) * this.slowdown;
  }

  private after(milliseconds: number): void {
    if (this.cancel !== undefined || this.isAlone || this.isOver) return;
    this.cancel = this.options.clock.after(milliseconds, () => {
      this.cancel = undefined;
      if (!this.options.isWanted()) return;
      void this.once().then(() => {
        this.after(this.periodMs);
      });
    });
  }

  private async look(): Promise<void> {
    const { lookAtService, clock, onView } = this.options;
    let view: ServiceView | undefined;
    try {
      view = await lookAtService?.();
      if (lookAtService !== undefined) this.succeeded(view);
    } catch (error) {
      this.failed(error);
    }
    this.atMs = clock.now();
    if (this.isOver) return;
    if (view !== undefined) onView(view);
    else this.tellUnknown();
  }

  private succeeded(view: ServiceView | undefined): void {
    const { log, clock } = this.options;
    this.answeredAtMs = clock.now();
    this.isAlone = view === undefined;
    this.tasks = view === undefined ? 0 : view.running + view.pending;
    this.slowdown = Math.max(1, this.slowdown / 2);
    if (this.failures >= FAILURES_TO_TELL) log.info('ECS tells again which version is the newest');
    this.failures = 0;
  }

  private failed(error: unknown): void {
    this.slowdown = Math.min(MOST_SLOWDOWN, this.slowdown * 2);
    this.failures += 1;
    if (this.failures === FAILURES_TO_TELL)
      this.options.log.warn(
        `ECS does not tell which version is the newest: ${describeError(error)}; ${ADVICE}`,
      );
  }

  private tellUnknown(): void {
    const unknownAfterMs = Math.max(UNKNOWN_AFTER_MS, UNKNOWN_AFTER_PERIODS * this.periodMs);
    if (!this.isAlone && this.options.clock.now() - this.answeredAtMs >= unknownAfterMs)
      this.options.onUnknown();
  }
}
