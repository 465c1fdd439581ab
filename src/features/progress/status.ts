import type { Job } from './job';
import { partsIn } from './shards';
import type { NumberSet, Value } from './table';

/** As Watchbot's helper says it, in its order of keys. */
export interface Status {
  /** From 0 to 1, cut to two decimals: 1 only when every part is done. */
  progress: number;
  /** Why it failed. */
  failed?: string;
  metadata?: Value;
  /** Where a part was asked for. */
  partComplete?: boolean;
  reduceSent?: true;
}

/**
 * @param left what is unfinished: parts or, in a job of shards, shards. A shard counts when it is full: then progress is
 *   behind by what is in the shards under way.
 */
export function statusOf(job: Job, left: NumberSet, isPartComplete?: boolean): Status {
  return {
    progress: progressOf(job, left),
    ...(job.failed === undefined ? {} : { failed: job.failed }),
    ...(job.metadata === undefined ? {} : { metadata: job.metadata }),
    ...(isPartComplete === undefined ? {} : { partComplete: isPartComplete }),
    ...(job.isReduceSent ? { reduceSent: true } : {}),
  };
}

function progressOf({ total, shardSize }: Job, left: NumberSet): number {
  if (total === undefined) return 0;
  const done = total - unfinished({ total, shardSize }, left);
  // Whole numbers before the division: 29 of 100 are 0.29, which 0.29 * 100 is not.
  return Math.floor((done * 100) / total) / 100;
}

function unfinished(
  { total, shardSize }: { total: number; shardSize: number | undefined },
  left: NumberSet,
): number {
  if (shardSize === undefined) return left.size;
  let parts = 0;
  for (const shard of left) parts += partsIn(shard, { total, shardSize });
  return parts;
}
