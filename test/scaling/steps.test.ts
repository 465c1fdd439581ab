import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ECS, MAX_CONCURRENCY } from '../../src/config/limits';
import { MAX_STEPS, scaleUpSteps, type ScalingStep } from '../../src/scaling/steps';

describe('the steps', () => {
  it.each([
    [{ min: 0, max: 1, concurrency: 1 }, ['1.. +1']],
    [{ min: 0, max: 4, concurrency: 1 }, ['1..2 +1', '2..4 +2', '4.. +4']],
    [{ min: 2, max: 5, concurrency: 1 }, ['1..2 +1', '2..4 +2', '4..8 +4', '8.. +5']],
    [{ min: 0, max: 5, concurrency: 10 }, ['1..16 +1', '16..32 +2', '32..64 +4', '64.. +5']],
    [
      { min: 0, max: 50, concurrency: 1 },
      ['1..2 +1', '2..4 +2', '4..8 +4', '8..16 +8', '16..32 +16', '32..64 +32', '64.. +50'],
    ],
  ])('of %j', (bounds, expected) => {
    expect(scaleUpSteps(bounds).map(({ from, to, add }) => `${from}..${to ?? ''} +${add}`)).toEqual(expected);
  });

  const bounds = fc
    .record({
      min: fc.integer({ min: 0, max: ECS.maxTasksPerService }),
      max: fc.integer({ min: 1, max: ECS.maxTasksPerService }),
      concurrency: fc.integer({ min: 1, max: MAX_CONCURRENCY }),
    })
    .map(({ min, max, concurrency }) => ({ min: Math.min(min, max), max, concurrency }));

  it('cover every backlog from one message on, and rise to `max`, whatever the bounds', () => {
    fc.assert(
      fc.property(bounds, (given) => {
        const steps = scaleUpSteps(given);
        expect(steps.length).toBeLessThanOrEqual(MAX_STEPS);
        expect(steps[0]?.from).toBe(1);
        expect(steps.at(-1)).toMatchObject({ to: undefined, add: given.max });
        for (const [index, { to, from, add }] of steps.entries()) {
          const next = steps[index + 1];
          expect(to).toBe(next?.from);
          expect(to === undefined || from < to).toBe(true);
          expect(next === undefined || add < next.add).toBe(true);
          expect([from, add].every(Number.isInteger)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never start a task that the backlog has no message for, nor fewer than half of those it has', () => {
    const backlog = fc.integer({ min: 1, max: 300_000 });
    fc.assert(
      fc.property(bounds, backlog, (given, messages) => {
        const { add } = stepFor(scaleUpSteps(given), messages);
        const needed = Math.min(given.max, Math.ceil(messages / given.concurrency));
        expect(add).toBeLessThanOrEqual(needed);
        expect(add * 2).toBeGreaterThanOrEqual(needed);
      }),
      { numRuns: 500 },
    );
  });
});

function stepFor(steps: readonly ScalingStep[], messages: number): ScalingStep {
  return steps.find(({ from, to }) => messages >= from && (to === undefined || messages < to))!;
}
