import type { Load } from '../../src/features/simulate/load';
import type { PlannedMessage } from './ledger';
import { good, HOUR, MINUTE, runWorld, type Deploy, type WorldSettings } from './world';

/** Messages that are all sent at time 0, with jobs of the same duration. */
export const burst = (
  messages: number,
  durationMs: number,
  more: Partial<PlannedMessage> = {},
): PlannedMessage[] =>
  Array.from({ length: messages }, () => ({ atMs: 0, durationMs, codes: [0], obeys: true, ...more }));

/** Messages sent one by one, every `everyMs`. */
export const each = (
  everyMs: number,
  count: number,
  job: Pick<PlannedMessage, 'durationMs'>,
): PlannedMessage[] =>
  burst(count, job.durationMs).map((planned, index) => ({ ...planned, atMs: index * everyMs }));

export const deploy = (atMs: number, name = 'v2'): Deploy => ({ atMs, version: good(name), how: 'stack' });

const world = (given: Partial<WorldSettings> & Pick<WorldSettings, 'planned' | 'scaling'>) => ({
  seed: 1,
  untilMs: 24 * HOUR,
  ...given,
});

const SETTINGS = {
  /** A world in which nothing goes wrong. */
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

  /** More jobs than tasks, each of four hours. */
  hours: () => world({ planned: burst(12, 4 * HOUR), scaling: { min: 0, max: 3 }, untilMs: 48 * HOUR }),

  /** A new version is deployed while every task has a job of two hours. */
  longDeploy: () =>
    world({
      planned: burst(40, 2 * HOUR),
      scaling: { min: 0, max: 5 },
      deploys: [deploy(HOUR)],
      untilMs: 20 * HOUR,
    }),

  /** Jobs of an hour, in tasks whose agent does not answer. */
  agentAway: () =>
    world({
      planned: each(20 * MINUTE, 30, { durationMs: HOUR }),
      scaling: { min: 0, max: 10 },
      faults: [{ kind: 'agentDown', fromMs: 0, toMs: 24 * HOUR, share: 1 }],
      untilMs: 12 * HOUR,
    }),

  /** A message with a job of hours arrives in the second in which its task is stopped for having no work. */
  lastSecond: () =>
    world({
      planned: burst(1, 5_000),
      scaling: { min: 0, max: 1 },
      faults: [{ kind: 'agentSlow', fromMs: 0, toMs: 24 * HOUR, share: 1 }],
      untilMs: 10 * MINUTE,
    }),

  /** A message arrives just after nineteen of the twenty tasks of a FIFO queue were stopped. */
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

/**
 * A message that is sent shortly before or after the first scale-in stops a task. A run of the same world without the
 * message finds that moment.
 */
const LATE: Partial<Record<Scenario, { afterStopMs: number; job: Partial<PlannedMessage> }>> = {
  lastSecond: { afterStopMs: -300, job: { durationMs: 3 * HOUR } },
  manyStop: { afterStopMs: 500, job: { group: 0 } },
};

/** The settings of a world that has a name: `npm run world -- --scenario NAME` prints it. */
export async function scenario(name: Scenario, more: Partial<WorldSettings> = {}): Promise<WorldSettings> {
  const settings: WorldSettings = { name, ...SETTINGS[name](), ...more };
  const late = LATE[name];
  if (late === undefined) return settings;
  const { timeline } = await runWorld({ ...settings, keepsTimeline: true });
  const stop = timeline.find((line) => line.includes('is stopped: scale-in'));
  if (stop === undefined) throw new Error(`no task is stopped in ${name}`);
  const atMs = Date.parse(`1970-01-01T${stop.trim().slice(0, 12)}Z`) + late.afterStopMs;
  return { ...settings, planned: [...settings.planned, { ...burst(1, 5_000)[0]!, ...late.job, atMs }] };
}

export const SCENARIOS = Object.keys(SETTINGS) as Scenario[];

/** The load of a working day, from 0.5 to 8 messages a second. */
export const DAY: Load = {
  arrivals: {
    kind: 'curve',
    perSecondByHour: [1, 0.6, 0.5, 0.5, 0.6, 1, 2, 4, 6, 7, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5],
  },
  durations: { kind: 'spread', medianSeconds: 15, p95Seconds: 45 },
};
