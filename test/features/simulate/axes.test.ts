import { describe, expect, it } from '@jest/globals';
import { countAxis, spanAxis, timeAxis } from '../../../src/features/simulate/axes';
import { fc } from '../../helpers/seeded';

const labels = ({ ticks, label }: ReturnType<typeof countAxis>) => ticks.map(label).join(' ');

it.each([
  [0, 4, '0 1'],
  [1, 4, '0 1'],
  [3, 4, '0 1 2 3'],
  [100, 4, '0 50 100'],
  [10_000, 4, '0 5,000 10,000'],
  [10_001, 4, '0 5,000 10,000 15,000'],
  [10_000_000, 4, '0 5M 10M'],
  [250_000, 5, '0 50,000 100K 150K 200K 250K'],
])('counts up to %d, about %d ticks: %s', (most, ticks, text) => {
  expect(labels(countAxis(most, ticks))).toBe(text);
});

it.each([
  [0, 4, 's: 0 1'],
  [45, 4, 's: 0 15 30 45'],
  [119, 4, 's: 0 30 60 90 120'],
  [300, 4, 'min: 0 2 4 6'],
  [3_600, 8, 'min: 0 10 20 30 40 50 60'],
  [7_200, 8, 'h: 0 0.25 0.5 0.75 1 1.25 1.5 1.75 2'],
  [86_400, 8, 'h: 0 3 6 9 12 15 18 21 24'],
  [31 * 86_400, 8, 'days: 0 5 10 15 20 25 30 35'],
])('time up to %d s, about %d ticks, in %s', (most, ticks, text) => {
  const axis = timeAxis(most, ticks);
  expect(`${axis.unit}: ${labels(axis)}`).toBe(text);
});

it('of a span ends where the span ends', () => {
  const axis = spanAxis(90_000, 8);
  expect([labels(axis), axis.end]).toEqual(['0 6 12 18 24', 90_000]);
});

describe('whatever the values', () => {
  it.each([
    { of: 'counts', axisOf: countAxis },
    { of: 'time', axisOf: timeAxis },
  ])(
    '$of: ticks are as many as asked for at most, from 0 to no less than the most, and labels differ',
    ({ axisOf }) => {
      fc.assert(
        fc.property(
          fc.double({ min: 0, max: 1e9, noNaN: true }),
          fc.integer({ min: 1, max: 12 }),
          (most, count) => {
            const axis = axisOf(most, count);
            const distances = axis.ticks.slice(1).map((tick, index) => tick - axis.ticks[index]!);
            expect(axis.ticks[0]).toBe(0);
            expect(axis.end).toBeGreaterThanOrEqual(most);
            expect(axis.ticks.length - 1).toBeLessThanOrEqual(count);
            expect(Math.min(...distances)).toBeGreaterThan(0);
            expect(Math.max(...distances) - Math.min(...distances)).toBeLessThan(
              1e-3 * Math.max(...distances),
            );
            expect(new Set(axis.ticks.map(axis.label)).size).toBe(axis.ticks.length);
          },
        ),
      );
    },
  );
});
