import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { jitteredWait } from '../../shared/backoff';
import { pause, type Clock } from '../../shared/clock';
import { isOfNetwork, isTransient } from '../stack/calls';
import type { LogEvent, LogQuery, WorkerLog } from './source';

interface CloudWatchOptions {
  logs: CloudWatchLogsClient;
  logGroup: string;
  clock: Clock;
  random: () => number;
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
const LATE_MS = 120_000;

/** No line is lost if the clock of this machine is ahead by no more than this. */
const MAX_CLOCK_SKEW_MS = 600_000;

const BACKOFF_MS = { first: 500, most: 20_000 };

/** What reading asks of AWS. */
export const READ_ACTION = 'logs:FilterLogEvents';

/** The log group of a worker. If AWS throttles, it waits and tries again for as long as it takes. */
export function cloudWatchLog(options: CloudWatchOptions): WorkerLog {
  const { clock, pollMs = POLL_MS } = options;
  const reader: LogReader = { ...options, network: { hasWorked: false } };

  async function* read(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const seen = new SeenEvents();
    for await (const event of pages(reader, query, signal)) if (seen.isNew(event)) yield event;
  }

  async function* follow(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const seen = new SeenEvents();
    let { sinceMs } = query;
    while (!signal.aborted) {
      const startedMs = clock.now();
      const terms = query.terms?.();
      for await (const event of pages(reader, { ...query, sinceMs }, signal))
        if (seen.isNew(event)) yield event;
      const baseMs = Math.min(startedMs, Math.max(seen.newestMs ?? 0, startedMs - MAX_CLOCK_SKEW_MS));
      sinceMs = Math.max(sinceMs, baseMs - LATE_MS, seen.knownFromMs);
      seen.forgetBefore(sinceMs);
      const hasMoreTerms = query.terms?.().length !== terms?.length;
      if (!hasMoreTerms) await pause(clock, pollMs, signal);
    }
  }

  return { read, follow };
}

/** If AWS was never reached, the region may not exist, and the error is thrown. Else the network will come back. */
type LogReader = CloudWatchOptions & { network: { hasWorked: boolean } };

async function* pages(
  reader: LogReader,
  { sinceMs, untilMs, pattern, terms, mostPages = Infinity }: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const { FilterLogEventsCommand } = await import('../../vendor/cloudwatch-logs.mjs');
  const request = {
    logGroupName: reader.logGroup,
    startTime: Math.max(0, sinceMs),
    endTime: untilMs,
    filterPattern: pattern ?? anyOf(terms?.()),
    // Lines of all tasks together, in order of time: AWS always does this by now, others only if asked.
    interleaved: true,
  };
  let nextToken: string | undefined;
  let count = 0;
  do {
    const command = new FilterLogEventsCommand({ ...request, nextToken });
    const page = await patiently(reader, signal, () => reader.logs.send(command, { abortSignal: signal }));
    if (page === undefined) return;
    for (const event of page.events ?? []) yield logEvent(event);
    ({ nextToken } = page);
    count += 1;
  } while (nextToken !== undefined && count < mostPages && !signal.aborted);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html: `?` before each is "or". */
function anyOf(terms: readonly string[] = []): string | undefined {
  const quoted = terms.map((term) => `"${term.replaceAll('"', '')}"`);
  return quoted.length < 2 ? quoted[0] : quoted.map((term) => `?${term}`).join(' ');
}

/** The log stream of a task is `prefix/container/task`, and through a router of logs `prefix/container/container-firelens-task`. */
function logEvent({
  eventId = '',
  timestamp = 0,
  logStreamName = '',
  message = '',
}: FilteredLogEvent): LogEvent {
  return {
    id: eventId,
    timeMs: timestamp,
    task:
      logStreamName
        .split('/')
        .at(-1)
        ?.replace(/^.*-firelens-/, '') ?? '',
    line: message.replace(/\n$/, ''),
  };
}

/** Undefined after the signal. */
async function patiently<T>(
  { onWaiting, network, clock, random }: LogReader,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T | undefined> {
  for (let tries = 0; ; tries += 1) {
    if (signal.aborted) return undefined;
    const answer = await call().catch((error: unknown) => {
      if (isAborted(signal)) return undefined;
      if (!isTransient(error) || (isOfNetwork(error) && !network.hasWorked)) throw error;
      if (tries === 0) onWaiting(error as Error);
      return undefined;
    });
    if (answer !== undefined) {
      network.hasWorked = true;
      return answer;
    }
    await pause(clock, jitteredWait(tries, BACKOFF_MS, random), signal);
  }
}

/** Asks again, which the compiler would think needless: it may have been given meanwhile. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Far more than there are in the time that is looked back on, and a few megabytes. */
const MAX_IDS = 100_000;

/**
 * Remembers which events were given already, so that one that is read twice is given once. The number is limited: of
 * those that were forgotten it keeps the latest time, and nothing up to that time may be read again.
 */
export class SeenEvents {
  /** In the order in which they came. */
  private readonly times = new Map<string, number>();
  private forgottenMs = -Infinity;
  private newest = -Infinity;

  constructor(private readonly maxIds = MAX_IDS) {}

  /** The time of the newest event; undefined before the first. */
  get newestMs(): number | undefined {
    return this.newest === -Infinity ? undefined : this.newest;
  }

  /** From when on all that was given is remembered. */
  get knownFromMs(): number {
    return this.forgottenMs + 1;
  }

  /** Whether it has not been given before. */
  isNew({ id, timeMs }: LogEvent): boolean {
    if (this.times.has(id)) return false;
    this.times.set(id, timeMs);
    this.newest = Math.max(this.newest, timeMs);
    if (this.times.size > this.maxIds) this.forgetFirst();
    return true;
  }

  /** Events before this will not be read again. */
  forgetBefore(timeMs: number): void {
    for (const [id, time] of this.times) if (time < timeMs) this.times.delete(id);
  }

  private forgetFirst(): void {
    const [first] = this.times;
    if (first === undefined) return;
    const [id, timeMs] = first;
    this.times.delete(id);
    this.forgottenMs = Math.max(this.forgottenMs, timeMs);
  }
}
