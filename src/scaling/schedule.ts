/** Tasks by the clock: from then on, until another entry says otherwise. */
export interface ScheduledBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * The fewest tasks and the most that there may be at any time of the day: steps reach to both, since AWS keeps what a
 * policy asks for within those of the hour.
 */
export function widestBounds(scaling: {
  readonly min: number;
  readonly max: number;
  readonly schedule?: readonly ScheduledBounds[] | undefined;
}): { min: number; max: number } {
  const { schedule = [] } = scaling;
  return {
    min: schedule.reduce((least, { min = least }) => Math.min(least, min), scaling.min),
    max: schedule.reduce((most, { max = most }) => Math.max(most, max), scaling.max),
  };
}
