import { describe, expect, it } from '@jest/globals';
import { ECS } from '../../src/config/limits';
import { choosePolicy, messagesPerTask, widestBounds } from '../../src/scaling/choose-policy';
import { DEFAULT_KEEP_IDLE_SECONDS, MAX_LEVELS } from '../../src/scaling/limits';
import { taskLevels } from '../../src/scaling/policies/steps';
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

describe('how long idle tasks stay', () => {
  const windows = (more: object) =>
    choosePolicy({ min: 0, max: 5, ...more }, 1).parts.map((part) =>
      part.kind === 'step' ? [part.direction, part.alarm.periodSeconds, part.alarm.evaluationPeriods] : [],
    );

  it.each([
    ['is four minutes', {}, DEFAULT_KEEP_IDLE_SECONDS],
    ['is what is asked for', { keepIdle: 600 }, 600],
    [
      'is what is asked for, with steps',
      {
        keepIdle: 60,
        steps: [
          { messages: 1, tasks: 1 },
          { messages: 9, tasks: 5 },
        ],
      },
      60,
    ],
  ])('%s', (_name, more, seconds) => {
    expect(windows(more)).toEqual([
      ['up', 60, 1],
      ['steady', seconds, 1],
      ['down', 60, seconds / 60],
    ]);
  });
});

describe('the numbers of tasks that a policy can ask for', () => {
  it.each([
    [{ min: 0, max: 1 }, [1]],
    [{ min: 2, max: 5 }, [2, 3, 4, 5]],
    [{ min: 7, max: 7 }, [7]],
    [{ min: 0, max: MAX_LEVELS }, Array.from({ length: MAX_LEVELS }, (_, index) => index + 1)],
  ])('between %j are all numbers, if AWS allows so many', (bounds, expected) => {
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
        expect(levels.length).toBeLessThanOrEqual(MAX_LEVELS);
        // The 18th root of 5,000, and what rounding adds to it.
        const even = (max / levels[0]!) ** (1 / (MAX_LEVELS - 1)) * 1.35;
        for (const [index, level] of levels.slice(1).entries()) {
          expect(level).toBeGreaterThan(levels[index]!);
          expect(level).toBeLessThanOrEqual(Math.max(levels[index]! + 1, levels[index]! * even + 1));
        }
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  ['none', undefined, { min: 2, max: 10 }],
  ['less', [{ min: 0 }], { min: 0, max: 10 }],
  ['more', [{ max: 30 }, { max: 20 }], { min: 2, max: 30 }],
  [
    'both',
    [
      { min: 5, max: 40 },
      { min: 1, max: 5 },
    ],
    { min: 1, max: 40 },
  ],
  ['nothing beyond them', [{ min: 3, max: 9 }], { min: 2, max: 10 }],
])('the widest bounds are those of all hours: %s', (_, schedule, expected) => {
  expect(widestBounds({ min: 2, max: 10, schedule })).toEqual(expected);
});
