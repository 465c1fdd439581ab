import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { jitteredWait } from '../../shared/backoff';
import { isOfNetwork, isTransient, pause } from '../stack/calls';
import type { LogEvent, LogQuery, LogSource } from './log-source';
import { SeenEvents } from './seen-events';

export interface CloudWatchParts {
  logs: CloudWatchLogsClient;
  logGroup: string;
  /** Milliseconds, of this machine. */
  now: () => number;
  /** Called once for each time that AWS must be waited for. */
  onWaiting: (error: Error) => void;
  /** Milliseconds between looks for new lines. */
  pollMs?: number;
}

const POLL_MS = 1_000;

/**
 * Lines come late: a task sends them in bundles, and CloudWatch Logs shows those of one task sooner than those of
 * another. So each look begins before the newest line that is known.
 */
export const LATE_MS = 120_000;

/** A clock of this machine that is ahead by no more than this loses nothing. */
const MAX_CLOCK_SKEW_MS = 600_000;

const BACKOFF_MS = { first: 500, most: 20_000 };

/** What reading asks of AWS. */
export const READ_ACTION = 'logs:FilterLogEvents';

/** The log group of a worker. Throttling is waited out, for as long as it takes. */
export function cloudWatchLog(given: CloudWatchParts): LogSource {
  const { now, pollMs = POLL_MS } = given;
  const parts: Reading = { ...given, line: { hasWorked: false } };

  async function* read(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const seen = new SeenEvents();
    for await (const event of pages(parts, query, signal)) if (seen.isNew(event)) yield event;
  }

  async function* follow(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const seen = new SeenEvents();
    let { sinceMs } = query;
    while (!signal.aborted) {
      const startedMs = now();
      const terms = query.terms?.();
      for await (const event of pages(parts, { ...query, sinceMs }, signal))
        if (seen.isNew(event)) yield event;
      const baseMs = Math.min(startedMs, Math.max(seen.newestMs ?? 0, startedMs - MAX_CLOCK_SKEW_MS));
      sinceMs = Math.max(sinceMs, baseMs - LATE_MS, seen.knownFromMs);
      seen.forgetBefore(sinceMs);
      const hasMoreTerms = query.terms?.().length !== terms?.length;
      if (!hasMoreTerms) await pause(pollMs, signal);
    }
  }

  return { read, follow };
}

/** A region that does not exist is told at once; a network that has worked before is waited for. */
type Reading = CloudWatchParts & { line: { hasWorked: boolean } };

async function* pages(
  parts: Reading,
  { sinceMs, untilMs, pattern, terms }: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const { FilterLogEventsCommand } = await import('../../vendor/cloudwatch-logs.mjs');
  const request = {
    logGroupName: parts.logGroup,
    startTime: Math.max(0, sinceMs),
    endTime: untilMs,
    filterPattern: pattern ?? anyOf(terms?.()),
    // Lines of all tasks together in order of time: what AWS always does by now, and others do when asked.
    interleaved: true,
  };
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ ...request, nextToken });
    const page = await patiently(parts, signal, () => parts.logs.send(command, { abortSignal: signal }));
    if (page === undefined) return;
    for (const event of page.events ?? []) yield logEvent(event);
    ({ nextToken } = page);
  } while (nextToken !== undefined && !signal.aborted);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html: `?` before each is "or". */
function anyOf(terms: readonly string[] = []): string | undefined {
  const quoted = terms.map((term) => `"${term.replaceAll('"', '')}"`);
  return quoted.length < 2 ? quoted[0] : quoted.map((term) => `?${term}`).join(' ');
}

/** The log stream of a task is `prefix/container/task`. */
function logEvent({
  eventId = '',
  timestamp = 0,
  logStreamName = '',
  message = '',
}: FilteredLogEvent): LogEvent {
  return {
    id: eventId,
    timeMs: timestamp,
    task: logStreamName.split('/').at(-1) ?? '',
    line: message.replace(/\n$/, ''),
  };
}

/** Undefined after the signal. */
async function patiently<T>(
  { onWaiting, line }: Reading,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T | undefined> {
  for (let tries = 0; ; tries += 1) {
    if (signal.aborted) return undefined;
    const answer = await call().catch((error: unknown) => {
      if (isAborted(signal)) return undefined;
      if (!isTransient(error) || (isOfNetwork(error) && !line.hasWorked)) throw error;
      if (tries === 0) onWaiting(error as Error);
      return undefined;
    });
    if (answer !== undefined) {
      line.hasWorked = true;
      return answer;
    }
    await pause(jitteredWait(tries, BACKOFF_MS, Math.random), signal);
  }
}

/** Asked anew: it may have been given meanwhile. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
