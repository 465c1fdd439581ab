import type { Clock } from '../../src/shared/clock';

interface Timer {
  dueMs: number;
  everyMs: number | undefined;
  call: () => void;
}

/** A clock whose time passes only in `advance`. */
export interface FakeClock extends Clock {
  /** Lets time pass, and calls the timers that become due, in order. */
  advance(milliseconds: number): Promise<void>;
}

export function createFakeClock(startMs = 1_000_000): FakeClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const add = (milliseconds: number, everyMs: number | undefined, call: () => void) => {
    const timer = { dueMs: nowMs + milliseconds, everyMs, call };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const next = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  return {
    now: () => nowMs,
    after: (milliseconds, call) => add(milliseconds, undefined, call),
    every: (milliseconds, call) => add(milliseconds, milliseconds, call),
    advance: async (milliseconds) => {
      const untilMs = nowMs + milliseconds;
      await settled();
      for (let timer = next(untilMs); timer !== undefined; timer = next(untilMs)) {
        nowMs = timer.dueMs;
        if (timer.everyMs === undefined) timers.delete(timer);
        else timer.dueMs += timer.everyMs;
        timer.call();
        await settled();
      }
      nowMs = untilMs;
      await settled();
    },
  };
}

/** Resolves when all pending promise callbacks have run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
