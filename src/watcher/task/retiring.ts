import type { Deployment, ServiceView } from './ecs';

/** If no task of a deployment starts or stops for so long, the deployment is taken to be stuck. */
const STUCK_MS = 4 * 60_000;

/** What a task remembers of the newest deployment, from one look to the next. */
export interface Memory {
  id: string;
  /** How many of its tasks ran at the last look. */
  running: number;
  /** When that number grew last. */
  grewAtMs: number;
  /** The share of older tasks that they replace. */
  replaced: number;
}

export function remember(before: Memory | undefined, newest: Deployment, nowMs: number): Memory {
  const { id, running } = newest;
  const isFirst = before?.id !== id;
  const last = isFirst ? { running: 0, grewAtMs: nowMs, replaced: 0 } : before;
  return {
    id,
    running,
    grewAtMs: running > last.running ? nowMs : last.grewAtMs,
    replaced: shareReplaced(newest, last),
  };
}

/** With so many tasks, half of them do not run by chance for a moment only. */
const MANY = 20;

/**
 * None before half of the desired tasks run: so at least half of all tasks take messages at any time. With few tasks, those
 * that run count once they were seen twice: of a version that ends as soon as it begins, one task is always just running. As
 * long as half of them run, the share does not fall: a job of hours would begin in the minute in which a task is replaced.
 */
function shareReplaced(
  { desired, running, failed, hasFailed }: Deployment,
  before: Pick<Memory, 'running' | 'replaced'>,
): number {
  const sure = desired < MANY ? Math.min(before.running, running) : running;
  if (failed > 0 || hasFailed || 2 * sure < desired) return 0;
  return Math.max(before.replaced, Math.min(1, sure / Math.max(1, desired)));
}

type Cause =
  'a newer version runs' | 'there are more tasks than are desired' | 'the service is to have no task';

export const LETTING_GO = 'this task lets go of its protection for a moment, so that ECS may replace it';
export const WAITING = 'tasks of an older version are still protected';

/** Why a task takes no messages. */
export type Reason = Cause | typeof LETTING_GO | typeof WAITING;

const LEAST_ASK_MS = 10_000;
const ASKS_PER_SECOND = 40;

/** How often a task that waits asks for protection: all tasks of an account in a region share 80 such calls a second. */
export const askPeriodMs = (tasks: number) => Math.max(LEAST_ASK_MS, (tasks / ASKS_PER_SECOND) * 1000);

/** The share of the tasks of the same kind, older or newest, that is to retire, and why. */
export interface Retiring {
  share: number;
  cause: Cause;
}

/** As many older tasks retire as tasks of the newest deployment run; of either kind those that are more than desired. */
export function whoRetires(view: ServiceView, memory: Memory): Retiring {
  const { own, newest, running } = view;
  if (newest.desired === 0) return { share: 1, cause: 'the service is to have no task' };
  const isOlder = own !== newest.id;
  const alike = isOlder ? running - newest.running : newest.running;
  const surplus = Math.max(0, alike - newest.desired) / Math.max(1, alike);
  const replaced = isOlder ? memory.replaced : 0;
  return replaced > surplus
    ? { share: replaced, cause: 'a newer version runs' }
    : { share: surplus, cause: 'there are more tasks than are desired' };
}

/** How long a refused task of an older version waits before it asks whether there is room for it. */
const BLOCKED_MS = 5 * 60_000;

/** ECS has refused to protect a task because of this newer deployment. */
export interface Blocked {
  by: string;
  atMs: number;
}

/**
 * As long as the newest deployment is the same, but not for ever: the protected tasks may end, and no newer task may find
 * room. ECS refuses only if as many others are protected as are desired: with no more tasks than that, there is room.
 */
export function isBlocked(blocked: Blocked | undefined, { newest, running }: ServiceView, nowMs: number) {
  if (blocked?.by !== newest.id) return false;
  return running > newest.desired || nowMs - blocked.atMs < BLOCKED_MS;
}

const STUCK_EACH_MS = 5 * 60_000;
const UNKNOWN_EACH_MS = 15 * 60_000;

/** Since when a task has been protected without a pause, and its own number between 0 and 1. */
interface Protected {
  protectedSinceMs: number;
  /** Differs from task to task, so that not all let go at once. */
  rank: number;
}

/**
 * When a task lets go of its protection for a moment, because tasks of the newest deployment find no room and may need that
 * of this task: ECS then stops as many as it may. Infinity if nothing is stuck.
 */
export function stuckLetsGoMs({ own, newest }: ServiceView, { grewAtMs }: Memory, task: Protected): number {
  if (own === newest.id || newest.running >= newest.desired) return Infinity;
  return Math.max(task.protectedSinceMs, grewAtMs + STUCK_MS) + task.rank * STUCK_EACH_MS;
}

/** The same for a task that does not know whether a newer version runs. The pause costs 3 % of its time. */
export const unknownLetsGoMs = ({ protectedSinceMs, rank }: Protected) =>
  protectedSinceMs + (0.5 + rank) * UNKNOWN_EACH_MS;
