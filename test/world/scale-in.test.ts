import { describe, expect, it } from '@jest/globals';
import { choosePolicy } from '../../src/scaling/choose-policy';
import { gradedPolicy } from '../../src/scaling/policies/steps';
import type { ScalingPolicy } from '../../src/scaling/policy';
import { Random } from '../../src/features/simulate/load';
import type { Planned } from './ledger';
import { burst, scenario } from './scenarios';
import { HOUR, MINUTE, runWorld, type WorldResult, type WorldSettings } from './world';

/** Where the queue's metrics do not say how many tasks have work: what it costs to be safe. docs/scaling.md has the table. */
const MAX = 40;
const KEEP_IDLE_SECONDS = 240;

const run = (given: Partial<WorldSettings> & Pick<WorldSettings, 'planned'>) =>
  runWorld({ name: 'scale-in', seed: 1, scaling: { min: 0, max: MAX }, untilMs: 24 * HOUR, ...given });

const figures = ({ launches, taskHours, violations }: WorldResult) => ({
  launches,
  taskHours: Math.round(taskHours * 10) / 10,
  broken: [...violations].map(([name, { count }]) => `${name} ${count}`),
});

/** Tasks end though messages wait for their next try, and are started anew for each. */
const endsWhileTheyWait = (): ScalingPolicy => {
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

describe('messages that wait for their next try', () => {
  const planned = burst(40, 10_000, { codes: [1] });

  it('find their tasks: each is launched once', async () => {
    const result = await run({ planned });
    expect(result.dead).toBe(40);
    const { launches, taskHours, broken } = figures(result);
    expect({ launches, broken }).toEqual({ launches: 40, broken: [] });
    expect(taskHours).toBeLessThan(27);
  });

  it('would take many more launches if tasks ended meanwhile, for fewer hours', async () => {
    const { launches, taskHours } = figures(await run({ planned, policy: endsWhileTheyWait() }));
    expect(launches).toBeGreaterThan(120);
    expect(taskHours).toBeLessThan(25);
  });
});

/** Ten jobs at once in a task: 72 of them for two hours, and then 12. */
function drawLess(): Planned[] {
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
  const planned = drawLess();

  /** As few tasks as have room for what is in hand, or more, as it may be spread. */
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
    'none is refused protection; a task for each %d in hand costs %d to %d hours',
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
  it('all jobs of an hour end, though some begin again', async () => {
    const result = await runWorld(await scenario('agentAway'));
    expect(result.done).toBe(30);
    expect(result.begins).toBeLessThan(60);
    expect(result.taskHours).toBeLessThan(45);
  });
});
