import type Table from 'cli-table3';
import type Colours from 'picocolors';
import type { Terminal } from './command';

/** How text is shown to people; without colours where they are not wanted, or nobody sees them. */
export interface Look {
  colours: Pick<typeof Colours, 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'>;
  /** Columns of the terminal; undefined where lines may be of any length. */
  width: number | undefined;
}

/** https://no-color.org: set to anything but nothing. */
export async function lookOf({ output, environment }: Terminal): Promise<Look> {
  const { default: colours } = await import('picocolors');
  const isTerminal = output.isTTY === true;
  const isPlain = !['', undefined].includes(environment.NO_COLOR) || environment.TERM === 'dumb';
  return {
    colours: colours.createColors(isTerminal && !isPlain),
    width: isTerminal ? output.columns : undefined,
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

// C0 controls but the tab and the line end, DEL, C1 controls, Unicode's own line ends.
// eslint-disable-next-line no-control-regex -- finding them is the point
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/g;

/** Makes control characters visible: what somebody sent must not move the cursor of who reads it. */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The first line, cut to a width. */
export function firstLine(text: string, width: number): string {
  const line = visible(text.trimStart().split('\n', 1)[0] ?? '').replaceAll('\t', ' ');
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 0))}…` : line;
}
