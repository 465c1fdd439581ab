import { HOUR_SECONDS } from '../../shared/durations';

/** What comes in, and how long jobs take. All times are in seconds. */
export interface Load {
  readonly arrivals: Arrivals;
  readonly durations: Durations;
  /**
   * How many groups a FIFO queue has, whose messages are worked on one after the other. Undefined: a standard queue.
   */
  readonly groups?: number | undefined;
}

export type Arrivals =
  /** All at once, at second 0. */
  | { readonly kind: 'burst'; readonly messages: number }
  /** At random (a Poisson process), `perSecond` on average. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number }
  /** As `rate`, with a value for the start of each hour; between them the rate follows straight lines. */
  | { readonly kind: 'curve'; readonly perSecondByHour: readonly number[] }
  /** At given seconds, from a file. */
  | { readonly kind: 'times'; readonly atSeconds: readonly number[] };

export type Durations =
  | { readonly kind: 'constant'; readonly seconds: number }
  /** Log-normal: most are short, some very long. `p95Seconds` is above `medianSeconds`. */
  | { readonly kind: 'spread'; readonly medianSeconds: number; readonly p95Seconds: number }
  /** Drawn from measured durations. */
  | { readonly kind: 'samples'; readonly seconds: readonly number[] };

/** About how many messages come: if the load is drawn at random, there may be more or fewer. */
export function countOf(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'burst':
      return arrivals.messages;
    case 'rate':
      return arrivals.perSecond * arrivals.seconds;
    case 'curve':
      return arrivals.perSecondByHour.reduce((sum, perSecond) => sum + perSecond * HOUR_SECONDS, 0);
    case 'times':
      return arrivals.atSeconds.length;
  }
}

/** The time from the first arrival to the last. */
export function secondsOf(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'burst':
      return 0;
    case 'rate':
      return arrivals.seconds;
    case 'curve':
      return arrivals.perSecondByHour.length * HOUR_SECONDS;
    case 'times':
      return arrivals.atSeconds.at(-1) ?? 0;
  }
}

/** The 95th percentile of a normal distribution, in standard deviations. */
const Z95 = 1.6449;

/** A load that has been drawn: its messages in the order of arrival. */
export interface DrawnLoad {
  readonly arrivalSeconds: Float64Array;
  readonly durationSeconds: Float64Array;
  /** Each message's group; undefined: a standard queue. */
  readonly groups: Uint32Array | undefined;
}

/** Every policy gets the same random numbers, because they are drawn before it runs. */
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
  // The curve is closed: the last hour of the day leads to the first.
  const perSecond = (atSeconds: number) => {
    const hour = atSeconds / HOUR_SECONDS;
    const from = byHour[Math.floor(hour) % byHour.length]!;
    const to = byHour[(Math.floor(hour) + 1) % byHour.length]!;
    return from + (to - from) * (hour % 1);
  };
  return poisson({ perSecond, most: Math.max(...byHour), seconds: byHour.length * HOUR_SECONDS }, random);
}

/** By thinning: arrivals are drawn at the highest rate, and left out in proportion when the rate is lower. */
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

/** Pseudo-random numbers, which are the same for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** At least 0 and less than 1, by mulberry32: a counter in 32 bits, well mixed. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below the given one. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** The time until the next of events that happen at random, `perSecond` on average. */
  exponential(perSecond: number): number {
    return -Math.log(1 - this.next()) / perSecond;
  }

  /** From a normal distribution with mean 0 and standard deviation 1, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
