// What is shown of the counts.

const KINDS = { line: 'lines', branch: 'branches' };

/** A row for each folder of `src/`, and one for all of it. */
export function tableOf(sources, columns) {
  const folders = new Map();
  for (const source of sources.values()) {
    const [folder] = source.name.split('/', 1);
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  const cellsOf = (members) =>
    columns.flatMap((column) => Object.keys(KINDS).map((kind) => share(members, column, kind)));
  const heads = columns.flatMap((column) => Object.values(KINDS).map((what) => `${column}: ${what}`));
  const rows = [
    ['src/', ...heads],
    ...[...folders].map(([folder, members]) => [folder, ...cellsOf(members)]),
    ['total', ...cellsOf([...sources.values()])],
  ];
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const lineOf = ([first, ...others]) =>
    [first.padEnd(widths[0]), ...others.map((cell, at) => cell.padStart(widths[at + 1]))].join('  ');
  return `${rows.map(lineOf).join('\n')}\n`;
}

function share(members, column, kind) {
  const items = members.flatMap((source) => itemsOf(source, column, kind));
  if (items.length === 0) return '-';
  const passed = items.filter(({ isPassed }) => isPassed).length;
  // Rounded down: 100 % is all of it.
  return `${passed}/${items.length} ${String(Math.floor((passed / items.length) * 100)).padStart(3)} %`;
}

/** Lines, of which each counts once, whatever begins on it; or branches. */
function itemsOf({ points, counts }, column, kind) {
  const items = points
    .map((point, index) => ({ ...point, isPassed: counts[column][index] > 0 }))
    .filter((point) => point.kind === kind);
  if (kind === 'branch') return items;
  const lines = new Map();
  for (const item of items) if (!lines.get(item.line)?.isPassed) lines.set(item.line, item);
  return [...lines.values()];
}

/** `src/file.ts  lines 3-5, 9  branches 12`, for each file of which something was not passed. */
export function uncoveredOf(sources, column) {
  const lines = [...sources.values()].flatMap((source) => {
    const parts = Object.entries(KINDS).flatMap(([kind, what]) => {
      const missed = itemsOf(source, column, kind).filter(({ isPassed }) => !isPassed);
      return missed.length === 0 ? [] : [`${what} ${ranges(missed.map(({ line }) => line)).join(', ')}`];
    });
    return parts.length === 0 ? [] : [[`src/${source.name}`, ...parts].join('  ')];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function ranges(numbers) {
  const found = [];
  for (const number of [...new Set(numbers)].sort((one, other) => one - other)) {
    const last = found.at(-1);
    if (last?.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
}
