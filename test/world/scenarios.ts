import type { Load } from '../../src/features/simulate/load';
import type { Planned } from './ledger';
import { good, HOUR, MINUTE, runWorld, type Deploy, type WorldSettings } from './world';

/** So many messages at once, of jobs that take so long. */
export const burst = (messages: number, durationMs: number, more: Partial<Planned> = {}): Planned[] =>
  Array.from({ length: messages }, () => ({ atMs: 0, durationMs, codes: [0], obeys: true, ...more }));

/** One each so often. */
export const each = (everyMs: number, count: number, job: Pick<Planned, 'durationMs'>): Planned[] =>
  burst(count, job.durationMs).map((planned, index) => ({ ...planned, atMs: index * everyMs }));

export const deploy = (atMs: number, name = 'v2'): Deploy => ({ atMs, version: good(name), how: 'stack' });

const world = (given: Partial<WorldSettings> & Pick<WorldSettings, 'planned' | 'scaling'>) => ({
  seed: 1,
  untilMs: 24 * HOUR,
  ...given,
});

const SETTINGS = {
  /** Nothing goes wrong. */
  plain: () => world({ planned: burst(200, 5_000), scaling: { min: 0, max: 5 } }),

  /** A deploy in the middle of a backlog that is never worked off. */
  backlog: () =>
    world({
      planned: burst(5_000, MINUTE),
      scaling: { min: 0, max: 5 },
      deploys: [deploy(30 * MINUTE)],
      deployBoundMs: 5 * MINUTE,
      untilMs: 7 * HOUR,
    }),

  /** Twenty jobs of three hours, and nothing after them. */
  tail: () => world({ planned: burst(20, 3 * HOUR), scaling: { min: 0, max: 20 }, untilMs: 8 * HOUR }),

  /** One job of three hours, and nothing else. */
  single: () => world({ planned: burst(1, 3 * HOUR), scaling: { min: 0, max: 5 } }),

  /** More jobs of hours than tasks. */
  hours: () => world({ planned: burst(12, 4 * HOUR), scaling: { min: 0, max: 3 }, untilMs: 48 * HOUR }),

  /** Every task has a job of hours when a new version comes. */
  longDeploy: () =>
    world({
      planned: burst(40, 2 * HOUR),
      scaling: { min: 0, max: 5 },
      deploys: [deploy(HOUR)],
      untilMs: 20 * HOUR,
    }),

  /** Jobs of an hour, and no agent for a day. */
  agentAway: () =>
    world({
      planned: each(20 * MINUTE, 30, { durationMs: HOUR }),
      scaling: { min: 0, max: 10 },
      faults: [{ kind: 'agent', fromMs: 0, toMs: 24 * HOUR, share: 1 }],
      untilMs: 12 * HOUR,
    }),

  /** A job of hours comes in the second in which the task is stopped, since it had nothing to do. */
  lastSecond: () =>
    world({
      planned: burst(1, 5_000),
      scaling: { min: 0, max: 1 },
      faults: [{ kind: 'agentSlow', fromMs: 0, toMs: 24 * HOUR, share: 1 }],
      untilMs: 10 * MINUTE,
    }),

  /** A message comes just after nineteen of twenty tasks of a FIFO queue were stopped. */
  manyStop: () =>
    world({
      planned: burst(100, 20_000).map((planned, index) => ({ ...planned, group: index % 20 })),
      scaling: { min: 0, max: 20 },
      watcher: { isFifo: true },
    }),

  /** One message, in a queue that nobody has used for a day. */
  afterADay: () =>
    world({
      planned: burst(1, 5_000, { atMs: 24 * HOUR }),
      scaling: { min: 0, max: 1 },
      untilMs: 26 * HOUR,
    }),
} satisfies Record<string, () => Omit<WorldSettings, 'name'>>;

export type Scenario = keyof typeof SETTINGS;

/** What comes so long after the first task is stopped, which the same world without it tells. */
const LATE: Partial<Record<Scenario, { afterStopMs: number; job: Partial<Planned> }>> = {
  lastSecond: { afterStopMs: -300, job: { durationMs: 3 * HOUR } },
  manyStop: { afterStopMs: 500, job: { group: 0 } },
};

/** Worlds that are told by name: `npm run world -- --scenario NAME`. */
export async function scenario(name: Scenario, more: Partial<WorldSettings> = {}): Promise<WorldSettings> {
  const settings: WorldSettings = { name, ...SETTINGS[name](), ...more };
  const late = LATE[name];
  if (late === undefined) return settings;
  const { timeline } = await runWorld({ ...settings, isTold: true });
  const stop = timeline.find((line) => line.includes('is stopped: scale-in'));
  if (stop === undefined) throw new Error(`no task is stopped in ${name}`);
  const atMs = Date.parse(`1970-01-01T${stop.trim().slice(0, 12)}Z`) + late.afterStopMs;
  return { ...settings, planned: [...settings.planned, { ...burst(1, 5_000)[0]!, ...late.job, atMs }] };
}

export const SCENARIOS = Object.keys(SETTINGS) as Scenario[];

/** A working day, from 0.5 to 8 messages a second. */
export const DAY: Load = {
  arrivals: {
    kind: 'curve',
    perSecondByHour: [1, 0.6, 0.5, 0.5, 0.6, 1, 2, 4, 6, 7, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5],
  },
  durations: { kind: 'spread', medianSeconds: 15, p95Seconds: 45 },
};
