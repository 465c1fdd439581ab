import type { Deployment, ServiceView } from './ecs';

/** For so long a deployment's tasks may neither start nor stop before it is thought to be stuck. */
const STUCK_MS = 4 * 60_000;

/** What a task remembers of the newest deployment, from one look to the next. */
export interface Memory {
  id: string;
  /** Its running tasks, as of the last look. */
  running: number;
  /** When there were last more of them than before. */
  grewAtMs: number;
  /** Which share of older tasks they replace. */
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

/** Of so many tasks half are not just starting by chance. */
const MANY = 20;

/**
 * None before half of what is desired runs: so never less than half of the tasks take messages, whichever they are. Of a
 * few tasks what runs counts once it was seen twice: of a version that ends as soon as it begins one is always just running.
 * As long as half of them run, the share does not fall: a job of hours would be begun for the minute in which one is
 * replaced.
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

/** How often a task that waits for protection asks for it: all tasks of an account and region share 80 such calls a second. */
export const askPeriodMs = (tasks: number) => Math.max(LEAST_ASK_MS, (tasks / ASKS_PER_SECOND) * 1000);

/** Which share of the tasks that are like this one is to retire, and why. */
export interface Retiring {
  share: number;
  cause: Cause;
}

/** Of an older deployment as many retire as tasks of the newest run, and of all those that are more than desired. */
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

/** For so long a task of an older version that was refused does not ask whether there is room for it by now. */
const BLOCKED_MS = 5 * 60_000;

/** ECS refused to protect a task of an older deployment than this. */
export interface Blocked {
  by: string;
  atMs: number;
}

/**
 * As long as the newest deployment is the same, but not for ever: those that are protected may go, and no newer task be
 * placed. ECS refuses only where as many others are protected as are desired: with no more tasks than that there is room.
 */
export function isBlocked(blocked: Blocked | undefined, { newest, running }: ServiceView, nowMs: number) {
  if (blocked?.by !== newest.id) return false;
  return running > newest.desired || nowMs - blocked.atMs < BLOCKED_MS;
}

const STUCK_EACH_MS = 5 * 60_000;
const UNKNOWN_EACH_MS = 15 * 60_000;

/** A task: since when it has been protected without a pause, and a number between 0 and 1 that is its own. */
interface Protected {
  protectedSinceMs: number;
  /** Not all let go at once. */
  place: number;
}

/**
 * When a task lets go of its protection for a moment, since tasks of the newest deployment cannot be placed and may have
 * to wait for its room: ECS stops it then if it wants to, and as many as it may. Infinity where nothing is stuck.
 */
export function stuckLetsGoMs({ own, newest }: ServiceView, { grewAtMs }: Memory, task: Protected): number {
  if (own === newest.id || newest.running >= newest.desired) return Infinity;
  return Math.max(task.protectedSinceMs, grewAtMs + STUCK_MS) + task.place * STUCK_EACH_MS;
}

/** The same of one that does not know whether a newer version runs: that it takes no messages meanwhile costs 3 %. */
export const unknownLetsGoMs = ({ protectedSinceMs, place }: Protected) =>
  protectedSinceMs + (0.5 + place) * UNKNOWN_EACH_MS;
