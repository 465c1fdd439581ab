import { EventQueue } from '../../src/features/simulate/events';
import type { Cancel, Clock } from '../../src/watcher/clock';

interface Timer {
  atMs: number;
  everyMs: number | undefined;
  call: (() => void) | undefined;
  /** Nobody awaits what it does. */
  isQuiet: boolean;
}

/** The world's time: it goes on from one event to the next, and each is over, with all that awaits it, before the next. */
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

  /** As `after`, for what settles no promise: it costs a tenth. */
  quietly(milliseconds: number, call: () => void): Cancel {
    return this.add({ atMs: this.nowMs + milliseconds, everyMs: undefined, call, isQuiet: true });
  }

  /** Until the time, or until it is over. */
  async run(untilMs: number, parts: { isOver: () => boolean; afterEach: () => void }): Promise<void> {
    await settled();
    while (!parts.isOver() && this.timers.nextAtSeconds * 1000 <= untilMs) {
      const timer = this.timers.take()!;
      if (timer.call === undefined) continue;
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      this.events += 1;
      timer.call();
      if (!timer.isQuiet) await settled();
      this.again(timer);
      parts.afterEach();
    }
    if (!parts.isOver()) this.nowMs = untilMs;
  }

  private again(timer: Timer): void {
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

/** All that promises have to do: two microseconds, most of them the system's. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A process's time. What it waits for comes late while it stands still, and never once it is gone. */
export class ProcessClock implements Clock {
  private readonly world: WorldClock;
  private isGone = false;
  private standsUntilMs = 0;

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

  /** What comes from outside: it is noticed when the process goes on. */
  run(call: () => void): void {
    if (this.isGone) return;
    const leftMs = this.standsUntilMs - this.world.now();
    if (leftMs <= 0) call();
    else
      this.world.after(leftMs, () => {
        this.run(call);
      });
  }

  stand(milliseconds: number): void {
    this.standsUntilMs = this.world.now() + milliseconds;
  }

  get isStanding(): boolean {
    return this.standsUntilMs > this.world.now();
  }

  end(): void {
    this.isGone = true;
  }
}
