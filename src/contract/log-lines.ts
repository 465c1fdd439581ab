import { parseObject } from '../shared/json';
import { JobResult } from './outcomes';

/** Who wrote a line. A worker cannot write as the watcher: the name stands in a place that it cannot reach. */
export const LogSource = { watcher: 'watcher', worker: 'worker' } as const;
export type LogSource = (typeof LogSource)[keyof typeof LogSource];

/** Fields of a structured line. The first seven are those of Watchbot v8 and later, and of bunyan. */
export const LogField = {
  level: 'level',
  /** Who wrote it, as Watchbot has it: a worker's own JSON may change it, unlike `source`. */
  name: 'name',
  hostname: 'hostname',
  pid: 'pid',
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

/**
 * A line of the log, written by the watcher and read by the template's metric filters (`src/resources/log.ts`), `local`
 * and `logs`. Plain: `[date] [source] [message id] text`, as Watchbot. Structured: one JSON object a line. Both say the same.
 */
export interface LogLine {
  time: Date;
  source: LogSource;
  messageId?: string | undefined;
  text: string;
  level: LogLevel;
  /** Further fields of a structured line. */
  fields?: Readonly<Record<string, unknown>> | undefined;
}

/** One job's end, in the only line that metrics are made of. */
export interface Outcome {
  result: JobResult;
  durationMs: number;
  /** Since the message was sent. */
  responseDurationMs: number;
  receives: number;
  /** Of the worker; absent if nothing needs it. */
  version?: string | undefined;
  code: number | null;
  signal: string | null;
  reason: string;
  /** Of its biggest process; absent if it is not known. */
  peakMemoryMiB?: number | undefined;
}

export type FormatLine = (line: LogLine) => string;

const NO_MESSAGE = '-';

export const formatPlain: FormatLine = ({ time, source, messageId, text }) =>
  `[${time.toUTCString()}] [${source}] [${messageId ?? NO_MESSAGE}] ${text}`;

/** The watcher's own: `bunyan` reads no line without them. */
export interface WriterProcess {
  hostname: string;
  pid: number;
}

export const formatStructured =
  (writer: WriterProcess): FormatLine =>
  (line) => {
    try {
      return structured(line, writer);
    } catch {
      // What can be read cannot always be written: an array in an array some thousand times is more than the stack takes.
      return structured({ ...line, fields: undefined }, writer);
    }
  };

const structured = (
  { time, source, messageId, text, level, fields }: LogLine,
  { hostname, pid }: WriterProcess,
): string =>
  JSON.stringify({
    v: 0,
    [LogField.name]: source,
    [LogField.hostname]: hostname,
    [LogField.pid]: pid,
    [LogField.level]: level,
    ...fields,
    // Behind the worker's own fields, so that it cannot write in the name of another message or of the watcher.
    [LogField.time]: time.toISOString(),
    [LogField.source]: source,
    [LogField.messageId]: messageId,
    [LogField.text]: typeof fields?.[LogField.text] === 'string' ? fields[LogField.text] : text,
  });

/**
 * The outcome line. In the plain format the numbers stand at fixed places, between spaces, so that a metric filter can
 * take them: `[failure] after 1200 ms, 3400 ms since sent, receive 2 (exit code 1), peak memory 45 MiB`. Where versions are
 * told apart: `… receive 2 of version 0a1b2c3d (exit code 1) …`.
 */
export function outcomeText(outcome: Outcome): string {
  const { result, durationMs, responseDurationMs, receives, version, reason, peakMemoryMiB } = outcome;
  const of = version === undefined ? '' : ` of version ${version}`;
  const memory = peakMemoryMiB === undefined ? '' : `, peak memory ${peakMemoryMiB} MiB`;
  return `[${result}] after ${durationMs} ms, ${responseDurationMs} ms since sent, receive ${receives}${of} (${reason})${memory}`;
}

export function outcomeFields(outcome: Outcome): Record<string, unknown> {
  return {
    [LogField.result]: outcome.result,
    [LogField.duration]: outcome.durationMs,
    [LogField.responseDuration]: outcome.responseDurationMs,
    [LogField.receives]: outcome.receives,
    ...(outcome.version === undefined ? {} : { [LogField.version]: outcome.version }),
    [LogField.code]: outcome.code,
    [LogField.signal]: outcome.signal,
    [LogField.reason]: outcome.reason,
    ...(outcome.peakMemoryMiB === undefined ? {} : { [LogField.peakMemory]: outcome.peakMemoryMiB }),
  };
}

/**
 * The line with which a job begins: it ties the queue's id of a message to the topic's, and to that of an invocation with
 * several messages, under which what their worker writes stands.
 */
export function receivedText({ receives, topicMessageId, invocationId }: Received): string {
  const topic = topicMessageId === undefined ? '' : `, SNS message ${topicMessageId}`;
  const invocation = invocationId === undefined ? '' : `, invocation ${invocationId}`;
  return `received (receive ${receives}${topic}${invocation})`;
}

/** What came, as Watchbot logged it: under `compatibility: watchbot`. */
export const contentFields = ({ subject, body, receives }: ReceivedContent): Record<string, unknown> => ({
  subject,
  message: body,
  [LogField.receives]: receives,
});

export interface ReceivedContent {
  subject: string | undefined;
  body: string;
  receives: number;
}

export interface Received {
  receives: number;
  topicMessageId: string | undefined;
  invocationId?: string | undefined;
}

/** A line as it was read back: only what the watcher itself wrote counts as received or ended. */
export interface ReadLine {
  source: LogSource | undefined;
  messageId: string | undefined;
  text: string;
  topicMessageId?: string | undefined;
  invocationId?: string | undefined;
  outcome?: { result: JobResult; receives: number; reason: string } | undefined;
}

const PLAIN_LINE = /^\[[^\]]*\] \[(watcher|worker)\] \[([^\]]*)\] (.*)$/s;
const OUTCOME_TEXT =
  /^\[(\w+)\] after \d+ ms, \d+ ms since sent, receive (\d+)(?: of version \w+)? \((.*)\)(?:, peak memory \d+ MiB)?$/s;
