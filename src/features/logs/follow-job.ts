import { JobResult } from '../../contract/log';
import { readLine } from '../../contract/log-lines';
import { JobTrace } from './job-trace';
import type { LogSource } from './log-source';

export interface Attempt {
  result: JobResult;
  receives: number;
  /** Like `exit code 1`. */
  reason: string;
}

export interface Settlement {
  fate: 'done' | 'rejected' | 'dead-lettered';
  last: Attempt;
}

export interface FollowedJob {
  /** The topic's, or the queue's. */
  messageId: string;
  sinceMs: number;
  /** After so many a message that failed is a dead letter; undefined: never. */
  maxReceives: number | undefined;
  /** Called with each end of a job after which the message comes again. */
  onRetry: (attempt: Attempt) => void;
}

/** What became of a message, as the watchers' log says; undefined where the signal came before. */
export async function followJob(
  log: LogSource,
  { messageId, sinceMs, maxReceives, onRetry }: FollowedJob,
  signal: AbortSignal,
): Promise<Settlement | undefined> {
  const trace = new JobTrace(messageId);
  for await (const { line } of log.follow({ sinceMs, terms: () => trace.ids }, signal)) {
    const last = trace.take(line) ? readLine(line).outcome : undefined;
    if (last === undefined) continue;
    const fate = fateAfter(last, maxReceives);
    if (fate !== undefined) return { fate, last };
    onRetry(last);
  }
  return undefined;
}

function fateAfter({ result, receives }: Attempt, maxReceives = Infinity): Settlement['fate'] | undefined {
  if (result === JobResult.success) return 'done';
  if (result === JobResult.rejected) return 'rejected';
  return result === JobResult.failure && receives >= maxReceives ? 'dead-lettered' : undefined;
}
