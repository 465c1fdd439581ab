import { COUNTED_RESULTS, JobResult, LogField, LogLevel, LogSource } from '../../contract/log';
import { readLine, type ReadLine } from '../../contract/log-lines';
import { parseObject } from '../../shared/json';
import type { LogEvent } from './source';
import { type Colours, visibleControls } from '../command/terminal-text';

/** A line, read and judged. */
export interface JudgedLine extends ReadLine {
  isError: boolean;
  /** What a worker's line of JSON has beside its text. */
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

/** Fields that every structured line has, or that stand in its text as well. */
const OWN_FIELDS = new Set<string>([...Object.values(LogField), 'v', 'hostname', 'pid']);

/**
 * What the watcher says in the plain format when it could not do something: that has no level. A line of neither the
 * watcher nor a worker is of something that broke: Node itself, or the container.
 */
const TROUBLE =
  /^cannot |^could not |^unhealthy|could not be |cannot be |goes to the dead-letter queue next|killing the workers|^the launcher /;

function isErrorLine({ source, text, outcome }: ReadLine, fields: Record<string, unknown>): boolean {
  if (source === LogSource.worker) return false;
  if (source === undefined) return true;
  if (outcome !== undefined) return COUNTED_RESULTS.includes(outcome.result);
  const level = fields[LogField.level];
  return typeof level === 'number' ? level >= LogLevel.warn : TROUBLE.test(text);
}

const SHORT_ID_LENGTH = 8;
const short = (id: string) => id.slice(0, SHORT_ID_LENGTH).padEnd(SHORT_ID_LENGTH);

/** The line for people: time, task, message, text. */
export function lineForPeople(line: ShownLine, colours: Colours): string {
  const { event, messageId = '-', source, text, more } = line;
  const time = new Date(event.timeMs).toISOString().replace('T', ' ').replace('Z', '');
  const head = [time, short(event.task), short(messageId)].map((part) => visibleControls(part)).join('  ');
  const rest = Object.keys(more).length === 0 ? '' : `  ${colours.dim(visibleControls(written(more)))}`;
  const shown = colourOf(line, colours)(visibleControls(text));
  return `${colours.dim(head)}  ${source === LogSource.worker ? '> ' : ''}${shown}${rest}`;
}

/** What could be read is not always to be written: it may be nested too deep for that. */
function written(fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(fields);
  } catch {
    return `{${Object.keys(fields).join(', ')}: nested too deep}`;
  }
}

const plain = (text: string) => text;

/** Failures stand out, and what the watcher says stands back. */
export function colourOf(
  { outcome, isError, source }: JudgedLine,
  colours: Colours,
): (text: string) => string {
  if (isError) return colours.red;
  if (outcome?.result === JobResult.success) return colours.green;
  if (outcome !== undefined) return colours.yellow;
  return source === LogSource.worker ? plain : colours.dim;
}

/** The line for machines. */
export function lineForMachines({ event, messageId, source, text }: ShownLine): string {
  const { id, timeMs, task, line } = event;
  const time = new Date(timeMs).toISOString();
  return visibleControls(JSON.stringify({ time, task, messageId, source, text, id, line }));
}
