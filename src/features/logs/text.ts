import { LogSource } from '../../contract/log-lines';
import { JobResult } from '../../contract/outcomes';
import { visibleControls, type Colours } from '../command/terminal-text';
import type { JudgedLine, ShownLine } from './lines';

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

/** What could be read cannot always be written: it may be nested too deep for that. */
function written(fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(fields);
  } catch {
    return `{${Object.keys(fields).join(', ')}: nested too deep}`;
  }
}

const plain = (text: string) => text;

/** Failures stand out, and the watcher's own lines are dim. */
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
