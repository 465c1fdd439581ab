/** The time of day by which requests are signed: AWS takes none that is five minutes off. */
export interface SigningClock {
  now(): Date;
  /** Sets it by the other side's word, where that is far from what it was signed by: whether it has been set. */
  correct(date: string | undefined): boolean;
}

/** Below what AWS takes, so that a request is not refused again by a hair. */
const TOLERANCE_MS = 4 * 60_000;

export function createSigningClock(timeOfDay: { now(): number }): SigningClock {
  let offsetMs = 0;
  return {
    now: () => new Date(timeOfDay.now() + offsetMs),
    correct: (date) => {
      const skewMs = Date.parse(date ?? '') - timeOfDay.now();
      if (Number.isNaN(skewMs) || Math.abs(skewMs - offsetMs) < TOLERANCE_MS) return false;
      offsetMs = skewMs;
      return true;
    },
  };
}
