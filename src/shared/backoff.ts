/** In one unit: all seconds, or all milliseconds. */
export interface BackoffBounds {
  /** The wait after the first failure. */
  first: number;
  most: number;
}

/** Waits between attempts grow exponentially: twice as long after each failure, up to a limit. */
export function exponentialWait(failuresBefore: number, { first, most }: BackoffBounds): number {
  return Math.min(most, first * 2 ** failuresBefore);
}

/**
 * The same with jitter, so that clients which failed together do not retry together. At least half of the wait is
 * certain, so that chance alone never makes a busy loop.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function jitteredWait(failuresBefore: number, bounds: BackoffBounds, random: () => number): number {
  const longest = exponentialWait(failuresBefore, bounds);
  return longest / 2 + (random() * longest) / 2;
}

/** Waits with jitter that grow while a service fails, and are short again once it has answered. */
export interface Backoff {
  /** Milliseconds to wait after one more failure. */
  next(): number;
  reset(): void;
}

export const LONGEST_BACKOFF_MS = 30_000;

const BOUNDS_MS: BackoffBounds = { first: 250, most: LONGEST_BACKOFF_MS };

export function createBackoff(random: () => number): Backoff {
  let failures = 0;
  return {
    next: () => {
      const waitMs = jitteredWait(failures, BOUNDS_MS, random);
      failures += 1;
      return waitMs;
    },
    reset: () => {
      failures = 0;
    },
  };
}
