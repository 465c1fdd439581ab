import type { ScalingChoice } from '../../src/scaling/choose-policy';
import { Random } from '../../src/features/simulate/load';
import type { Settings } from '../../src/watcher/settings';
import type { Version } from './ecs';
import type { Fault, FaultKind, Strike } from './faults';
import type { PlannedMessage } from './ledger';
import { good, HOUR, MINUTE, type Deploy, type WorldSettings } from './world';

/** Ranges of job durations, and of the number of messages: about a thousand messages in an average world. */
const KINDS = [
  { weight: 30, durationMs: [20, 800], messages: [500, 4_000] },
  { weight: 30, durationMs: [800, 6_000], messages: [300, 2_400] },
  { weight: 22, durationMs: [10_000, 120_000], messages: [150, 1_500] },
  { weight: 12, durationMs: [5 * MINUTE, 60 * MINUTE], messages: [20, 250] },
  { weight: 6, durationMs: [HOUR, 8 * HOUR], messages: [3, 40] },
] as const;

/** Draws a world from a seed: what people do to their service, and what AWS does to its tasks. */
export function drawWorld(seed: number, more: Partial<WorldSettings> = {}): WorldSettings {
  const draw = new Draw(seed);
  /** A second stream, for what was added to the world later: it keeps the worlds of existing seeds as they were. */
  const other = new Draw(seed + 0x5eed);
  const kind = draw.weighted(KINDS);
  const isFifo = draw.chance(0.2);
  const groups = isFifo ? draw.between(1, 30) : undefined;
  const concurrency = draw.pick([1, 1, 1, 2, 4, 10]);
  const max = draw.pick([1, 2, 3, 5, 8, 12, 20, 40]);
  const count = draw.between(kind.messages[0], kind.messages[1]);
  const lastMs = draw.pick([0, MINUTE, 10 * MINUTE, HOUR, 2 * HOUR]);
  const times = drawTimes(draw, count, lastMs);
  const planned = times.map((atMs): PlannedMessage => ({
    atMs,
    ...drawJob(draw, kind.durationMs),
    group: draw.group(groups),
  }));
  const endMs = times.at(-1)!;
  const workMs = planned.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const workers = Math.min(max * concurrency, groups ?? Infinity);
  const busyMs = endMs + workMs / workers;
  const min = draw.chance(0.15) ? draw.between(1, Math.min(3, max)) : 0;
  const scaling: ScalingChoice = { min, max, groups };
  return {
    name: `seed ${seed}`,
    seed,
    planned,
    scaling: draw.chance(0.3)
      ? { ...scaling, jobDuration: Math.max(1, kind.durationMs[1] / 2_000) }
      : scaling,
    watcher: drawWatcher(draw, { isFifo, concurrency }),
    service: {
      takesUpActive: draw.chance(0.5),
      hasHealthCheck: draw.chance(0.9),
    },
    faults: [
      ...draw.times(draw.pick([0, 0, 1, 2, 3]), () => drawFault(draw, busyMs)),
      ...drawEcsFaults(other, busyMs),
    ],
    canAskEcs: !other.chance(0.05),
    strikes: draw.times(draw.pick([0, 0, 0, 1, 3, 6]), () => drawStrike(draw, busyMs)),
    deploys: drawDeploys(draw, busyMs),
    // Nobody runs jobs on Spot that are too long to finish there.
    spotPerHour: Math.min(draw.pick([0, 0, 0, 0, 0, 0.2, 1]), maxSpotPerHour(kind.durationMs[1])),
    isAsleep: draw.chance(0.2),
    changesFrom: draw.pick(['desired', 'running']),
    awake: min === 0 && draw.pick([true, true, 'with lost calls', false]),
    // Long enough for all messages, and for a deploy that CloudFormation waits for and then rolls back.
    untilMs: 2 * Math.max(busyMs, longestGroupMs(planned)) + 14 * HOUR + Math.max(...planned.map(retriesMs)),
    ...more,
  };
}

class Draw {
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1);
  }

  pick<T>(of: readonly T[]): T {
    return of[this.random.below(of.length)]!;
  }

  weighted<T extends { weight: number }>(of: readonly T[]): T {
    let left = this.random.next() * of.reduce((sum, { weight }) => sum + weight, 0);
    return of.find(({ weight }) => (left -= weight) < 0) ?? of[0]!;
  }

  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  group(groups: number | undefined): number | undefined {
    return groups === undefined ? undefined : this.random.below(groups);
  }
}

/**
 * Draws when messages are sent: in bursts or at a steady rate, sometimes with a pause after which the queue's metrics
 * are asleep.
 */
function drawTimes(draw: Draw, count: number, lastMs: number): number[] {
  const pauseMs = draw.chance(0.06) ? 7 * HOUR : 0;
  const bursts = draw.times(draw.between(1, 3), () => draw.random.next() * lastMs);
  const isBurst = draw.chance(0.5);
  return draw
    .times(count, () => {
      const atMs = isBurst ? draw.pick(bursts) : draw.random.next() * lastMs;
      return Math.round(draw.chance(0.05) ? atMs + pauseMs : atMs);
    })
    .sort((one, other) => one - other);
}

