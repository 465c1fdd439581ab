import { describe, expect, it } from '@jest/globals';
import { choosePolicy } from '../../src/scaling/choose-policy';
import { gradedPolicy } from '../../src/scaling/policies/steps';
import type { ScalingPolicy } from '../../src/scaling/policy';
import { Random } from '../../src/features/simulate/load';
import type { PlannedMessage } from './ledger';
import { burst, scenario } from './scenarios';
import { HOUR, MINUTE, runWorld, type WorldResult, type WorldSettings } from './world';

/*
 * What safe scale-in costs when the queue's metrics do not say how many tasks have work. docs/scaling.md has the table.
 */
const MAX = 40;
const KEEP_IDLE_SECONDS = 240;

const run = (given: Partial<WorldSettings> & Pick<WorldSettings, 'planned'>) =>
  runWorld({ name: 'scale-in', seed: 1, scaling: { min: 0, max: MAX }, untilMs: 24 * HOUR, ...given });

const figures = ({ launches, taskHours, violations }: WorldResult) => ({
  launches,
  taskHours: Math.round(taskHours * 10) / 10,
  broken: [...violations].map(([name, { count }]) => `${name} ${count}`),
});

/** A policy that ends tasks while messages wait for their retry, so that each retry starts tasks again. */
const endsTasksDuringBackoff = (): ScalingPolicy => {
  const policy = choosePolicy({ min: 0, max: MAX }, 1);
  return {
    ...policy,
    parts: policy.parts.map((part) =>
      part.kind === 'step' && part.direction === 'down'
        ? { ...part, steps: [{ from: 0, to: undefined, adjust: 0 }] }
        : part,
    ),
  };
};

describe('messages that wait for their retry', () => {
  const planned = burst(40, 10_000, { codes: [1] });

  it('are retried by running tasks: each task is launched once', async () => {
    const result = await run({ planned });
    expect(result.dead).toBe(40);
    const { launches, taskHours, broken } = figures(result);
    expect({ launches, broken }).toEqual({ launches: 40, broken: [] });
    expect(taskHours).toBeLessThan(27);
  });

  it('would take many more launches, and fewer hours, if tasks ended meanwhile', async () => {
    const { launches, taskHours } = figures(await run({ planned, policy: endsTasksDuringBackoff() }));
    expect(launches).toBeGreaterThan(120);
    expect(taskHours).toBeLessThan(25);
  });
});

/** Draws a load that falls: 72 jobs at a time for two hours, then 12 for six hours. */
function drawFallingLoad(): PlannedMessage[] {
  const random = new Random(5);
  const jobMs = 20 * MINUTE;
  const times: number[] = [];
  for (const [atOnce, fromMs, toMs] of [
    [72, 0, 2 * HOUR],
    [12, 2 * HOUR, 8 * HOUR],
  ] as const)
    for (let atMs = fromMs; atMs < toMs; atMs += random.exponential(atOnce / jobMs))
      times.push(Math.round(atMs));
  return times.flatMap((atMs) =>
    burst(1, Math.round(jobMs * (0.5 + random.next()))).map((planned) => ({ ...planned, atMs })),
  );
}

describe('with ten jobs at once in a task', () => {
  const concurrency = 10;
  const planned = drawFallingLoad();

  /**
   * A policy that keeps one task for every `messagesOfATask` messages in flight: they may be spread over many tasks.
   */
  const keeping = (messagesOfATask: number): ScalingPolicy => {
    const partsOf = (messages: number) =>
      gradedPolicy({
        min: 0,
        max: MAX,
        concurrency: messages,
        messagesPerTask: messages,
        keepIdleSeconds: KEEP_IDLE_SECONDS,
      }).parts;
    return { name: 'keeping', parts: [partsOf(concurrency)[0]!, ...partsOf(messagesOfATask).slice(1)] };
  };

  it.each([
    [10, 30, 40],
    [5, 50, 65],
    [1, 150, 180],
  ])(
    'no task is refused protection; one task for every %d messages in flight costs %d to %d hours',
    async (messagesOfATask, least, most) => {
      const result = await run({ planned, policy: keeping(messagesOfATask), watcher: { concurrency } });
      expect(result.done).toBe(planned.length);
      const { taskHours, broken } = figures(result);
      expect(broken).toEqual([]);
      expect(taskHours).toBeGreaterThan(least);
      expect(taskHours).toBeLessThan(most);
    },
  );
});

describe('without an agent', () => {
  it('all jobs of an hour succeed, though some begin again', async () => {
    const result = await runWorld(await scenario('agentAway'));
    expect(result.done).toBe(30);
    expect(result.begins).toBeLessThan(60);
    expect(result.taskHours).toBeLessThan(45);
  });
});
