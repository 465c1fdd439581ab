import type { Sample } from './simulation/result';
import type { Measure } from './measures';

/** Where the columns of a chart are in time. */
export interface Grid {
  stepSeconds: number;
  count: number;
}

/**
 * A measure's values at even distances from the start, up to the last sample. Each stands for the stretch up to the next
 * one, and is the greatest in it, so that no peak is lost; where a stretch has no sample, the last one before it holds.
 */
export function evenValues(
  samples: readonly Sample[],
  { valueOf }: Pick<Measure, 'valueOf'>,
  { stepSeconds, count }: Grid,
): number[] {
  const lastSeconds = samples.at(-1)?.atSeconds;
  if (lastSeconds === undefined) return [];
  const values: (number | undefined)[] = Array.from({
    length: Math.min(count, Math.floor(lastSeconds / stepSeconds) + 1),
  });
  for (const sample of samples) {
    const index = Math.min(Math.floor(sample.atSeconds / stepSeconds), values.length - 1);
    values[index] = Math.max(values[index] ?? 0, valueOf(sample));
  }
  let held = 0;
  return values.map((value) => (held = value ?? held));
}
