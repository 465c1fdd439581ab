import type { Arrivals, Durations, Load } from './load';
import type { Random } from './random';

const HOUR_SECONDS = 3_600;

/** z of the 95th of 100 in a normal distribution. */
const Z95 = 1.6449;

/** A load drawn: message by message, in the order of arrival. */
export interface DrawnLoad {
  readonly arrivalSeconds: Float64Array;
  readonly durationSeconds: Float64Array;
  /** Each message's group; undefined: a standard queue. */
  readonly groups: Uint32Array | undefined;
}

/** The same random numbers for every policy: they are drawn before it runs. */
export function drawLoad({ arrivals, durations, groups }: Load, random: Random): DrawnLoad {
  const arrivalSeconds = Float64Array.from(drawArrivals(arrivals, random)).sort();
  const drawDuration = durationDrawer(durations, random);
  return {
    arrivalSeconds,
    durationSeconds: arrivalSeconds.map(() => drawDuration()),
    groups:
      groups === undefined
        ? undefined
        : Uint32Array.from({ length: arrivalSeconds.length }, () => random.below(groups)),
  };
}

function drawArrivals(arrivals: Arrivals, random: Random): Iterable<number> {
  switch (arrivals.kind) {
    case 'burst':
      return new Float64Array(arrivals.messages);
    case 'rate':
      return drawRate(arrivals.perSecond, arrivals.seconds, random);
    case 'curve':
      return drawCurve(arrivals.perSecondByHour, random);
    case 'times':
      return arrivals.atSeconds;
  }
}

function drawRate(perSecond: number, seconds: number, random: Random): Iterable<number> {
  return poisson({ perSecond: () => perSecond, most: perSecond, seconds }, random);
}

function drawCurve(byHour: readonly number[], random: Random): Iterable<number> {
  // The curve closes: the day's last hour leads to its first.
  const perSecond = (atSeconds: number) => {
    const hour = atSeconds / HOUR_SECONDS;
    const from = byHour[Math.floor(hour) % byHour.length]!;
    const to = byHour[(Math.floor(hour) + 1) % byHour.length]!;
    return from + (to - from) * (hour % 1);
  };
  return poisson({ perSecond, most: Math.max(...byHour), seconds: byHour.length * HOUR_SECONDS }, random);
}

/** By thinning: drawn at the highest rate, and left out as the rate is lower. */
function* poisson(
  { perSecond, most, seconds }: { perSecond: (atSeconds: number) => number; most: number; seconds: number },
  random: Random,
): Iterable<number> {
  if (most <= 0) return;
  for (let at = random.exponential(most); at < seconds; at += random.exponential(most)) {
    if (random.next() * most < perSecond(at)) yield at;
  }
}

function durationDrawer(durations: Durations, random: Random): () => number {
  switch (durations.kind) {
    case 'constant':
      return () => durations.seconds;
    case 'spread': {
      const sigma = Math.log(durations.p95Seconds / durations.medianSeconds) / Z95;
      return () => durations.medianSeconds * Math.exp(sigma * random.normal());
    }
    case 'samples':
      return () => durations.seconds[random.below(durations.seconds.length)]!;
  }
}
