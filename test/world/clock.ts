import { EventQueue } from '../../src/features/simulate/events';
import type { Cancel, Clock } from '../../src/shared/clock';

interface Timer {
  atMs: number;
  everyMs: number | undefined;
  call: (() => void) | undefined;
  /** The call settles no promise, so the world need not wait for promises after it. */
  isQuiet: boolean;
}

/**
 * The world's time. It jumps from event to event; all promises that an event settles have run before the next event.
 */
export class WorldClock implements Clock {
  events = 0;
  private nowMs = 0;
  private readonly timers = new EventQueue<Timer>();

  now(): number {
    return this.nowMs;
  }

  after(milliseconds: number, call: () => void): Cancel {
    return this.add({ atMs: this.nowMs + milliseconds, everyMs: undefined, call, isQuiet: false });
  }

  every(milliseconds: number, call: () => void): Cancel {
    return this.add({ atMs: this.nowMs + milliseconds, everyMs: milliseconds, call, isQuiet: false });
  }

  /** Like `after`, ten times cheaper, but only for calls that settle no promise. */
  quietly(milliseconds: number, call: () => void): Cancel {
    return this.add({ atMs: this.nowMs + milliseconds, everyMs: undefined, call, isQuiet: true });
  }

  /** Runs events until `untilMs`, or until `isOver` says so. */
  async run(untilMs: number, hooks: { isOver: () => boolean; afterEach: () => void }): Promise<void> {
    await settled();
    while (!hooks.isOver() && this.timers.nextAtSeconds * 1000 <= untilMs) {
      const timer = this.timers.take()!;
      if (timer.call === undefined) continue;
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      this.events += 1;
      timer.call();
      if (!timer.isQuiet) await settled();
      this.repeat(timer);
      hooks.afterEach();
    }
    if (!hooks.isOver()) this.nowMs = untilMs;
  }

  private repeat(timer: Timer): void {
    if (timer.everyMs === undefined || timer.call === undefined) return;
    timer.atMs += timer.everyMs;
    this.timers.add(timer.atMs / 1000, timer);
  }

  private add(timer: Timer): Cancel {
    this.timers.add(timer.atMs / 1000, timer);
    return () => {
      timer.call = undefined;
    };
  }
}

/** Resolves when all pending promise callbacks have run. It takes two microseconds. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The clock of one process. While the process is frozen its timers fire late; once it has ended they never fire. */
export class ProcessClock implements Clock {
  private readonly world: WorldClock;
  private isGone = false;
  private frozenUntilMs = 0;

  constructor(world: WorldClock) {
    this.world = world;
  }

  now(): number {
    return this.world.now();
  }

  after(milliseconds: number, call: () => void): Cancel {
    return this.world.after(milliseconds, () => {
      this.run(call);
    });
  }

  every(milliseconds: number, call: () => void): Cancel {
    return this.world.every(milliseconds, () => {
      this.run(call);
    });
  }

  /** Calls now, or when the process is no longer frozen: a frozen process does not notice what comes from outside. */
  run(call: () => void): void {
    if (this.isGone) return;
    const leftMs = this.frozenUntilMs - this.world.now();
    if (leftMs <= 0) call();
    else
      this.world.after(leftMs, () => {
        this.run(call);
      });
  }

  freeze(milliseconds: number): void {
    this.frozenUntilMs = this.world.now() + milliseconds;
  }

  get isFrozen(): boolean {
    return this.frozenUntilMs > this.world.now();
  }

  end(): void {
    this.isGone = true;
  }
}
