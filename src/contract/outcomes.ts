/** Of `stopTimeout`, in seconds: what is left for settling after the last worker was killed, before ECS kills the watcher. */
export const SETTLE_SECONDS = 5;

/**
 * For so long at most a job may work on in a task that a newer version replaces. CloudFormation waits for a service for
 * three hours, in which its new tasks must start, too.
 */
export const MAX_FINISH_SECONDS = 10_000;

/** Exit codes by which a worker decides its message's fate (Watchbot v0 to v10). Any other one is a failure. */
export const ExitCode = {
  /** Done: the message is deleted. */
  success: 0,
  /** Rejected: the message is deleted and counted as a failure; no retry can help. */
  rejected: 3,
  /** No-op: the message goes back to the queue and is not counted. */
  noop: 4,
} as const;

/** What became of one job, in the words of its outcome line. */
export const JobResult = {
  success: 'success',
  failure: 'failure',
  rejected: 'rejected',
  noop: 'noop',
  /** The task was stopped before the job ended: the message went back, and nothing is counted. */
  released: 'released',
} as const;
export type JobResult = (typeof JobResult)[keyof typeof JobResult];

/** The results that the worker-errors metric counts. */
export const COUNTED_RESULTS: readonly JobResult[] = [JobResult.failure, JobResult.rejected];

/** How a job can end, as far as that decides what becomes of its message. */
export type Ending = 'overtime' | 'told' | 'untried' | 'done' | 'rejected' | 'noop' | 'failed';

/** What is done with the message: deleted, or back to the queue for a while or at once. */
type Fate = 'deleted' | 'after the backoff' | 'at once';

export interface OutcomeRule {
  /** As a reader knows it, in Markdown. */
  when: string;
  result: JobResult;
  fate: Fate;
  /** Whether the receive is one of `maxReceives`. Of what is deleted there is none to count. */
  isReceiveCounted: boolean;
}

/**
 * What an end means. The first row that applies decides: once a job was told to end, its own word does not count, since
 * many programs end with 0 when they are told, whether they have finished or not.
 */
export const OUTCOMES: Readonly<Record<Ending, OutcomeRule>> = {
  overtime: {
    when: 'over its time (`maxJobDuration`, or the 12 hours of SQS), whatever its code',
    result: JobResult.failure,
    fate: 'after the backoff',
    isReceiveCounted: true,
  },
  told: {
    when: 'after its notice that the task stops, whatever its code',
    result: JobResult.released,
    fate: 'at once',
    isReceiveCounted: false,
  },
  untried: {
    when: 'none: the [machine is at its end](#when-the-machine-is-at-its-end), three times at most',
    result: JobResult.released,
    fate: 'after the backoff',
    isReceiveCounted: false,
  },
  done: { when: '0', result: JobResult.success, fate: 'deleted', isReceiveCounted: false },
  rejected: { when: '3', result: JobResult.rejected, fate: 'deleted', isReceiveCounted: false },
  noop: { when: '4', result: JobResult.noop, fate: 'after the backoff', isReceiveCounted: false },
  failed: {
    when: 'any other, a signal, or it could not be started',
    result: JobResult.failure,
    fate: 'after the backoff',
    isReceiveCounted: true,
  },
};
