import { describe, expect, it } from '@jest/globals';
import { drawLoad, Random } from '../../src/features/simulate/load';
import { SEED } from '../helpers/seeded';
import { drawWorld, drawWorldOfShortJobs } from './draw';
import { INVARIANTS, type Invariant } from './invariants';
import { DAY } from './scenarios';
import { HOUR, runWorld, type WorldResult } from './world';

const WORLDS = 1_000;
const WORLDS_PER_TEST = 50;
const FIRST = SEED * 1_000_000;
const MINUTE = 60_000;

/** Nothing protects a task that cannot reach its agent or ECS. How many worlds have such a job cut short is printed. */
const HELD = (Object.keys(INVARIANTS) as Invariant[]).filter((name) => name !== 'cutUnprotected');

describe('three hundred worlds of short jobs, some with long ones among them', () => {
  it.each(Array.from({ length: 6 }, (_, index) => FIRST + index * WORLDS_PER_TEST))(
    'hold all invariants, from seed %d on',
    async (from) => {
      for (let seed = from; seed < from + WORLDS_PER_TEST; seed += 1) {
        const { violations } = await runWorld(drawWorldOfShortJobs(seed));
        const wrong = HELD.filter((name) => violations.has(name));
        const seen = wrong.map((name) => `${name}: ${violations.get(name)!.text}`);
        expect({ seed, seen }).toEqual({ seed, seen: [] });
      }
    },
    5 * MINUTE,
  );
});

describe('a thousand worlds', () => {
  const total = {
    messages: 0,
    begins: 0,
    repeats: 0,
    dead: 0,
    deploys: 0,
    launches: 0,
    wastedHours: 0,
    taskHours: 0,
  };
  /** Violated invariants, and the seeds of their worlds. */
  const broken = new Map<Invariant, number[]>();

  const add = (seed: number, result: WorldResult) => {
    total.messages += result.messages;
    total.begins += result.begins;
    total.repeats += result.repeats;
    total.dead += result.dead;
    total.deploys += result.updates.length;
    total.launches += result.launches;
    total.wastedHours += result.wastedHours;
    total.taskHours += result.taskHours;
    for (const name of result.violations.keys()) broken.set(name, [...(broken.get(name) ?? []), seed]);
  };

  it.each(Array.from({ length: WORLDS / WORLDS_PER_TEST }, (_, index) => FIRST + index * WORLDS_PER_TEST))(
    'hold all invariants, from seed %d on',
    async (from) => {
      for (let seed = from; seed < from + WORLDS_PER_TEST; seed += 1) {
        const result = await runWorld(drawWorld(seed));
        add(seed, result);
        const wrong = HELD.filter((name) => result.violations.has(name));
        const seen = wrong.map((name) => `${name}: ${result.violations.get(name)!.text}`);
        // `npm run world -- --seed N` prints such a world.
        expect({ seed, seen }).toEqual({ seed, seen: [] });
      }
    },
    5 * MINUTE,
  );

  it('have more than a million messages', () => {
    const seeds = [...broken].map(([name, each]) => `${name} ${each.length}: ${each.slice(0, 8).join(' ')}`);
    process.stdout.write(
      `${JSON.stringify(total)}\nworlds in which these do not hold: ${seeds.join('; ')}\n`,
    );
    expect(total.messages).toBeGreaterThan(1_000_000);
  });
});

describe('a day', () => {
  const drawn = drawLoad(DAY, new Random(SEED));
  const planned = Array.from(drawn.arrivalSeconds, (seconds, index) => ({
    atMs: Math.round(seconds * 1_000),
    durationMs: Math.round(drawn.durationSeconds[index]! * 1_000),
    codes: [0],
    obeys: true,
  }));
  let result: WorldResult;

  it(
    'of 0.5 to 8 messages a second is done without a violation, message by message',
    async () => {
      const scaling = { min: 0, max: 300 };
      result = await runWorld({ name: 'a day', seed: SEED, planned, scaling, untilMs: 26 * HOUR });
      const { messages, done, launches, taskHours, waitSeconds, sqsCalls, agentCalls } = result;
      const figures = { launches, taskHours, waitSeconds, sqsCalls, agentCalls };
      process.stdout.write(`a day: ${JSON.stringify(figures)}\n`);
      expect(done).toBe(messages);
      expect(HELD.filter((name) => result.violations.has(name))).toEqual([]);
    },
    5 * MINUTE,
  );

  it('takes 2,000 launches at most', () => {
    expect(result.launches).toBeLessThanOrEqual(2_000);
  });
});
