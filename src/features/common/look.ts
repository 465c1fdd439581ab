import type Table from 'cli-table3';
import { coloursFor, type Colours } from './colours';
import type { Terminal } from './command';
import { visibleControls } from './visible-controls';

/** How text is shown to people; without colours where they are not wanted, or nobody sees them. */
export interface Look {
  colours: Colours;
  /** Columns of the terminal; undefined where lines may be of any length. */
  width: number | undefined;
}

export function lookOf({ output, environment }: Terminal): Look {
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

/** A table without lines: it is read by people, and cut by scripts. */
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

/** Names and what they are, below each other; long texts go on below themselves. */
export async function fieldTable(
  fields: readonly (readonly [name: string, text: string])[],
  { colours, width }: Look,
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
