import { COUNTED_RESULTS, LogLevel, LogSource } from '../../contract/log';
import {
  outcomeFields,
  outcomeText,
  type FormatLine,
  type LogLine,
  type Outcome,
} from '../../contract/log-lines';
import { parseObject } from '../../shared/json';
import type { Clock } from '../clock';
import { escapeControls } from '../../contract/escape';

/** Writes text to the log; resolves when more can be taken. Never rejects. */
export type Write = (text: string) => Promise<void> | void;

export interface Logger {
  info(text: string, messageId?: string): void;
  warn(text: string, messageId?: string): void;
  error(text: string, messageId?: string): void;
  outcome(outcome: Outcome, messageId: string): void;
  /** Lines of a worker. Resolves when the log can take more, so that a fast writer waits and memory does not grow. */
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
  /** Of the worker; absent where nothing asks. */
  version?: string | undefined;
}): Logger {
  const line = (parts: Omit<LogLine, 'time'>) =>
    `${escapeControls(format({ time: new Date(clock.now()), ...parts }))}\n`;
  const watcher = (parts: Omit<LogLine, 'time' | 'source'>) => {
    void write(line({ ...parts, source: LogSource.watcher }));
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
    worker: (lines, messageId) => write(lines.map((text) => workerLine(text, messageId, line)).join('')),
  };
}

/** What CloudWatch, and the driver of the log before it, takes as one event; more is cut, and is no JSON any more. */
const MOST_BYTES = 262_144 - 26;

const isTooLong = (line: string) => line.length * 3 > MOST_BYTES && Buffer.byteLength(line) > MOST_BYTES;

/**
 * A worker's line; if it is a JSON object, its fields become those of a structured line, as from Watchbot 8 on, unless
 * that is too long with them: the text is in it, too.
 */
function workerLine(
  text: string,
  messageId: string | undefined,
  line: (parts: Omit<LogLine, 'time'>) => string,
): string {
  const parts = { source: LogSource.worker, level: LogLevel.info, messageId, text };
  const whole = line({ ...parts, fields: parseObject(text) });
  return isTooLong(whole) ? line(parts) : whole;
}
