import { describe, expect, it } from '@jest/globals';
import { withoutRest } from '../../../src/features/simulate/compare';
import { evenValues } from '../../../src/features/simulate/chart';
import { pointsOf, withoutMiddles } from '../../../src/features/simulate/plot';
import { samplesOf } from './results';
import { fc } from '../../helpers/seeded';

const visible = { valueOf: ({ visible: value }: { visible: number }) => value };
const waiting = (...values: readonly number[]) => samplesOf(values.map((value) => ({ visible: value })));
const anyWaiting = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 300 });
const greatest = (values: readonly number[]) => Math.max(...values);

describe('the columns of a chart', () => {
  it('show the greatest value of their time', () => {
    expect(evenValues(waiting(1, 9, 2, 3, 0), visible, { stepSeconds: 20, count: 3 })).toEqual([9, 3, 0]);
  });

  it('hold the last value if there are more columns than samples', () => {
    expect(evenValues(waiting(4, 2), visible, { stepSeconds: 4, count: 80 })).toEqual([4, 4, 2]);
  });

  it('end where the samples end', () => {
    expect(evenValues(waiting(4, 2), visible, { stepSeconds: 5, count: 80 })).toHaveLength(3);
    expect(evenValues([], visible, { stepSeconds: 5, count: 80 })).toEqual([]);
  });

  it('lose no peak', () => {
    fc.assert(
      fc.property(anyWaiting, fc.integer({ min: 1, max: 100 }), (values, count) => {
        const stepSeconds = (values.length * 10) / count;
        const columns = evenValues(waiting(...values), visible, { stepSeconds, count });
        expect(greatest(columns)).toBe(greatest(values));
        expect(columns.length).toBeLessThanOrEqual(count);
      }),
    );
  });
});

describe('the points of a line', () => {
  it('are the samples if those are few', () => {
    expect(pointsOf(waiting(3, 1), visible, 100)).toEqual([
      { atSeconds: 0, value: 3 },
      { atSeconds: 10, value: 1 },
    ]);
  });

  it('are about as many as can be shown, in order, from the first to the last, with the highest', () => {
    fc.assert(
      fc.property(anyWaiting, fc.integer({ min: 2, max: 50 }), (values, most) => {
        const points = pointsOf(waiting(...values), visible, most);
        const times = points.map(({ atSeconds }) => atSeconds);
        expect(points.length).toBeLessThanOrEqual(most + 2);
        expect(times).toEqual([...times].sort((one, other) => one - other));
        expect([times[0], times.at(-1)]).toEqual([0, (values.length - 1) * 10]);
        expect(greatest(points.map(({ value }) => value))).toBe(greatest(values));
      }),
    );
  });

  it('leave out what a straight line shows anyway', () => {
    const points = [5, 5, 5, 2, 2, 1].map((value, atSeconds) => ({ atSeconds, value }));
    expect(withoutMiddles(points).map(({ atSeconds }) => atSeconds)).toEqual([0, 2, 3, 4, 5]);
  });
});

describe('a load that is done', () => {
  const samples = samplesOf([
    { visible: 1 },
    { inFlight: 1, tasks: 3 },
    { tasks: 3 },
    { tasks: 2 },
    { tasks: 2 },
  ]);
  it('ends with the last task that `min` does not keep', () => {
    expect(withoutRest(samples, 2)).toEqual(samples.slice(0, 4));
  });
  it('has not ended while tasks are billed', () => {
    expect(withoutRest(samples, 0)).toEqual(samples);
  });
  it('may have had nothing to do', () => {
    expect(withoutRest([], 0)).toEqual([]);
  });
});
