/**
 * What the watcher writes to its log and the template's metric filters read.
 * Both formats carry the same facts; see `src/resources/log.ts` for the patterns.
 */

/** Who wrote a line. A worker cannot write as the watcher: the name stands in a place that it cannot reach. */
export const LogSource = { watcher: 'watcher', worker: 'worker' } as const;
export type LogSource = (typeof LogSource)[keyof typeof LogSource];

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

/** Fields of a structured line. The first five are those of Watchbot v8 and later. */
export const LogField = {
  level: 'level',
  name: 'name',
  time: 'time',
  messageId: 'watchbot_sqs_message_id',
  text: 'msg',
  source: 'source',
  result: 'worker_event',
  /** Milliseconds. */
  duration: 'duration',
  /** Milliseconds since the message was sent. */
  responseDuration: 'response_duration',
  receives: 'receives',
  /** Of the worker. */
  version: 'version',
  code: 'code',
  signal: 'signal',
  reason: 'reason',
  /** Of the job's biggest process, in MiB. */
  peakMemory: 'peak_memory_mib',
} as const;

/** bunyan's numbers, as Watchbot wrote them. */
export const LogLevel = { info: 30, warn: 40, error: 50 } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** `name` of every structured line, as Watchbot wrote it. */
export const LOGGER_NAME = 'watchbot';
