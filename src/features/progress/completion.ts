import { ProgressError } from './errors';
import { checkPart, shardOf, type Job, type Lease } from './job';
import type { NumberSet } from './store';

/**
 * Completing a part, as steps: what is known says what is to be done next, and what that finds is known then. Any step may
 * be done twice, and a crash may come between any two: whoever completes the part again goes on from where the table is.
 */

/** What became of the part, and who is to send the reduce message. */
export type Completion =
  /** Every part is done, and this call's worker is to send the reduce message. */
  | { outcome: 'reduce'; isComplete: true; leaseUntilMs: number }
  | { outcome: 'parts-left'; isComplete: false }
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
  /** Also anew, where the lease is this call's own. */
  | { kind: 'claim' }
  /** Until the reduce message may be sent, or the lease have ended. */
  | { kind: 'wait'; milliseconds: number };

/** Beside the job itself, which is read before each step. */
export interface Seen {
  /** Undefined until the part is recorded in its shard. */
  isShardFull?: boolean;
  /** What is unfinished: parts, or shards. Undefined while it was not read. */
  left?: NumberSet;
}

/** DynamoDB's clock is known by the dates of its answers, which are whole seconds. */
const CLOCK_STEP_MS = 1_000;

/** How long a claim, and the look at it, may be under way before it is made anew. */
const SLOW_CALL_MS = 2_000;

/** What a lease that is claimed now is to be. */
export const leaseFor = ({ holder, leaseMs, nowMs }: Ask): Lease => ({
  holder,
  untilMs: nowMs + leaseMs + CLOCK_STEP_MS + SLOW_CALL_MS,
});

export interface Ask {
  /** Its number is a whole one. */
  part: number;
  /** Names this call. */
  holder: string;
  /** How long the answer `true` is to be this worker's alone. */
  leaseMs: number;
  /** By DynamoDB's clock. */
  nowMs: number;
}

/** Mostly another worker is just sending the reduce message. */
const LONGEST_WAIT_MS = 1_000;

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
 * While another worker has the lease, nobody else may be told that nothing is left to do: its message would be deleted,
 * and were that worker to end before it has sent the reduce message, no message might be left that comes again. It need
 * not be the one that completed the last part: a part that was done before may be received again just then.
 */
function whenAllAreDone(lease: Lease | undefined, { holder, leaseMs, nowMs }: Ask): Step {
  if (lease === undefined || lease.untilMs <= nowMs) return { kind: 'claim' };
  if (lease.holder === holder) {
    // A call that was long under way, or tried again, has used up some of it.
    const isWhole = lease.untilMs - nowMs >= leaseMs + CLOCK_STEP_MS;
    return isWhole
      ? answer({ outcome: 'reduce', isComplete: true, leaseUntilMs: lease.untilMs })
      : { kind: 'claim' };
  }
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
