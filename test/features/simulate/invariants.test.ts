import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { choosePolicy } from '../../../src/scaling/choose-policy';
import { copilotPolicy } from '../../../src/scaling/policies/predecessors';
import type { ScalingPolicy } from '../../../src/scaling/policy';
import { lowerBound } from '../../../src/features/simulate/bound';
import { drawLoad, Random, type Arrivals, type Load } from '../../../src/features/simulate/load';
import { Fleet, type Task } from '../../../src/features/simulate/fleet';
import { MessageQueue } from '../../../src/features/simulate/message-queue';
import { simulate, type SimulationInput } from '../../../src/features/simulate/simulation';
import { fc } from '../../helpers/seeded';

const seconds = (max: number) => fc.double({ min: 1, max, noNaN: true });

const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
  fc.record({ kind: fc.constant('burst' as const), messages: fc.integer({ min: 0, max: 200 }) }),
  fc.record({
    kind: fc.constant('times' as const),
    atSeconds: fc.array(seconds(5_000), { maxLength: 100 }),
  }),
  fc.record({
    kind: fc.constant('rate' as const),
    perSecond: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    seconds: fc.integer({ min: 1, max: 3_000 }),
  }),
);

const groups = fc.integer({ min: 1, max: 10 });

const loads = (ofGroups: fc.Arbitrary<number | undefined>): fc.Arbitrary<Load> =>
  fc.record({
    arrivals,
    durations: fc.oneof(
      fc.record({ kind: fc.constant('constant' as const), seconds: seconds(300) }),
      fc.record({
        kind: fc.constant('spread' as const),
        medianSeconds: fc.double({ min: 20, max: 60, noNaN: true }),
        p95Seconds: fc.double({ min: 61, max: 300, noNaN: true }),
      }),
    ),
    groups: ofGroups,
  });

