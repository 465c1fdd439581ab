import type Table from 'cli-table3';
import { createColors } from 'picocolors';
import { escapeHidden, escapeHiddenLines } from '../../shared/escape';
import type { Terminal, Voice } from './command';

/** How text looks on a terminal: colours, tables, and nothing in it that could drive the terminal. */

export type Colours = ReturnType<typeof createColors>;

/** Colours for a stream: none if it is no terminal, or the user wants none (https://no-color.org). */
export function coloursFor(
  stream: { isTTY?: boolean },
  { NO_COLOR = '', TERM }: Terminal['environment'],
): Colours {
  return createColors(stream.isTTY === true && NO_COLOR === '' && TERM !== 'dumb');
}

/** What text for people may use. */
export interface TextStyle {
  colours: Colours;
  /** Columns of the terminal; undefined if lines may be of any length. */
  width: number | undefined;
}

export function styleFor({ output, environment }: Terminal): TextStyle {
  return {
    colours: coloursFor(output, environment),
    width: output.isTTY === true ? output.columns : undefined,
  };
}

const NO_LINES: Partial<Record<Table.CharName, string>> = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines: people read it, and scripts cut it. */
export async function plainTable(
  rows: readonly Table.HorizontalTableRow[],
  options: Partial<Pick<Table.TableConstructorOptions, 'head' | 'colWidths' | 'colAligns' | 'wordWrap'>> = {},
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    ...options,
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows);
  return withoutTrail(table.toString());
}

/** Each line as short as it can be. */
const withoutTrail = (text: string) => text.replaceAll(/ +$/gm, '');

const GAP = 2;

/** Names with their values, below each other; long values are wrapped within their column. */
export async function fieldTable(
  fields: readonly (readonly [name: string, text: string])[],
  { colours, width }: TextStyle,
): Promise<string> {
  const nameWidth = Math.max(...fields.map(([name]) => name.length));
  const rows = fields.map(([name, text]) => [colours.dim(name.padEnd(nameWidth)), text]);
  if (width === undefined) return plainTable(rows);
  return plainTable(rows, { colWidths: [nameWidth, Math.max(width - nameWidth - GAP, 20)], wordWrap: true });
}

/** The first line, cut to a width. */
export function firstLine(text: string, width: number): string {
  const line = visibleControls(text.trimStart().split('\n', 1)[0] ?? '').replaceAll('\t', ' ');
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 0))}…` : line;
}

/** Makes control characters visible, as JSON writes them: for a terminal, which they must not drive. */
export const visibleControls = escapeHidden;

/** The same for a text of several lines, which stay. */
export const visibleLines = escapeHiddenLines;

/** Colours, as the commands put them around what they have made visible. */
// eslint-disable-next-line no-control-regex -- finding them is the point
const COLOURS = /(\u001b\[[\d;]*m)/;

/** The same for a whole output: its lines and its colours stay. */
export function visibleOutput(text: string): string {
  return text
    .split(COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : visibleLines(part)))
    .join('');
}

/** A voice that writes nothing invisible, wherever in the commands or in AWS its words come from. */
export function visibleVoice({ writeText, log, progress }: Voice): Voice {
  return {
    writeText: (text) => {
      writeText(visibleOutput(text));
    },
    log: {
      notice: (text) => {
        log.notice(visibleOutput(text));
      },
      warning: (text) => {
        log.warning(visibleOutput(text));
      },
      error: (text) => {
        log.error(visibleOutput(text));
      },
      info: (text) => {
        log.info(visibleOutput(text));
      },
    },
    progress,
  };
}
