import { COUNTED_RESULTS, LogLevel, LogSource } from '../../contract/log';
import {
  outcomeFields,
  outcomeText,
  parseObject,
  type FormatLine,
  type LogLine,
  type Outcome,
} from '../../contract/log-lines';
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
}: {
  write: Write;
  format: FormatLine;
  clock: Clock;
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
    outcome: (outcome, messageId) => {
      const isCounted = COUNTED_RESULTS.includes(outcome.result);
      const level = isCounted ? LogLevel.error : LogLevel.info;
      watcher({ level, text: outcomeText(outcome), messageId, fields: outcomeFields(outcome) });
    },
    worker: (lines, messageId) => write(lines.map((text) => line(workerLine(text, messageId))).join('')),
  };
}

/** A worker's line; where it is a JSON object, its fields become those of a structured line, as from Watchbot 8 on. */
function workerLine(text: string, messageId: string | undefined): Omit<LogLine, 'time'> {
  return {
    source: LogSource.worker,
    level: LogLevel.info,
    messageId,
    text,
    fields: parseObject(text),
  };
}
