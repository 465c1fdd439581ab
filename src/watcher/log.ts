import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import { escapeControls } from '../shared/escape';
import { COUNTED_RESULTS } from '../contract/outcomes';
import {
  contentFields,
  type FormatLine,
  LogField,
  LogLevel,
  type LogLine,
  LogSource,
  type Outcome,
  outcomeFields,
  outcomeText,
  type ReceivedContent,
} from '../contract/log-lines';
import { parseObject } from '../shared/json';
import type { Clock } from '../shared/clock';

/** Writes text to the log; resolves when more can be taken. Never rejects. */
export type Write = (text: string) => Promise<void> | void;

export interface Logger {
  info(text: string, messageId?: string): void;
  warn(text: string, messageId?: string): void;
  error(text: string, messageId?: string): void;
  outcome(outcome: Outcome, messageId: string): void;
  /** Writes what came, in a line of its own. */
  content(content: ReceivedContent, messageId: string): void;
  /** Writes lines of a worker. Resolves when the log can take more: a fast writer waits, and memory does not grow. */
  worker(lines: readonly string[], messageId?: string): Promise<void> | void;
}

export function createLogger({
  write,
  format,
  clock,
  version,
}: {
  write: Write;
  format: FormatLine;
  clock: Clock;
  /** Of the worker; absent if nothing needs it. */
  version?: string | undefined;
}): Logger {
  const line = (entry: Omit<LogLine, 'time'>) =>
    `${escapeControls(format({ time: new Date(clock.now()), ...entry }))}\n`;
  const watcher = (entry: Omit<LogLine, 'time' | 'source'>) => {
    void write(line({ ...entry, source: LogSource.watcher }));
  };
  return {
    info: (text, messageId) => {
      watcher({ level: LogLevel.info, text, messageId });
    },
    warn: (text, messageId) => {
      watcher({ level: LogLevel.warn, text, messageId });
    },
    error: (text, messageId) => {
      watcher({ level: LogLevel.error, text, messageId });
    },
    outcome: (job, messageId) => {
      const outcome = { ...job, version };
      const isCounted = COUNTED_RESULTS.includes(outcome.result);
      const level = isCounted ? LogLevel.error : LogLevel.info;
      watcher({ level, text: outcomeText(outcome), messageId, fields: outcomeFields(outcome) });
    },
    content: (content, messageId) => {
      void write(contentLine(content, messageId, line));
    },
    worker: (lines, messageId) => write(lines.map((text) => workerLine(text, messageId, line)).join('')),
  };
}

/** What CloudWatch, and the log driver before it, take as one event. A longer line is cut, and is no JSON any more. */
const MOST_BYTES = 262_144 - 26;

const isTooLong = (line: string) => line.length * 3 > MOST_BYTES && Buffer.byteLength(line) > MOST_BYTES;

/** A message that would not fit into one event of the log is left out: half of it is no JSON. */
function contentLine(
  content: ReceivedContent,
  messageId: string,
  line: (entry: Omit<LogLine, 'time'>) => string,
): string {
  const lineOf = (fields: Record<string, unknown>) => {
    const entry = {
      source: LogSource.watcher,
      level: LogLevel.info,
      messageId,
      text: JSON.stringify(fields),
    };
    // A structured line has the message once.
    return line({ ...entry, fields: { ...fields, [LogField.text]: CONTENT_TEXT } });
  };
  const { message, ...others } = contentFields(content);
  const whole = lineOf({ ...others, message });
  return isTooLong(whole) ? lineOf(others) : whole;
}

const CONTENT_TEXT = 'message';

/**
 * A worker's line. If it is a JSON object, its fields become fields of the structured line, as in Watchbot 8 and later,
 * unless the line would be too long with them: it has the text, too.
 */
function workerLine(
  text: string,
  messageId: string | undefined,
  line: (entry: Omit<LogLine, 'time'>) => string,
): string {
  const entry = { source: LogSource.worker, level: LogLevel.info, messageId, text };
  const whole = line({ ...entry, fields: parseObject(text) });
  return isTooLong(whole) ? line(entry) : whole;
}

/** Who writes more than this in one turn waits for the end of the turn. */
const MOST_IN_TURN_CHARACTERS = 16_384;

/**
 * Writes to a stream, once in each turn of the event loop: each write wakes whoever reads the log, and one turn often has
 * the end of one job and the beginning of the next. If nobody reads the log any more, work goes on without one.
 */
export class Output {
  private readonly stream: Writable;
  private isBroken: boolean;
  /** What was written in this turn. */
  private written = '';
  /** One promise for all who wait: a listener for each would be too many. */
  private drained: Promise<void> | undefined;
  private release: () => void = () => undefined;

  constructor(stream: Writable) {
    this.stream = stream;
    this.isBroken = stream.destroyed;
    stream.on('drain', () => {
      this.release();
    });
    for (const end of ['error', 'close']) {
      stream.on(end, () => {
        this.isBroken = true;
        this.release();
      });
    }
  }

  readonly write: Write = (text) => {
    if (this.isBroken || text === '') return undefined;
    if (this.written === '') nextTick(this.flush);
    this.written += text;
    const hasRoom = this.written.length < MOST_IN_TURN_CHARACTERS && !this.stream.writableNeedDrain;
    return hasRoom ? undefined : this.whenDrained();
  };

  /** Hands over what was written in this turn. It is also to be called when the process exits. */
  readonly flush = (): void => {
    const text = this.written;
    this.written = '';
    if (text !== '' && !this.isBroken && this.hand(text)) this.release();
  };

  /** Returns whether there is room for more. The stream of a file may throw: a full disk is no reason to end. */
  private hand(text: string): boolean {
    try {
      return this.stream.write(text);
    } catch {
      this.isBroken = true;
      return true;
    }
  }

  /** Resolves when all that was written has left the process, which must not exit before. Never rejects. */
  flushed(): Promise<void> {
    this.flush();
    return new Promise((resolve) => {
      if (this.isBroken) return resolve();
      try {
        this.stream.write('', () => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  private whenDrained(): Promise<void> {
    return (this.drained ??= new Promise((resolve) => {
      this.release = () => {
        this.drained = undefined;
        resolve();
      };
    }));
  }
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's error for a host with several addresses, none of which answers, has a code but no text.
  const { name, message, code = '' } = error as NodeJS.ErrnoException;
  return `${name}: ${message || code}`;
}
