import type { Problem } from '../errors/problem';
import { isMap } from '../shared/json';
import { configPath } from './config-path';
import { leavesOf, mergeLines, showLines, yamlLines, type Lines } from './other-words/answer';
import { isIn, prune } from './refusals';

/** What mends keys of other tools. */
export interface Paste {
  /** With what to do about each. */
  problems: Problem[];
  /** The section as it is then; undefined if nothing is to be written. */
  corrected: unknown;
  /** What was written anew, as paths of the section. */
  places: ReadonlySet<string>;
  /** The lines to paste. */
  text: string | undefined;
}

/** Puts together what problems have as lines, without what the section has already. */
export function pasteOf(found: readonly Problem[], typed: unknown, root: string): Paste {
  const taken = new Map<string, string>();
  const problems = found.map((problem) =>
    problem.lines === undefined ? problem : settle(problem, typed, taken, root),
  );
  const mended = problems.filter(({ lines }) => lines !== undefined);
  const lines = mended.reduce<Lines>((all, problem) => mergeLines(all, problem.lines ?? {}), {});
  if (Object.keys(lines).length === 0)
    return { problems, corrected: undefined, places: new Set(), text: undefined };
  const replaced = new Set(mended.map(({ place }) => place));
  const guesses = problems.filter(({ guess }) => guess !== undefined);
  const gone = new Set([...replaced, ...guesses.map(({ place }) => place)]);
  const rest = withoutEmptyEvents(prune(typed, { refused: gone, foreign: new Set() }, root));
  const corrected = correct(
    rest,
    guesses.reduce<Lines>((all, { guess }) => mergeLines(all, guess ?? {}), lines),
  );
  const places = new Set(leavesOf(lines).map((keys) => configPath(root, keys)));
  return { problems, corrected, places, text: textOf({ typed, corrected, lines, replaced }, root) };
}

/** What is left to write of the lines of a problem, in words. */
function settle(problem: Problem, typed: unknown, taken: Map<string, string>, root: string): Problem {
  const { lines = {}, place, advice } = problem;
  const there: string[] = [];
  const kept = leavesOf(lines).filter((keys) => {
    const path = configPath(root, keys);
    const value = valueAt(lines, keys);
    const own = path === place || path.startsWith(`${place}.`) ? undefined : valueAt(typed, keys);
    const isThere = !Array.isArray(value) && (own !== undefined || taken.has(path));
    const name = `\`${keys.slice(keys[0] === 'workers' ? 2 : 0).join('.')}\``;
    if (isThere)
      there.push(taken.has(path) ? `${name} comes from \`${taken.get(path)}\`` : `${name} is there already`);
    else taken.set(path, place);
    return !isThere;
  });
  const left = kept.reduce<Lines>((all, keys) => mergeLines(all, only(lines, keys)), {});
  const write = kept.length === 0 ? [] : [`write ${showLines(inWorker(left))}`];
  const remove = there.length === 0 ? [] : [`${kept.length === 0 ? 'remove it: ' : ''}${there.join(', ')}`];
  const all = [...write, ...remove, ...(advice === undefined ? [] : [advice])].join('; ');
  return { ...problem, advice: all, lines: left };
}

/** Within the worker, whose name the lines at the end have. */
function inWorker({ workers, ...shared }: Lines): Lines {
  const own = isMap(workers) ? Object.values(workers).filter(isMap) : [];
  return own.reduce<Lines>(mergeLines, shared);
}

const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((map, key) => (isMap(map) ? map[key] : undefined), value);

const only = (lines: Lines, keys: readonly string[]): Lines =>
  keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), valueAt(lines, keys)) as Lines;

/** An entry of which nothing is left is gone. */
function withoutEmptyEvents(section: unknown): unknown {
  if (!isMap(section)) return section;
  const { events, workers } = section;
  const isLeft = (event: unknown) => !isMap(event) || Object.keys(event).length > 0;
  const named = isMap(workers) ? Object.entries(workers) : [];
  return {
    ...section,
    ...(Array.isArray(events) ? { events: events.filter(isLeft) } : {}),
    ...(isMap(workers)
      ? { workers: Object.fromEntries(named.map(([name, worker]) => [name, withoutEmptyEvents(worker)])) }
      : {}),
  };
}

/** The section with the lines: an image that is only a folder becomes a map. */
function correct(section: unknown, lines: Lines): Lines {
  const { workers, ...own } = lines;
  const given = isMap(section) ? section : {};
  const merged = mergeLines(given, own);
  if (isMap(own.image)) merged.image = withPath(given.image, own.image);
  if (!isMap(workers)) return merged;
  const all = isMap(given.workers) ? given.workers : {};
  const named = Object.entries(workers).map(([name, its]) => [
    name,
    // A worker that is not made stays so.
    isMap(its) ? correct(all[name], its) : its,
  ]);
  return { ...merged, workers: { ...all, ...Object.fromEntries(named) } };
}

/** What is built is built from a folder. */
function withPath(given: unknown, image: Lines): Lines {
  const before = typeof given === 'string' ? { path: given } : isMap(given) ? given : {};
  const merged = mergeLines(before, image);
  const hasOrigin = ['path', 'uri', 'name'].some((key) => Object.hasOwn(merged, key));
  return hasOrigin ? merged : { path: '.', ...merged };
}

interface Mended {
  typed: unknown;
  corrected: unknown;
  lines: Lines;
  replaced: ReadonlySet<string>;
}

/** Maps whose values may be secret, or which are long: only what is new in them is printed. */
const PRINTED_IN_PART = ['environment', 'secrets'];

function textOf({ typed, corrected, lines, replaced }: Mended, root: string): string {
  const blocks = leavesOf(lines)
    .map((keys) => blockOf(keys))
    .map((keys) => ({ keys, place: configPath(root, keys) }));
  const wholes = blocks.filter(({ keys }) => valueAt(typed, keys) !== undefined).map(({ place }) => place);
  const gone = [...replaced].filter((place) => !wholes.some((whole) => isIn(new Set([place]), whole)));
  const shown = [...new Set([...gone, ...wholes])].map((place) => `\`${place.slice(root.length + 1)}\``);
  const written = blocks.reduce<Lines>(
    (all, { keys }) =>
      mergeLines(all, valueAt(all, keys) === undefined ? only(corrected as Lines, keys) : {}),
    {},
  );
  return [`Write these lines in place of ${listed(shown)}:`, '', ...yamlLines({ [root]: written })].join(
    '\n',
  );
}

/** The keys of the part that is printed whole. */
function blockOf(keys: readonly string[]): readonly string[] {
  const base = keys[0] === 'workers' ? 2 : 0;
  return keys.slice(0, base + (PRINTED_IN_PART.includes(keys[base] ?? '') ? 2 : 1));
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
