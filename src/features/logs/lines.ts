import {
  copyIdIn,
  copyIn,
  LogField,
  LogLevel,
  LogSource,
  type ReadLine,
  readLine,
} from '../../contract/log-lines';
import { COUNTED_RESULTS, JobResult } from '../../contract/outcomes';
import { parseObject } from '../../shared/json';
import type { LogEvent, LogQuery, WorkerLog } from './source';

/** What the lines of a log say: which are of a job, how it ended, and whether a line tells of an error. */

/**
 * A job has several ids: the queue's and the topic's id of its message, that of an invocation with several messages, and
 * that of a copy that the watcher sends. The line with which a job begins tells the topic's and the invocation's.
 */
export class JobTrace {
  private readonly known: Set<string>;

  /** @param ids the topic's, or the queue's, or both */
  constructor(ids: readonly string[]) {
    this.known = new Set(ids);
  }

  get ids(): string[] {
    return [...this.known];
  }

  /** Whether the line belongs to the job. Further ids that it tells are remembered. */
  take(line: string): boolean {
    const read = readLine(line);
    const { messageId, topicMessageId, invocationId } = read;
    if (messageId === undefined) return false;
    if (topicMessageId !== undefined && this.known.has(topicMessageId)) this.known.add(messageId);
    if (!this.known.has(messageId)) return false;
    if (invocationId !== undefined) this.known.add(invocationId);
    const copy = copyIdIn(read);
    if (copy !== undefined) this.known.add(copy);
    return true;
  }
}

interface TracedJob {
  /** Those that are known: the topic's, the queue's, or both. */
  ids: readonly string[];
  query: Omit<LogQuery, 'terms'>;
  signal: AbortSignal;
  /** Called each time that the log is read from its beginning; what it gives is given each line of the job. */
  onPass?: () => (event: LogEvent) => void;
}

/**
 * Reads the log until it tells of no more ids: of a message that was sent anew several times, each copy names only the
 * next.
 */
export async function traceJob(
  log: WorkerLog,
  { ids, query, signal, onPass = () => () => undefined }: TracedJob,
): Promise<JobTrace> {
  const trace = new JobTrace(ids);
  for (let known = 0; known < trace.ids.length && !signal.aborted;) {
    known = trace.ids.length;
    const onEvent = onPass();
    for await (const event of log.read({ ...query, terms: () => trace.ids }, signal))
      if (trace.take(event.line)) onEvent(event);
  }
  return trace;
}

/** How one receive of a message ended; the reason is like `exit code 1`. */
export type JobEnd = NonNullable<ReadLine['outcome']>;

/** What became of a message. */
export interface Settlement {
  fate: 'done' | 'rejected' | 'dead-lettered';
  last: JobEnd;
}

interface FollowedJob {
  /** The topic's, or the queue's. */
  messageId: string;
  sinceMs: number;
  /** After so many a message that failed is a dead letter; undefined: never. */
  maxReceives: number | undefined;
  /** Called with each end of a job after which the message comes again. */
  onRetry: (end: JobEnd) => void;
  /** Of the log. */
  hasEnded?: LogQuery['hasEnded'];
}

/** What became of a message, as the watchers' log says; undefined if the signal, or the end of the log, came before. */
export async function followJob(
  log: WorkerLog,
  { messageId, sinceMs, maxReceives, onRetry, hasEnded }: FollowedJob,
  signal: AbortSignal,
): Promise<Settlement | undefined> {
  const trace = new JobTrace([messageId]);
  const early = new EarlyLines(trace);
  const waiting = new Set<string>();
  for await (const { line } of log.follow({ sinceMs, terms: () => trace.ids, hasEnded }, signal)) {
    for (const read of early.take(line)) {
      const copy = copyIn(read);
      if (copy?.isWaiting === true) waiting.add(copy.id);
      if (read.outcome === undefined) continue;
      const most = waiting.has(read.messageId ?? '') ? undefined : maxReceives;
      const fate = fateAfter(read.outcome, most);
      if (fate !== undefined) return { fate, last: read.outcome };
      onRetry(read.outcome);
    }
  }
  return undefined;
}

/** So many lines of other jobs are kept: a copy's are written at most moments before it is known whose copy it is. */
const MOST_EARLY = 10_000;

/**
 * A copy may be received, and done, before the watcher has written that it has sent it, so lines of other messages are
 * kept until it is known whose they are.
 */
class EarlyLines {
  private others: string[] = [];

  constructor(private readonly trace: JobTrace) {}

  /** The lines that are now known to be of the job. */
  take(line: string): ReadLine[] {
    const known = this.trace.ids.length;
    if (!this.trace.take(line)) {
      // What workers write may be long, and settles nothing.
      if (readLine(line).source === LogSource.watcher) this.others.push(line);
      if (this.others.length >= 2 * MOST_EARLY) this.others = this.others.slice(-MOST_EARLY);
      return [];
    }
    const lines = [line];
    for (let before = known; before < this.trace.ids.length;) {
      before = this.trace.ids.length;
      const left: string[] = [];
      for (const other of this.others) (this.trace.take(other) ? lines : left).push(other);
      this.others = left;
    }
    return lines.map(readLine);
  }
}

function fateAfter({ result, receives }: JobEnd, maxReceives = Infinity): Settlement['fate'] | undefined {
  if (result === JobResult.success) return 'done';
  if (result === JobResult.rejected) return 'rejected';
  return result === JobResult.failure && receives >= maxReceives ? 'dead-lettered' : undefined;
}

/** A line, read and judged. */
export interface JudgedLine extends ReadLine {
  isError: boolean;
  /** What a worker's line of JSON has besides its text. */
  more: Record<string, unknown>;
}

/** The same, and where it comes from. */
export interface ShownLine extends JudgedLine {
  event: LogEvent;
}

export const readEvent = (event: LogEvent): ShownLine => ({ ...judgeLine(event.line), event });

export function judgeLine(line: string): JudgedLine {
  const read = readLine(line);
  const fields = parseObject(line) ?? {};
  const more = Object.fromEntries(Object.entries(fields).filter(([name]) => !OWN_FIELDS.has(name)));
  return { ...read, isError: isErrorLine(read, fields), more };
}

/** Fields that every structured line has, or that are in its text as well. */
const OWN_FIELDS = new Set<string>([...Object.values(LogField), 'v', 'hostname', 'pid']);

/** What the watcher writes when it could not do something: lines of the plain format have no level to tell it by. */
const TROUBLE =
  /^cannot |^could not |^unhealthy|could not be |cannot be |goes to the dead-letter queue next|killing the workers|^the launcher /;

function isErrorLine({ source, text, outcome }: ReadLine, fields: Record<string, unknown>): boolean {
  if (source === LogSource.worker) return false;
  // Of neither the watcher nor a worker: something broke, Node itself or the container.
  if (source === undefined) return true;
  if (outcome !== undefined) return COUNTED_RESULTS.includes(outcome.result);
  const level = fields[LogField.level];
  return typeof level === 'number' ? level >= LogLevel.warn : TROUBLE.test(text);
}
