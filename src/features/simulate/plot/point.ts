import type { Sample } from '../simulation/result';
import type { Measure } from '../measures';

export interface Point {
  atSeconds: number;
  value: number;
}

/**
 * The samples as points of a line, no more than about so many: of neighbours the greatest stays, so that no peak is
 * lost, and so do the first and the last.
 */
export function pointsOf(
  samples: readonly Sample[],
  { valueOf }: Pick<Measure, 'valueOf'>,
  most: number,
): Point[] {
  const points = samples.map((sample) => ({ atSeconds: sample.atSeconds, value: valueOf(sample) }));
  const groupSize = Math.ceil(points.length / most);
  if (groupSize <= 1) return points;
  const inner = points.slice(1, -1);
  const greatest = Array.from({ length: Math.ceil(inner.length / groupSize) }, (_, group) =>
    inner
      .slice(group * groupSize, (group + 1) * groupSize)
      .reduce((highest, point) => (point.value > highest.value ? point : highest)),
  );
  return [points[0]!, ...greatest, points.at(-1)!];
}

/**
 * Without those that a straight line through their neighbours shows anyway.
 */
export function withoutMiddles(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    return before?.value !== point.value || after?.value !== point.value;
  });
}
