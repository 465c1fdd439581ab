import { describe, expect, it } from '@jest/globals';
import { ECS } from '../../src/config/limits';
import { choosePolicy, messagesPerTask } from '../../src/scaling/choose-policy';
import { MAX_STEPS } from '../../src/scaling/limits';
import { taskLevels } from '../../src/scaling/policies/graded';
import { fc } from '../helpers/seeded';

describe('the policy', () => {
  it.each([
    ['graded', {}],
    ['graded', { jobDuration: 5, latency: 60 }],
    ['steps', { steps: [{ messages: 1, tasks: 1 }] }],
    ['Watchbot', { compatibility: 'watchbot' as const }],
  ])('is %s with %j', (name, given) => {
    expect(choosePolicy({ min: 0, max: 5, ...given }, 1).name).toBe(name);
  });

  it.each([
    [{}, 1, 1],
    [{}, 10, 10],
    [{ jobDuration: 5 }, 1, 12],
    [{ jobDuration: 0.5 }, 4, 480],
    [{ jobDuration: 5, latency: 300 }, 1, 60],
    [{ jobDuration: 900, latency: 60 }, 1, 1],
    [{ jobDuration: 900, latency: 60 }, 8, 8],
  ])('of %j counts, with %i at once, %i messages for a task', (given, concurrency, expected) => {
    expect(messagesPerTask(given, concurrency)).toBe(expected);
  });
});

describe('the numbers of tasks that a policy can ask for', () => {
  it.each([
    [{ min: 0, max: 1 }, [1]],
    [{ min: 2, max: 5 }, [2, 3, 4, 5]],
    [{ min: 7, max: 7 }, [7]],
    [{ min: 0, max: 20 }, Array.from({ length: 20 }, (_, index) => index + 1)],
  ])('between %j are all, where AWS takes so many', (bounds, expected) => {
    expect(taskLevels(bounds)).toEqual(expected);
  });

  it('ascend from the least to `max`, in steps that are even', () => {
    const bounds = fc.record({
      min: fc.integer({ min: 0, max: ECS.maxTasksPerService }),
      max: fc.integer({ min: 1, max: ECS.maxTasksPerService }),
    });
    fc.assert(
      fc.property(bounds, ({ min, max }) => {
        const levels = taskLevels({ min: Math.min(min, max), max });
        expect(levels[0]).toBe(Math.max(1, Math.min(min, max)));
        expect(levels.at(-1)).toBe(max);
        expect(levels.length).toBeLessThanOrEqual(MAX_STEPS);
        // 5,000 to the 19th root, and what rounding adds to it.
        const even = (max / levels[0]!) ** (1 / (MAX_STEPS - 1)) * 1.35;
        for (const [index, level] of levels.slice(1).entries()) {
          expect(level).toBeGreaterThan(levels[index]!);
          expect(level).toBeLessThanOrEqual(Math.max(levels[index]! + 1, levels[index]! * even + 1));
        }
      }),
      { numRuns: 300 },
    );
  });
});
