import { ProgressError } from './errors';
import { checkPart, shardOf, type Job, type Lease } from './job';
import type { NumberSet } from './store';

/**
 * Completes a part in steps: what is known decides the next step, and its result is known then. Each step may be done
 * twice, and a crash may come between any two: whoever completes the part again goes on from the state of the table.
 */

/** What happened to the part, and who is to send the reduce message. */
export type Completion =
  /** Every part is done, and the worker of this call is to send the reduce message. */
  | { outcome: 'reduce'; isComplete: true; leaseUntilMs: number }
  | { outcome: 'parts-left'; isComplete: false }
  | { outcome: 'reduce-sent'; isComplete: false }
  /** The part was not looked at. */
  | { outcome: 'failed'; isComplete: false; reason: string };

export type Step =
  | { kind: 'answer'; completion: Completion }
  /** Record the part in its shard, which may then be full. */
  | { kind: 'record' }
  /** Remove the part, or shard, from the set of unfinished ones, unless it is the last. */
  | { kind: 'remove' }
  /** Remove the last one. */
  | { kind: 'remove-last' }
  /** Claim the lease, or renew it if it is this call's own. */
  | { kind: 'claim' }
  /** Wait until the reduce message may have been sent, or the lease may have ended. */
  | { kind: 'wait'; milliseconds: number };

/** What is known beside the job itself, which is read before each step. */
export interface Seen {
  /** Undefined until the part is recorded in its shard. */
  isShardFull?: boolean;
  /** What is unfinished: parts, or shards. Undefined until it has been read. */
  left?: NumberSet;
}

/** DynamoDB's clock is known from the dates of its answers, which are whole seconds. */
const CLOCK_STEP_MS = 1_000;

/** How long a claim, and reading it, may take before it is made again. */
const SLOW_CALL_MS = 2_000;

/** The lease that a claim asks for now. */
export const leaseFor = ({ holder, leaseMs, nowMs }: Ask): Lease => ({
  holder,
  untilMs: nowMs + leaseMs + CLOCK_STEP_MS + SLOW_CALL_MS,
});

export interface Ask {
  /** A whole number. */
  part: number;
  /** The name of this call. */
  holder: string;
  /** How long only this worker is to have the answer `true`. */
  leaseMs: number;
  /** By DynamoDB's clock. */
  nowMs: number;
}

/** Usually another worker is just sending the reduce message. */
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
 * While another worker has the lease, nobody else may hear that nothing is left to do: their message would be
 * deleted, and if that worker ended before it had sent the reduce message, there might be no message left that comes
 * again. The worker with the lease need not have completed the last part: a part that was done before may be received
 * again just then.
 */
function whenAllAreDone(lease: Lease | undefined, { holder, leaseMs, nowMs }: Ask): Step {
  if (lease === undefined || lease.untilMs <= nowMs) return { kind: 'claim' };
  if (lease.holder === holder) {
    // A call that took long, or was retried, has used up some of the lease.
    const isWhole = lease.untilMs - nowMs >= leaseMs + CLOCK_STEP_MS;
    return isWhole
      ? answer({ outcome: 'reduce', isComplete: true, leaseUntilMs: lease.untilMs })
      : { kind: 'claim' };
  }
  return { kind: 'wait', milliseconds: Math.min(lease.untilMs - nowMs, LONGEST_WAIT_MS) };
}

/** The number that stands for the part in the set of what is unfinished: its own, or its shard's. */
export const pieceOf = ({ shardSize }: Pick<Job, 'shardSize'>, part: number): number =>
  shardSize === undefined ? part : shardOf(part, shardSize);

const answer = (completion: Completion): Step => ({ kind: 'answer', completion });
const PARTS_LEFT = answer({ outcome: 'parts-left', isComplete: false });

/** Watchbot answers `true` here, so that a reduce begins without a single part. */
const unknownJob = () =>
  new ProgressError(
    'UNKNOWN_JOB',
    'no total was set for this job: call `set-total` before its parts are sent',
  );