const bounds = fc
  .record({
    min: fc.integer({ min: 0, max: 4 }),
    max: fc.integer({ min: 1, max: 40 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ min, max, concurrency }) => ({ min: Math.min(min, max), max, concurrency }));

const POLICIES: ((given: { min: number; max: number; concurrency: number }) => ScalingPolicy)[] = [
  ({ concurrency, ...given }) => choosePolicy(given, concurrency),
  ({ concurrency, ...given }) => choosePolicy({ ...given, jobDuration: 7 }, concurrency),
  ({ concurrency, ...given }) => choosePolicy({ ...given, compatibility: 'watchbot' }, concurrency),
  () => copilotPolicy({ jobSeconds: 100, latencySeconds: 90 }),
];

/** Patience ends soon: Copilot's policy never starts a task for one message. */
const COARSE = { patienceSeconds: fc.constant(20_000), sampleSeconds: fc.constant(60) };

const inputs = (
  interruptionsPerHour: fc.Arbitrary<number>,
  ofGroups: fc.Arbitrary<number | undefined> = fc.option(groups, { nil: undefined }),
): fc.Arbitrary<SimulationInput> =>
  fc
    .record({
      load: loads(ofGroups),
      bounds,
      policy: fc.nat(POLICIES.length - 1),
      seed: fc.nat(),
      world: fc.record({ interruptionsPerHour, ...COARSE }),
    })
    .map((given) => ({ ...given, policy: POLICIES[given.policy]!(given.bounds) }));

const onDemand = inputs(fc.constant(0));
const onDemandWithoutGroups = inputs(fc.constant(0), fc.constant(undefined));
const onDemandWithGroups = inputs(fc.constant(0), groups);
const any = inputs(fc.constantFrom(0, 2, 20));

/** Calls back before each task ends. */
function spyOnEnd(tell: (task: Task) => void) {
  const { end } = Fleet.prototype as { end: (this: Fleet, task: Task, nowSeconds: number) => void };
  return jest.spyOn(Fleet.prototype, 'end').mockImplementation(function (this: Fleet, task, nowSeconds) {
    tell(task);
    end.call(this, task, nowSeconds);
  });
}

afterEach(() => void jest.restoreAllMocks());

describe('whatever the load, the policy and Spot', () => {
  it('there are never more tasks than `max`, nor fewer wanted than `min`', () => {
    fc.assert(
      fc.property(any, (given) => {
        const { samples, maxTasks } = simulate(given);
        expect(maxTasks).toBeLessThanOrEqual(given.bounds.max);
        for (const { desired, tasks, inFlight, visible } of samples) {
          expect(desired).toBeGreaterThanOrEqual(given.bounds.min);
          expect(desired).toBeLessThanOrEqual(given.bounds.max);
          expect(tasks).toBeLessThanOrEqual(given.bounds.max);
          expect(Math.min(visible, inFlight)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('no task that is busy is ended by scale-in', () => {
    let checked = 0;
    fc.assert(
      fc.property(onDemand, (given) => {
        const ended: boolean[] = [];
        const spied = spyOnEnd((task) => ended.push(task.jobs.size > 0));
        simulate(given);
        spied.mockRestore();
        checked += ended.length;
        expect(ended).not.toContain(true);
      }),
      { numRuns: 60 },
    );
    expect(checked).toBeGreaterThan(0);
  });

  it('each message is done once, and begun once unless Spot took its task', () => {
    const deleted = jest.spyOn(MessageQueue.prototype, 'delete');
    const givenBack = jest.spyOn(MessageQueue.prototype, 'giveBack');
    const received = jest.spyOn(MessageQueue.prototype, 'receive');
    fc.assert(
      fc.property(any, (given) => {
        jest.clearAllMocks();
        const { messages, drainSeconds, interruptedTasks } = simulate(given);
        const done = deleted.mock.calls.map(([message]) => message);
        expect(new Set(done).size).toBe(done.length);
        if (drainSeconds !== undefined) {
          expect(done.length).toBe(messages);
          expect(received).toHaveBeenCalledTimes(messages + givenBack.mock.calls.length);
        }
        if (interruptedTasks === 0) expect(givenBack).not.toHaveBeenCalled();
      }),
      { numRuns: 60 },
    );
  });

  it('no message of a group begins before the one ahead of it is done', () => {
    const held = new Set<number>();
    fc.assert(
      fc.property(any, (given) => {
        held.clear();
        const { groups } = drawLoad(given.load, new Random(given.seed ?? 1));
        const receive = jest.spyOn(MessageQueue.prototype, 'receive');
        simulate(given);
        const order = receive.mock.results.map(({ value }) => value as number);
        receive.mockRestore();
        if (groups === undefined || given.world?.interruptionsPerHour !== 0) return;
        for (const group of new Set(groups)) {
          const ofGroup = order.filter((message) => groups[message] === group);
          expect(ofGroup).toEqual([...ofGroup].sort((one, other) => one - other));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the bound', () => {
  it('is beaten by no policy: neither in the time to drain, nor in any wait', () => {
    fc.assert(
      fc.property(onDemandWithoutGroups, (given) => {
        const result = simulate(given);
        const bound = lowerBound(given);
        expect(bound.messages).toBe(result.messages);
        if (result.drainSeconds === undefined) return;
        expect(bound.drainSeconds!).toBeLessThanOrEqual(result.drainSeconds + 1e-6);
        expect(bound.waitSeconds.p50).toBeLessThanOrEqual(result.waitSeconds.p50 + 1e-6);
        expect(bound.waitSeconds.p95).toBeLessThanOrEqual(result.waitSeconds.p95 + 1e-6);
        expect(bound.waitSeconds.max).toBeLessThanOrEqual(result.waitSeconds.max + 1e-6);
      }),
      { numRuns: 100 },
    );
  });

  it('is within twice the time to drain of any policy with groups, whose order can be lucky', () => {
    fc.assert(
      fc.property(onDemandWithGroups, (given) => {
        const { drainSeconds } = simulate(given);
        if (drainSeconds !== undefined)
          expect(lowerBound(given).drainSeconds!).toBeLessThanOrEqual(2 * drainSeconds);
      }),
      { numRuns: 60 },
    );
  });

  it('pays at least for the work', () => {
    fc.assert(
      fc.property(onDemand, (given) => {
        const { durationSeconds } = drawLoad(given.load, new Random(given.seed ?? 1));
        const workSeconds = durationSeconds.reduce((sum, each) => sum + each, 0);
        const { taskSeconds, drainSeconds } = lowerBound(given);
        if (drainSeconds !== undefined)
          expect(taskSeconds + 1e-6).toBeGreaterThanOrEqual(workSeconds / given.bounds.concurrency);
      }),
      { numRuns: 60 },
    );
  });
});
