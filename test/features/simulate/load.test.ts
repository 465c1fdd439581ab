import { describe, expect, it } from '@jest/globals';
import { drawLoad, Random, type Arrivals, type Durations } from '../../../src/features/simulate/load';
import { EventQueue } from '../../../src/features/simulate/events';
import { fc } from '../../helpers/seeded';

const second: Durations = { kind: 'constant', seconds: 1 };
const one: Arrivals = { kind: 'burst', messages: 20_000 };
const draw = (arrivals: Arrivals, durations: Durations = second, groups?: number) =>
  drawLoad({ arrivals, durations, groups }, new Random(7));
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const percentile = (values: Iterable<number>, share: number) => {
  const all = sorted(values);
  return all[Math.floor(share * all.length)]!;
};

describe('a load that is drawn', () => {
  it('comes all at once', () => {
    expect([...draw({ kind: 'burst', messages: 3 }).arrivalSeconds]).toEqual([0, 0, 0]);
  });

  it('comes at given times, in order', () => {
    expect([...draw({ kind: 'times', atSeconds: [5, 1, 3] }).arrivalSeconds]).toEqual([1, 3, 5]);
  });

  it('comes at random at a rate, with random distances between messages', () => {
    const { arrivalSeconds } = draw({ kind: 'rate', perSecond: 2, seconds: 10_000 });
    expect(arrivalSeconds.length).toBeGreaterThan(19_500);
    expect(arrivalSeconds.length).toBeLessThan(20_500);
    expect([...arrivalSeconds]).toEqual(sorted(arrivalSeconds));
    const gaps = arrivalSeconds.slice(1).map((at, index) => at - arrivalSeconds[index]!);
    // The median of an exponential distribution with a mean of 0.5.
    expect(percentile(gaps, 0.5)).toBeCloseTo(Math.log(2) / 2, 1);
  });

  it('follows its curve from hour to hour', () => {
    const { arrivalSeconds } = draw({ kind: 'curve', perSecondByHour: [0, 4, 0, 0] });
    const inHour = [0, 1, 2, 3].map(
      (hour) => arrivalSeconds.filter((at) => Math.floor(at / 3_600) === hour).length,
    );
    // Up to 4 and down again: 2 on average. Then nothing.
    for (const count of inHour.slice(0, 2)) {
      expect(count).toBeGreaterThan(6_900);
      expect(count).toBeLessThan(7_500);
    }
    expect(inHour.slice(2)).toEqual([0, 0]);
  });

  it('takes as long as its median and its 95th percentile say', () => {
    const { durationSeconds } = draw(one, { kind: 'spread', medianSeconds: 10, p95Seconds: 60 });
    expect(percentile(durationSeconds, 0.5) / 10).toBeCloseTo(1, 1);
    expect(percentile(durationSeconds, 0.95) / 60).toBeCloseTo(1, 1);
  });

  it('takes as long as was measured', () => {
    const { durationSeconds } = draw(one, { kind: 'samples', seconds: [2, 4, 9] });
    expect(sorted(new Set(durationSeconds))).toEqual([2, 4, 9]);
  });

  it('has groups, each about as often as the others', () => {
    const { groups } = draw(one, second, 4);
    for (const group of [0, 1, 2, 3]) {
      expect(groups!.filter((each) => each === group).length / 5_000).toBeCloseTo(1, 1);
    }
    expect(draw(one).groups).toBeUndefined();
  });
});

describe('what will happen', () => {
  it('comes in the order of time and, at the same time, in the order in which it was added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const events = new EventQueue<{ at: number; made: number }>();
        times.forEach((at, made) => {
          events.add(at, { at, made });
        });
        const taken = times.map(() => events.take()!);
        expect(taken).toEqual([...taken].sort((a, b) => a.at - b.at || a.made - b.made));
        expect(events.take()).toBeUndefined();
        expect(events.nextAtSeconds).toBe(Infinity);
      }),
    );
  });
});
