import { LogLevel, LogSource } from '../../contract/log';
import {
  outcomeFields,
  outcomeText,
  parseObject,
  type FormatLine,
  type LogLine,
  type Outcome,
} from '../../contract/log-lines';
import type { Clock } from '../clock';
import { escapeControls } from './escape';

/** Writes text to the log; resolves when more can be taken. */
export type Write = (text: string) => Promise<void> | void;

export interface Logger {
  info(text: string, messageId?: string): void;
  warn(text: string, messageId?: string): void;
  error(text: string, messageId?: string): void;
  outcome(outcome: Outcome, messageId: string): void;
  /** Lines of a worker. Resolves when the log can take more, so that a fast writer waits and memory does not grow. */
  worker(lines: readonly string[], messageId: string): Promise<void> | void;
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
  const line = (parts: Omit<LogLine, 'time'>) => `${format({ time: new Date(clock.now()), ...parts })}\n`;
  const watcher = (level: LogLevel, text: string, messageId?: string, fields?: LogLine['fields']) =>
    void write(line({ source: LogSource.watcher, level, text: escapeControls(text), messageId, fields }));
  return {
    info: (text, messageId) => watcher(LogLevel.info, text, messageId),
    warn: (text, messageId) => watcher(LogLevel.warn, text, messageId),
    error: (text, messageId) => watcher(LogLevel.error, text, messageId),
    outcome: (outcome, messageId) => {
      const level =
        outcome.result === 'failure' || outcome.result === 'rejected' ? LogLevel.error : LogLevel.info;
      watcher(level, outcomeText(outcome), messageId, outcomeFields(outcome));
    },
    worker: (lines, messageId) => write(lines.map((text) => line(workerLine(text, messageId))).join('')),
  };
}

/** A worker's line; where it is a JSON object, its fields become those of a structured line, as from Watchbot 8 on. */
function workerLine(text: string, messageId: string): Omit<LogLine, 'time'> {
  return {
    source: LogSource.worker,
    level: LogLevel.info,
    messageId,
    text: escapeControls(text),
    fields: parseObject(text),
  };
}