/** Most jobs succeed; some need a second or third try, some never succeed. */
function drawJob(draw: Draw, [least, most]: readonly [number, number]) {
  const share = draw.random.next();
  const codes =
    share < 0.95 ? [0] : share < 0.975 ? [1, 0] : share < 0.985 ? [4, 4, 0] : share < 0.997 ? [3] : [1];
  const durationMs = Math.round(least * (most / least) ** draw.random.next());
  return { durationMs, codes, obeys: draw.chance(0.8) };
}

function drawWatcher(draw: Draw, fixed: Pick<Settings, 'isFifo' | 'concurrency'>): Partial<Settings> {
  return {
    ...fixed,
    visibilityTimeoutSeconds: draw.pick([30, 60, 180, 180, 600]),
    stopTimeoutSeconds: draw.pick([30, 60, 120, 120]),
    stopNoticeSeconds: draw.pick([5, 15]),
    maxReceives: draw.pick([3, 5, 10, 10]),
  };
}

const FAULTS: readonly FaultKind[] = [
  'slow',
  'throttled',
  'failing',
  'partial',
  'answerLost',
  'unreachable',
  'doubled',
  'agentDown',
  'agentSlow',
  'noWorkers',
  'noCapacity',
];

function drawFault(draw: Draw, busyMs: number): Fault {
  const kind = draw.pick(FAULTS);
  const fromMs = draw.random.next() * busyMs;
  const lengthMs = MINUTE * draw.pick(kind === 'agentDown' ? [5, 60, 300] : [0.5, 2, 10]);
  return {
    kind,
    fromMs,
    toMs: fromMs + lengthMs,
    share: draw.pick([0.1, 0.3, 0.7]) * (kind === 'doubled' ? 0.1 : 1),
  };
}

/** Work of the longest group in ms. The messages of a group run one after the other. */
function longestGroupMs(planned: readonly PlannedMessage[]): number {
  const lines = new Map<number, number>();
  for (const { group, durationMs } of planned)
    if (group !== undefined) lines.set(group, (lines.get(group) ?? 0) + durationMs);
  return Math.max(0, ...lines.values());
}

/** Time of all tries but one, in ms, of a message that is retried or becomes a dead letter. */
const retriesMs = ({ durationMs, codes }: PlannedMessage) =>
  (codes.at(-1) === 1 ? 10 : codes.length - 1) * durationMs;

/** For some time the API of ECS answers some tasks, or all, not at all. */
function drawEcsFaults(draw: Draw, busyMs: number): Fault[] {
  if (!draw.chance(0.15)) return [];
  const fromMs = draw.random.next() * busyMs;
  return [
    { kind: 'ecsDown', fromMs, toMs: fromMs + MINUTE * draw.pick([2, 20, 120]), share: draw.pick([0.3, 1]) },
  ];
}

const maxSpotPerHour = (longestMs: number) => (longestMs > HOUR ? 0 : longestMs > 2 * MINUTE ? 0.2 : 1);

function drawStrike(draw: Draw, busyMs: number): Strike {
  const kind = draw.pick(['kill', 'spot', 'stop-task', 'freeze'] as const);
  const forMs = MINUTE * draw.pick([0.2, 1, 5]);
  return { kind, atMs: draw.random.next() * busyMs, tasks: draw.between(1, 3), forMs };
}

function drawDeploys(draw: Draw, busyMs: number): Deploy[] {
  const at = draw.times(draw.pick([0, 1, 1, 2]), () => draw.random.next() * busyMs).sort((a, b) => a - b);
  const kinds: readonly Version['kind'][] = [
    'good',
    'good',
    'good',
    'good',
    'no-image',
    'crashes',
    'unhealthy',
  ];
  const deploys = at.map((atMs, index): Deploy => ({
    atMs,
    version: { ...good(`v${index + 2}`), kind: draw.pick(kinds) },
    how: 'stack',
  }));
  if (!draw.chance(0.05)) return deploys;
  return [...deploys, { atMs: draw.random.next() * busyMs, version: good('v1'), how: 'force' }];
}

/** In how many of the worlds of short jobs are jobs long, and how many of the jobs. */
const LONG_SHARES = [0, 0, 0.002, 0.02, 0.2] as const;
const SHORT_MS = [2, 90] as const;
const LONG_MS = [2_000, 60_000] as const;

/** The same world with short jobs, for which messages are held ahead, and in some worlds long ones among them. */
export function drawWorldOfShortJobs(seed: number, more: Partial<WorldSettings> = {}): WorldSettings {
  const world = drawWorld(seed, more);
  const draw = new Draw(seed + 0xa4ead);
  const share = draw.pick(LONG_SHARES);
  const planned = world.planned.map((message) => {
    const [least, most] = draw.chance(share) ? LONG_MS : SHORT_MS;
    return { ...message, durationMs: Math.round(least * (most / least) ** draw.random.next()) };
  });
  return { ...world, name: `short jobs, seed ${seed}`, planned };
}
