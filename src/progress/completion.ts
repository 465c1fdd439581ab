import { ProgressError } from './errors';
import type { Job, Lease } from './job';
import { checkPart, shardOf } from './shards';
import type { NumberSet } from './table';

/**
 * Completing a part, as steps: what is known says what is to be done next, and what that finds is known then. Any step may
 * be done twice, and a crash may come between any two: whoever completes the part again goes on from where the table is.
 */

/** What became of the part, and who is to send the reduce message. */
export type Completion =
  /** Every part is done, and this call's worker is to send the reduce message. */
  | { outcome: 'reduce'; isComplete: true; leaseUntilMs: number }
  | { outcome: 'parts-left'; isComplete: false }
  /** Another worker is about to send the reduce message. */
  | { outcome: 'reduce-held'; isComplete: false }
  | { outcome: 'reduce-sent'; isComplete: false }
  /** The part was not even looked at. */
  | { outcome: 'failed'; isComplete: false; reason: string };

export type Step =
  | { kind: 'answer'; completion: Completion }
  /** Into its shard, which may be full then. */
  | { kind: 'record' }
  /** Out of the set of what is unfinished, unless it is the last there. */
  | { kind: 'remove' }
  /** The same for the last one. */
  | { kind: 'remove-last' }
  | { kind: 'claim' }
  /** Until the lease may have ended. */
  | { kind: 'wait'; milliseconds: number };

/** Beside the job itself, which is read before each step. */
export interface Seen {
  /** Undefined until the part is recorded in its shard. */
  isShardFull?: boolean;
  /** What is unfinished: parts, or shards. Undefined while it was not read. */
  left?: NumberSet;
}

export interface Ask {
  /** Its number is a whole one. */
  part: number;
  /** Names this call. */
  holder: string;
  /** By DynamoDB's clock. */
  nowMs: number;
}

/** How long a wait is before the job is looked at again: its reduce message may be sent meanwhile. */
const LONGEST_WAIT_MS = 5_000;

/**
 * @throws {ProgressError} `UNKNOWN_JOB`, `PART`
 */
export function nextStep(job: Job, seen: Seen, ask: Ask): Step {
  if (job.total === undefined) throw unknownJob();
  checkPart(ask.part, job.total);
  if (job.failed !== undefined) {
    return answer({ outcome: 'failed', isComplete: false, reason: job.failed });
  }
  if (job.isReduceSent) return answer({ outcome: 'reduce-sent', isComplete: false });
  if (job.shardSize !== undefined && seen.isShardFull !== true) {
    return seen.isShardFull === undefined ? { kind: 'record' } : PARTS_LEFT;
  }
  return afterRecording(job, seen.left, ask);
}

function afterRecording(job: Job, left: NumberSet | undefined, ask: Ask): Step {
  const piece = pieceOf(job, ask.part);
  if (left === undefined) return { kind: 'remove' };
  if (left.has(piece)) return { kind: left.size > 1 ? 'remove' : 'remove-last' };
  if (left.size > 0) return PARTS_LEFT;
  return whenAllAreDone(job.lease, ask);
}

/**
 * Who asks for another part than the lease's is not needed: the lease's own message comes again until the reduce message
 * is sent. Who asks for that very part is either such a message again, after a crash, or the same message twice, and
 * nobody can tell which: it waits.
 */
function whenAllAreDone(lease: Lease | undefined, { part, holder, nowMs }: Ask): Step {
  if (lease === undefined || lease.untilMs <= nowMs) return { kind: 'claim' };
  if (lease.holder === holder) {
    return answer({ outcome: 'reduce', isComplete: true, leaseUntilMs: lease.untilMs });
  }
  if (lease.part !== part) return answer({ outcome: 'reduce-held', isComplete: false });
  return { kind: 'wait', milliseconds: Math.min(lease.untilMs - nowMs, LONGEST_WAIT_MS) };
}

/** What stands for the part in the set of what is unfinished. */
export const pieceOf = ({ shardSize }: Pick<Job, 'shardSize'>, part: number): number =>
  shardSize === undefined ? part : shardOf(part, shardSize);

const answer = (completion: Completion): Step => ({ kind: 'answer', completion });
const PARTS_LEFT = answer({ outcome: 'parts-left', isComplete: false });

/** Watchbot answers `true` here, and so has a reduce begin without a single part. */
const unknownJob = () =>
  new ProgressError(
    'UNKNOWN_JOB',
    'no total was set for this job: call `set-total` before its parts are sent',
  );
