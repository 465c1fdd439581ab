// How often each point of a source was passed, from what V8 has counted in a compiled form of it.
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';

/**
 * Where the points of a source are in what it was compiled to: at the first origin within them that the map tells.
 * @param index of the source in the map
 * @returns {{ at: number[], less?: number[] }[]} more than one where a point was copied, none where nothing is left of it
 */
export function placesOf(points, { text, code, map, index }) {
  const origins = originsOf({ text, code, map, index });
  const find = ({ start, end }) => {
    const first = origins[countUntil(origins, ({ from }) => from < start)];
    if (first === undefined || first.from >= end) return [];
    return origins.filter(({ from }) => from === first.from).map(({ to }) => to);
  };
  return points.map((point) => ({ at: find(point), less: point.less && find(point.less) }));
}

function originsOf({ text, code, map, index }) {
  const [ofText, ofCode] = [text, code].map(lineStarts);
  const segments = decodedMappings(new TraceMap(map)).flatMap((segments, line) =>
    segments
      .filter(({ length }) => length > 1)
      .map(([column, source, fromLine, fromColumn]) => ({
        source,
        from: ofText[fromLine] + fromColumn,
        to: skipSpace(code, ofCode[line] + column),
      })),
  );
  return segments
    .filter(({ source, from }, at) => source === index && !isSame(segments[at - 1], { source, from }))
    .sort((one, other) => one.from - other.from);
}

/** esbuild begins each line with the origin that it had last: no copy. */
const isSame = (before, { source, from }) => before?.source === source && before.from === from;

/** esbuild tells the origin of a statement before the space that leads to it. */
const skipSpace = (code, offset) => offset + /^\s*/.exec(code.slice(offset, offset + 200))[0].length;

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** How many items of an ordered list are for what is asked: a binary search. */
function countUntil(list, isBefore) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * V8 counts anew where a function may have been left: after a `return`, and after each `await`. It errs on how far such a
 * count goes. Behind the next conditional it has forgotten a `return`, and what was never passed seems to be; an `await`
 * that ends a branch counts on behind that, and what was passed seems not to be. So nothing is passed more often than
 * the statement before it, or in one that was not; nor less often, if that can only go on.
 * @param countAt see `counter`
 */
export function countPoints(points, places, countAt) {
  const most = (offsets) => Math.max(...offsets.map(countAt));
  const limits = [];
  const counts = [];
  points.forEach(({ within, after, waits }, index) => {
    const { at, less = [] } = places[index];
    const limit = limits[after] ?? (limits[within] === 0 ? 0 : Infinity);
    const lost = waits?.reduce((sum, branch) => sum + counts[branch], 0) ?? Infinity;
    const least = limit === Infinity ? 0 : Math.max(0, limit - lost);
    const passed = at.length === 0 ? 0 : Math.min(limit, Math.max(least, most(at)));
    limits.push(at.length === 0 ? limit : passed);
    counts.push(less.length === 0 ? passed : Math.max(0, passed - most(less)));
  });
  return counts;
}

/**
 * What V8 has counted in one script, by offset.
 * @param functions each with ranges; all of them lie in one another, and the innermost counts
 */
export function counter(functions) {
  const ranges = functions.flatMap((each) => each.ranges);
  const steps = [];
  const open = [];
  const closeUntil = (offset) => {
    while (open.length > 0 && open.at(-1).endOffset <= offset) {
      const { endOffset } = open.pop();
      steps.push({ offset: endOffset, count: open.at(-1)?.count ?? 0 });
    }
  };
  const outerFirst = (one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset;
  for (const range of ranges.sort(outerFirst)) {
    closeUntil(range.startOffset);
    open.push(range);
    steps.push({ offset: range.startOffset, count: range.count });
  }
  closeUntil(Infinity);
  return (at) => steps[countUntil(steps, ({ offset }) => offset <= at) - 1]?.count ?? 0;
}
