import { describe, expect, it } from '@jest/globals';
import { HELD_AHEAD_MS, Pace } from '../../../src/watcher/intake/pace';
import { createFakeClock } from '../../helpers/fake-clock';

const ROUND_TRIP_MS = 15;

function start(concurrency: number) {
  const clock = createFakeClock();
  const pace = new Pace({ concurrency, clock });
  return {
    clock,
    pace,
    /** Runs jobs of these durations one by one. */
    run: async (durationMs: number, times = 1, messages = 1) => {
      for (let job = 0; job < times; job += 1) {
        const begun = pace.begin();
        await clock.advance(durationMs);
        pace.end(begun, messages);
      }
    },
    ahead: () => pace.ahead(ROUND_TRIP_MS),
  };
}

describe('messages held ahead', () => {
  it.each([
    // The slots have work for two round trips, and a poll can ask for ten.
    { concurrency: 1, durationMs: 2, ahead: 25 },
    { concurrency: 1, durationMs: 30, ahead: 11 },
    { concurrency: 16, durationMs: 16, ahead: 40 },
    { concurrency: 50, durationMs: 100, ahead: 25 },
    // As many as begin within a second.
    { concurrency: 1, durationMs: 100, ahead: 9 },
    { concurrency: 4, durationMs: 400, ahead: 8 },
    // Ten do not fit into a second.
    { concurrency: 1, durationMs: 120, ahead: 0 },
    { concurrency: 4, durationMs: 500, ahead: 0 },
    { concurrency: 50, durationMs: 901, ahead: 0 },
    { concurrency: 50, durationMs: 60_000, ahead: 0 },
  ])('are $ahead with jobs of $durationMs ms at $concurrency', async ({ concurrency, durationMs, ahead }) => {
    const { run, ahead: known } = start(concurrency);
    await run(durationMs, 64);
    expect(known()).toBe(ahead);
  });

  it('count by messages if a worker takes batches', async () => {
    const { run, ahead } = start(1);
    await run(20, 200, 10);
    expect(ahead()).toBe(25);
  });

  it('are none before some jobs have shown how long they take', async () => {
    const { run, ahead } = start(1);
    await run(2, 9);
    expect(ahead()).toBe(0);
    await run(2, 7);
    expect(ahead()).toBe(25);
  });

  it('are none while one job that may be long has the only slot, and few while it gets longer', async () => {
    const { run, ahead, pace, clock } = start(1);
    await run(2, 64);
    pace.begin();
    await clock.advance(90);
    expect(ahead()).toBe(10);
    await clock.advance(23);
    expect(ahead()).toBe(0);
  });

  it('are none for some time after one long job, where it kept the only slot', async () => {
    const { run, ahead } = start(1);
    await run(2, 64);
    await run(5_000);
    expect(ahead()).toBe(0);
    await run(2, 63);
    expect(ahead()).toBe(0);
    await run(2, 8);
    expect(ahead()).toBe(25);
  });

  it('do not fall for a job in twenty that is held up for a moment', async () => {
    const { run, ahead } = start(1);
    for (let round = 0; round < 20; round += 1) {
      await run(150);
      await run(2, 24);
      expect(ahead()).toBeGreaterThanOrEqual(round === 0 ? 0 : 11);
    }
  });

  it('are held for the slots that go on, where long jobs keep up to half of them', async () => {
    const { run, ahead, pace, clock } = start(10);
    await run(10, 64);
    const free = ahead();
    for (let stuck = 1; stuck <= 4; stuck += 1) pace.begin();
    await clock.advance(10_000);
    expect([free, ahead()]).toEqual([40, 28]);
    pace.begin();
    await clock.advance(10_000);
    expect(ahead()).toBe(0);
  });

  it('are none for a thousand jobs after some had to go back', async () => {
    const { run, ahead, pace } = start(1);
    await run(2, 64);
    pace.wasWrong();
    await run(2, 999);
    expect(ahead()).toBe(0);
    await run(2);
    expect(ahead()).toBe(25);
  });
});

describe('a deletion', () => {
  it.each([
    { concurrency: 1, durationMs: 5, tenMs: 50 },
    { concurrency: 1, durationMs: 100, tenMs: HELD_AHEAD_MS },
    { concurrency: 10, durationMs: 100, tenMs: 100 },
    { concurrency: 1, durationMs: 2_000, tenMs: 0 },
  ])(
    'waits for ten jobs of $durationMs ms at $concurrency: $tenMs ms',
    async ({ concurrency, durationMs, tenMs }) => {
      const { run, pace } = start(concurrency);
      await run(durationMs, 64);
      // None runs, and none will end.
      expect(pace.tenMs).toBe(0);
      pace.begin();
      expect(pace.tenMs).toBe(tenMs);
    },
  );
});
