// What stands on a terminal after output has come: lines of pieces in one colour.
import xterm from '@xterm/headless';

/**
 * @param {{ atMs: number, bytes: Buffer }[]} recording
 * @returns {Promise<{ lines: Piece[][], shownAtMs: number[] }>} each line, and when the output reached it
 * @typedef {{ column: number, text: string, width: number, colour: number | undefined, bold: boolean, dim: boolean }} Piece
 */
export async function screenOf(recording, { columns, rows }) {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  const shownAtMs = [];
  for (const { atMs, bytes } of recording) {
    await new Promise((resolve) => terminal.write(bytes, resolve));
    const { baseY, cursorY } = terminal.buffer.active;
    while (shownAtMs.length < baseY + cursorY) shownAtMs.push(atMs);
  }
  const lines = shownAtMs.map((_, index) => piecesOf(terminal.buffer.active.getLine(index)));
  terminal.dispose();
  return { lines, shownAtMs };
}

function piecesOf(line) {
  const pieces = [];
  for (let column = 0; column < line.length; column++) {
    const cell = line.getCell(column);
    const look = lookOf(cell);
    const last = pieces.at(-1);
    const text = cell.getChars() || ' ';
    if (last !== undefined && sameLook(last, look)) {
      last.text += text;
      last.width += 1;
    } else pieces.push({ column, text, width: 1, ...look });
  }
  return pieces.map(withoutSpaceAtEnd).filter(({ width }) => width > 0);
}

function lookOf(cell) {
  return {
    colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
}

function sameLook(a, b) {
  return a.colour === b.colour && a.bold === b.bold && a.dim === b.dim;
}

function withoutSpaceAtEnd(piece) {
  const text = piece.text.trimEnd();
  return { ...piece, text, width: piece.width - (piece.text.length - text.length) };
}
