import { describe, expect, it } from '@jest/globals';
import { DEFAULT_KEEP_IDLE_SECONDS } from '../../../src/scaling/limits';
import { givenStepsPolicy } from '../../../src/scaling/policies/steps';
import { searchSteps } from '../../../src/features/simulate/search';
import { simulate } from '../../../src/features/simulate/simulation';
import { parse } from '../../config/support';
import { burst } from '../../scaling/support';

const input = { bounds: { min: 0, max: 40, concurrency: 1 }, load: burst(1_000, 5) };
/** 5,000 s of work. */
const found = (budgetSeconds: number) => searchSteps({ ...input, budgetSeconds });

describe('a search for steps', () => {
  const all = searchSteps({ ...input, budgetSeconds: Infinity });

  it('finds steps to which no others are both cheaper and sooner', () => {
    expect(all.frontier.length).toBeGreaterThan(2);
    for (const [index, { result }] of all.frontier.entries()) {
      const next = all.frontier[index + 1]?.result;
      expect(next === undefined || next.taskSeconds > result.taskSeconds).toBe(true);
      expect(next === undefined || next.waitSeconds.p95 < result.waitSeconds.p95).toBe(true);
    }
    expect(all.best).toBe(all.frontier.at(-1));
  });

  it('proposes the soonest within the budget', () => {
    const [cheapest, second] = all.frontier;
    expect(found(second!.result.taskSeconds).best).toEqual(second);
    expect(found(second!.result.taskSeconds - 1).best).toEqual(cheapest);
    expect(found(cheapest!.result.taskSeconds - 1).best).toBeUndefined();
  });

  it('gives the result of the steps that it proposes', () => {
    for (const { steps, result } of all.frontier) {
      const policy = givenStepsPolicy(steps, { min: 0, keepIdleSeconds: DEFAULT_KEEP_IDLE_SECONDS });
      expect(simulate({ ...input, policy })).toEqual(result);
    }
  });

  it('proposes steps that `scaling.steps` takes', () => {
    for (const { steps } of all.frontier) {
      expect(parse({ command: 'true', scaling: { max: 40, steps } }).workers[0]?.scaling.steps).toEqual(
        steps,
      );
    }
  });
});
