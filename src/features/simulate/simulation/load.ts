/** What comes in, and how long it takes. Seconds throughout. */
export interface Load {
  readonly arrivals: Arrivals;
  readonly durations: Durations;
  /** Of a FIFO queue: messages of one group are worked on one after the other. Undefined: a standard queue. */
  readonly groups?: number | undefined;
}

export type Arrivals =
  /** All at once, at second 0. */
  | { readonly kind: 'burst'; readonly messages: number }
  /** At random (a Poisson process), so many a second on average. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number }
  /** As `rate`, by the hour: as many values as hours, joined by straight lines, from the first hour's start. */
  | { readonly kind: 'curve'; readonly perSecondByHour: readonly number[] }
  /** At given seconds, from a file. */
  | { readonly kind: 'times'; readonly atSeconds: readonly number[] };

export type Durations =
  | { readonly kind: 'constant'; readonly seconds: number }
  /** Log-normal: most are short, some very long. `p95Seconds` is above `medianSeconds`. */
  | { readonly kind: 'spread'; readonly medianSeconds: number; readonly p95Seconds: number }
  /** Drawn from those that were measured. */
  | { readonly kind: 'samples'; readonly seconds: readonly number[] };
