/** Exponential backoff with jitter: waits that grow while a service fails, and differ between its callers. */
export interface Backoff {
  /** Milliseconds to wait after one more failure. */
  next(): number;
  reset(): void;
}

const BASE_MS = 250;
/** The longest wait. */
export const LONGEST_BACKOFF_MS = 30_000;

/** https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export function createBackoff(random: () => number): Backoff {
  let failures = 0;
  return {
    next: () => {
      const ceiling = Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** failures);
      failures += 1;
      // At least half of the ceiling, so that jitter alone never makes a busy loop.
      return ceiling / 2 + (random() * ceiling) / 2;
    },
    reset: () => {
      failures = 0;
    },
  };
}
