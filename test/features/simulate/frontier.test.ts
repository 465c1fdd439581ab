import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Autoscaler } from '../../../src/scaling/aws/application-auto-scaling';
import { choosePolicy, type ScalingChoice } from '../../../src/scaling/choose-policy';
import { watchbotPolicy } from '../../../src/scaling/policies/predecessors';
import type { ScalingPolicy } from '../../../src/scaling/policy';
import { lowerBound } from '../../../src/features/simulate/bound';
import type { Load } from '../../../src/features/simulate/load';
import {
  simulate,
  type SimulationInput,
  type SimulationResult,
} from '../../../src/features/simulate/simulation';
import { DAY } from '../../world/scenarios';
import { burst } from '../../scaling/support';

/** A load, and the most tasks that there may be for it. */
type Case = readonly [load: Load, max: number];

/** The loads of `npm run bench scaling`. */
const BURSTS: readonly Case[] = [
  [burst(10_000, 30), 100],
  [burst(1_000, 10), 50],
  [burst(100, 60), 20],
  [burst(100_000, 5), 500],
  [burst(20, 600), 10],
];
const MOST_ON_THE_DAY = 300;

type Run = (input: Omit<SimulationInput, 'policy'>) => SimulationResult;

const under =
  (policy: ScalingPolicy): Run =>
  (input) =>
    simulate({ ...input, policy });

/** Half a minute: the result is about the mean over all moments of CloudWatch's minute. */
const figuresOf = (run: Run, [load, max]: Case) => {
  const bounds = { min: 0, max, concurrency: 1 };
  const { drainSeconds, ...result } = run({ load, bounds, world: { metricPhaseSeconds: 30 } });
  return {
    drain: drainSeconds ?? NaN,
    cost: result.taskSeconds,
    launches: result.startedTasks,
    p95: result.waitSeconds.p95,
  };
};

const ours = (max: number, more: Partial<ScalingChoice> = {}) => choosePolicy({ min: 0, max, ...more }, 1);
/** Steps for the curve, from its lowest to nearly its highest rate. */
const MORNING: Load = {
  ...DAY,
  arrivals: { kind: 'curve', perSecondByHour: [0.5, 1, 2, 4, 6, 3] },
};

describe('the daily curve', () => {
  it('takes at most 2,000 launches and 1.12 of the bound’s task-hours, at a p95 wait below 30 s', () => {
    const day: Case = [DAY, MOST_ON_THE_DAY];
    const { launches, cost, p95 } = figuresOf(under(ours(MOST_ON_THE_DAY)), day);
    const bound = figuresOf(lowerBound, day);
    expect(launches).toBeLessThanOrEqual(2_000);
    expect(cost / bound.cost).toBeLessThanOrEqual(1.12);
    expect(p95).toBeLessThan(30);
  });

  it('has fewer launches and more task-hours the longer idle tasks stay', () => {
    const mornings = [60, 120, 240, 600].map((keepIdle) =>
      figuresOf(under(ours(MOST_ON_THE_DAY, { keepIdle })), [MORNING, MOST_ON_THE_DAY]),
    );
    for (const [index, morning] of mornings.slice(1).entries()) {
      expect(morning.launches).toBeLessThan(mornings[index]!.launches);
      expect(morning.cost).toBeGreaterThan(mornings[index]!.cost);
    }
  });
});

describe('bursts', () => {
  const geometric = (ratio: (each: Case) => number) =>
    Math.exp(BURSTS.reduce((sum, each) => sum + Math.log(ratio(each)), 0) / BURSTS.length);
  const all = new Map<Case, Record<'ours' | 'watchbot' | 'bound', ReturnType<typeof figuresOf>>>();

  beforeAll(() => {
    for (const each of BURSTS) {
      const max = each[1];
      all.set(each, {
        ours: figuresOf(under(ours(max)), each),
        watchbot: figuresOf(under(watchbotPolicy({ max })), each),
        bound: figuresOf(lowerBound, each),
      });
    }
  });

  it('are done twice as fast as by Watchbot’s policy, at 0.75 of its task-hours', () => {
    expect(geometric((each) => all.get(each)!.watchbot.drain / all.get(each)!.ours.drain)).toBeGreaterThan(2);
    expect(geometric((each) => all.get(each)!.ours.cost / all.get(each)!.watchbot.cost)).toBeLessThan(0.75);
  });

  it('are done within 1.3 of the bound, and no task is launched twice', () => {
    expect(geometric((each) => all.get(each)!.ours.drain / all.get(each)!.bound.drain)).toBeLessThan(1.3);
    expect(BURSTS.map((each) => all.get(each)!.ours.launches)).toEqual([100, 50, 20, 500, 10]);
  });
});

/**
 * Each alarm is evaluated in its own second of the minute, so two that want different numbers would undo each other. If
 * more tasks are protected than are desired, ECS refuses protection.
 */
describe('the parts of the policy agree, and leave as many tasks as have work', () => {
  const ofOneDuration = (arrivals: Load['arrivals'], seconds: number, groups?: number): Load => ({
    arrivals,
    durations: { kind: 'constant', seconds },
    groups,
  });
  const hours = (perSecond: number): Load['arrivals'] => ({ kind: 'rate', perSecond, seconds: 4 * 3_600 });

  it.each<[string, Load, Partial<ScalingChoice>, number]>([
    ['a morning', MORNING, {}, 1],
    ['a morning, with four at once', MORNING, {}, 4],
    ['a morning of jobs whose duration is known', MORNING, { jobDuration: 15 }, 1],
    ['a burst', burst(5_000, 30), {}, 1],
    ['a burst of message groups', { ...burst(1_000, 10), groups: 8 }, {}, 1],
    ['message groups', ofOneDuration(hours(2), 10, 30), {}, 1],
    ['short jobs', ofOneDuration(hours(15), 1), { jobDuration: 1 }, 1],
    ['rare ones', ofOneDuration(hours(0.002), 900), {}, 1],
  ])('%s', (_name, ...given) => {
    const [load, more, concurrency] = given;
    const bounds = { min: 0, max: 80, concurrency };
    const policy = choosePolicy({ ...bounds, ...more }, concurrency);
    expect(faultsOf({ policy, bounds, load })).toEqual({ differ: [], fewer: [] });
  });
});

/**
 * Minutes in which the parts want different numbers of tasks, and minutes after which fewer are desired than have
 * work.
 */
function faultsOf(input: SimulationInput) {
  const faults: { differ: number[][]; fewer: number[][] } = { differ: [], fewer: [] };
  const decide = Object.getOwnPropertyDescriptor(Autoscaler.prototype, 'decide')!
    .value as Autoscaler['decide'];
  const spy = jest.spyOn(Autoscaler.prototype, 'decide');
  spy.mockImplementation(function (this: Autoscaler, nowSeconds, capacity) {
    const wanted = new Set(this.wishes(nowSeconds, capacity).map((wish) => wish.wanted));
    if (wanted.size > 1) faults.differ.push([...wanted]);
    const desired = decide.call(this, nowSeconds, capacity);
    const inHand = this.metrics.point({ minutes: 1, agoMinutes: 0 })[0]?.inFlight ?? 0;
    if (desired < Math.ceil(inHand / input.bounds.concurrency)) faults.fewer.push([desired, inHand]);
    return desired;
  });
  try {
    simulate(input);
  } finally {
    spy.mockRestore();
  }
  return faults;
}
