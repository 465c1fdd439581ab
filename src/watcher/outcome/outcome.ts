import type { Outcome } from '../../contract/log-lines';
import type { Job } from '../message/job';
import type { Decision } from './decide';

const KIB_PER_MIB = 1024;

/** What the outcome line of a message says. */
export function outcomeOf(
  { result, reason }: Pick<Decision, 'result' | 'reason'>,
  {
    job,
    durationMs,
    nowMs,
    exit,
    peakMemoryKiB,
  }: {
    job: Pick<Job, 'receives' | 'sentAt'>;
    durationMs: number;
    /** By the clock by which SQS says when a message was sent. */
    nowMs: number;
    /** Of the process that ended with the message, if one did. */
    exit: { code: number | null; signal: string | null } | undefined;
    /** Of its biggest process, where it is known. */
    peakMemoryKiB?: number | undefined;
  },
): Outcome {
  return {
    result,
    reason,
    durationMs: Math.round(durationMs),
    responseDurationMs: Math.max(0, nowMs - job.sentAt.getTime()),
    receives: job.receives,
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    peakMemoryMiB: peakMemoryKiB === undefined ? undefined : Math.ceil(peakMemoryKiB / KIB_PER_MIB),
  };
}
