import { describe, expect, it } from '@jest/globals';
import { drawWorldOfShortJobs } from './draw';
import { INVARIANTS, type Invariant } from './invariants';
import { burst, each } from './scenarios';
import { HOUR, runWorld, type WorldResult, type WorldSettings } from './world';

const HELD: readonly Invariant[] = (Object.keys(INVARIANTS) as Invariant[]).filter(
  (name) => name !== 'cutUnprotected',
);

const broken = ({ violations }: WorldResult) =>
  [...violations]
    .filter(([name]) => HELD.includes(name))
    .map(([name, { count, text }]) => `${name} ${count}: ${text}`);

/** When all tasks are there. */
const BEGIN_MS = 200_000;

const run = async (
  planned: WorldSettings['planned'],
  { tasks = 2, ...watcher }: WorldSettings['watcher'] & { tasks?: number } = {},
) => {
  const result = await runWorld({
    name: 'by hand',
    seed: 1,
    scaling: { min: tasks, max: tasks },
    untilMs: HOUR,
    planned: planned.map((message) => ({ ...message, atMs: BEGIN_MS + message.atMs })),
    watcher,
  });
  expect([broken(result), result.done]).toEqual([[], planned.length]);
  const calls = Object.values(result.sqsCalls).reduce((sum, count) => sum + count, 0);
  return { ...result, tookMs: result.endedAtMs - BEGIN_MS, callsAMessage: calls / planned.length };
};

const withGroups = (planned: WorldSettings['planned'], groups: number) =>
  planned.map((message, index) => ({ ...message, group: index % groups }));

/** One in `every` jobs takes so long. */
const withLong = (planned: WorldSettings['planned'], every: number, durationMs: number) =>
  planned.map((message, index) => (index % every === every / 2 ? { ...message, durationMs } : message));

describe('a backlog of short jobs', () => {
  it.each([
    // Behind an SQS that answers after some 16 ms. Before messages were held ahead: 42, 232, 37, 25 and 4.2 s.
    { concurrency: 1, durationMs: 5, mostSeconds: 11 },
    { concurrency: 1, durationMs: 100, mostSeconds: 205 },
    { concurrency: 2, durationMs: 20, mostSeconds: 21 },
    { concurrency: 10, durationMs: 100, mostSeconds: 21 },
    { concurrency: 16, durationMs: 5, mostSeconds: 1.5 },
  ])(
    'of $durationMs ms at $concurrency takes two tasks as long as the jobs take',
    async ({ concurrency, durationMs, mostSeconds }) => {
      const { tookMs, callsAMessage, heldMs, receivedInVain } = await run(burst(4_000, durationMs), {
        concurrency,
      });
      expect(tookMs).toBeLessThan(mostSeconds * 1000);
      expect(callsAMessage).toBeLessThan(0.25);
      expect(heldMs.p95).toBeLessThan(1_000);
      expect(receivedInVain).toBe(0);
    },
  );

  it.each([
    // One poll of one message after the other took two tasks 37, 37 and 16 s.
    { groups: 10, concurrency: 1, mostSeconds: 7.5 },
    { groups: 100, concurrency: 1, mostSeconds: 7.5 },
    { groups: 100, concurrency: 10, mostSeconds: 2 },
  ])(
    'of $groups groups of a FIFO queue at $concurrency keeps the order, and takes less than $mostSeconds s',
    async ({ groups, concurrency, mostSeconds }) => {
      const { tookMs, receivedInVain } = await run(withGroups(burst(2_000, 5), groups), {
        concurrency,
        isFifo: true,
      });
      expect(tookMs).toBeLessThan(mostSeconds * 1000);
      expect(receivedInVain).toBe(0);
    },
  );
});

describe('few messages', () => {
  it('are spread over all tasks: none hoards what others could begin', async () => {
    const waves = [0, 1_000, 2_000, 3_000, 10_000, 20_000].flatMap((atMs) => burst(40, 90, { atMs }));
    const { waitSeconds } = await run(waves, { tasks: 20 });
    // Two rounds of 90 ms.
    expect(waitSeconds.max).toBeLessThanOrEqual(0.2);
  });

  it.each([1, 4])(
    'that come one by one cost no more empty receives than waiting does, at %d',
    async (concurrency) => {
      const trickle = each(500, 600, { durationMs: 20 });
      const { emptyReceives, heldMs } = await run(trickle, { concurrency });
      // Two tasks wait 200 s for the first message.
      expect(emptyReceives).toBeLessThanOrEqual(30);
      expect(heldMs.p95).toBe(0);
    },
  );
});

describe('long jobs among short ones', () => {
  it.each([
    { concurrency: 1, every: 50 },
    { concurrency: 1, every: 500 },
    { concurrency: 4, every: 500 },
    { concurrency: 10, every: 50 },
  ])(
    'keep held messages for a second at most, which seldom go back: one in $every at $concurrency',
    async ({ concurrency, every }) => {
      const { heldMs, receivedInVain, begins } = await run(withLong(burst(4_000, 20), every, 20_000), {
        concurrency,
      });
      // The first message of each task waits for its protection.
      expect(heldMs.max).toBeLessThan(1_000);
      expect(receivedInVain / begins).toBeLessThan(0.02);
    },
  );

  it('are never in the way of a task that does not know its jobs yet', async () => {
    const { heldMs, receivedInVain } = await run(burst(200, 5_000), { tasks: 5 });
    expect([heldMs.p95, receivedInVain]).toEqual([0, 0]);
  });
});

describe('twenty random worlds of short jobs, some with long ones among them', () => {
  it.each(Array.from({ length: 4 }, (_, index) => index * 5))(
    'hold all invariants, from seed %d on',
    async (from) => {
      for (let seed = from; seed < from + 5; seed += 1) {
        const result = await runWorld(drawWorldOfShortJobs(seed));
        expect({ seed, broken: broken(result) }).toEqual({ seed, broken: [] });
      }
    },
  );
});
