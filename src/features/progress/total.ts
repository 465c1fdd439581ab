import type { Job } from './job';
import { MOST_IN_ONE_ITEM } from './shards';
import type { NumberSet } from './table';

/** What `set-total` does with what is there. */
export type TotalPlan =
  /** Nothing: what is done stays done. */
  | 'keep'
  /** All parts are unfinished, whatever was before. */
  | 'begin';

/**
 * A message is received at least once, and so a total may be set twice, the second time with half of the parts done.
 * Watchbot makes them all unfinished again: the job then ends twice, or never. Here a job goes on that is not done yet. One
 * that is done or has failed begins anew, as in Watchbot, unless the same message asks for it again.
 */
export function planTotal(
  job: Job,
  left: NumberSet,
  { total, setBy }: { total: number; setBy: string | undefined },
): TotalPlan {
  if (job.total !== total) return 'begin';
  const isOver = left.size === 0 || job.isReduceSent || job.failed !== undefined;
  const isSameMessage = setBy !== undefined && setBy === job.setBy;
  return isOver && !isSameMessage ? 'begin' : 'keep';
}

/** @param isSharded asked for; above what one item can hold, it is not asked */
export const needsShards = (total: number, isSharded: boolean): boolean =>
  isSharded || total > MOST_IN_ONE_ITEM;