const RECEIVED_TEXT = /^received \(receive \d+(?:, SNS message ([\w-]+))?(?:, invocation ([\w-]+))?\)$/;

const OUTCOME_TIMES = /^\[\w+\] after (\d+) ms, (\d+) ms since sent, /;

/** The times in an outcome line, as `outcomeText` wrote them; undefined if it is no outcome line. */
export function outcomeTimes(text: string): Pick<Outcome, 'durationMs' | 'responseDurationMs'> | undefined {
  const [, duration, responseDuration] = OUTCOME_TIMES.exec(text) ?? [];
  return duration === undefined
    ? undefined
    : { durationMs: Number(duration), responseDurationMs: Number(responseDuration) };
}

/** Reads a line of either format. */
export function readLine(line: string): ReadLine {
  const { source, messageId, text } = readParts(line);
  if (source !== LogSource.watcher) return { source, messageId, text };
  const [, result, receives, reason] = OUTCOME_TEXT.exec(text) ?? [];
  const [, topicMessageId, invocationId] = RECEIVED_TEXT.exec(text) ?? [];
  const isResult = Object.values(JobResult).includes(result as JobResult);
  return {
    source,
    messageId,
    text,
    topicMessageId,
    invocationId,
    outcome: isResult
      ? { result: result as JobResult, receives: Number(receives), reason: reason ?? '' }
      : undefined,
  };
}

function readParts(line: string): Pick<ReadLine, 'source' | 'messageId' | 'text'> {
  const plain = PLAIN_LINE.exec(line);
  if (plain !== null) {
    const [, source, id, text] = plain;
    return { source: source as LogSource, messageId: id === NO_MESSAGE ? undefined : id, text: text ?? '' };
  }
  const fields = parseObject(line);
  if (fields === undefined) return { source: undefined, messageId: undefined, text: line };
  const { [LogField.source]: source, [LogField.messageId]: messageId, [LogField.text]: text } = fields;
  return {
    source: Object.values(LogSource).find((known) => known === source),
    messageId: typeof messageId === 'string' ? messageId : undefined,
    text: typeof text === 'string' ? text : '',
  };
}

/** The text with which the watcher says that it has sent a message anew. By it the copy can be found. */
export const sentAnewText = (copyId: string, why: string): string => `sent anew as ${copyId}, ${why}`;

/** Why a copy is sent that begins as any message does. The others wait, and if they fail, there is one more copy. */
export const ANEW_AFTER_FAILURE = 'since not all of its receives were tries';

const SENT_ANEW = /^sent anew as ([\w-]+), (.*)$/s;

/** The copy that a line is about; undefined if it is about none. */
export function copyIn({
  source,
  text,
}: Pick<ReadLine, 'source' | 'text'>): { id: string; isWaiting: boolean } | undefined {
  const [, id, why] = (source === LogSource.watcher ? SENT_ANEW.exec(text) : null) ?? [];
  return id === undefined ? undefined : { id, isWaiting: why !== ANEW_AFTER_FAILURE };
}

export const copyIdIn = (line: Pick<ReadLine, 'source' | 'text'>): string | undefined => copyIn(line)?.id;
