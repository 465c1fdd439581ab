import { isMap } from '../../shared/json';

/** Lines of the section, as maps. */
export type Lines = Record<string, unknown>;

/** What to write for a key of another tool: lines, and what cannot be said by lines. */
export interface Answer {
  lines: Lines;
  notes: readonly string[];
}

export type Convert = (value: unknown) => Answer;
export type Words = Readonly<Record<string, Convert>>;

export function put(path: string, value: unknown): Answer {
  if (value === undefined || value === null) return say(`write \`${path}\`, with a value`);
  return {
    lines: path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Lines,
    notes: [],
  };
}

export const say = (note: string): Answer => ({ lines: {}, notes: [note] });

/** The same value under another path. */
export const as =
  (path: string): Convert =>
  (value) =>
    put(path, value);

export const remove =
  (why: string): Convert =>
  () =>
    say(`remove it: ${why}`);

/** Several names of one thing. */
export const each = (names: readonly string[], convert: Convert): Words =>
  Object.fromEntries(names.map((name) => [name, convert]));

export const both = (...answers: readonly Answer[]): Answer => ({
  lines: answers.reduce<Lines>((all, { lines }) => mergeLines(all, lines), {}),
  notes: answers.flatMap(({ notes }) => notes),
});

/** Maps are merged, and stand for what is none; lists are joined; of two other values the first one stays. */
export function mergeLines(one: Lines, other: Lines): Lines {
  const merged = Object.entries(other).map(([key, value]): [string, unknown] => {
    const before = one[key];
    if (isMap(value)) return [key, isMap(before) ? mergeLines(before, value) : value];
    if (Array.isArray(value) && before !== undefined && before !== null)
      return [key, [before].flat().concat(value)];
    return [key, before ?? value];
  });
  return { ...one, ...Object.fromEntries(merged) };
}

/** Tools differ in how they write a name: `maxReceives`, `max_receives`, `MaxReceives`. */
export const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

export function find(words: Words, name: string): Convert | undefined {
  const key = Object.keys(words).find((word) => plain(word) === plain(name));
  return key === undefined ? undefined : words[key];
}

/** A map of another tool, key by key; any other value is taken for that of one of them. */
export const inside =
  (words: Words, alone: Convert = () => say('give each of its values its own key')): Convert =>
  (value) => {
    if (!isMap(value) || Object.keys(value).length === 0) return alone(isMap(value) ? undefined : value);
    return both(
      ...Object.entries(value).map(([key, inner]) => {
        const { lines, notes } = find(words, key)?.(inner) ?? say('there is no such thing here');
        return { lines, notes: notes.map((note) => `\`${key}\`: ${note.replace(/^remove it: /, '')}`) };
      }),
    );
  };

export const number = (value: unknown): number | undefined => {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) ? count : undefined;
};

/** The paths of what the lines set: a list or a function of CloudFormation is one value. */
export function leavesOf(lines: Lines, path: readonly string[] = []): string[][] {
  return Object.entries(lines).flatMap(([key, value]) => {
    const here = [...path, key];
    return isBlock(value) ? leavesOf(value, here) : [here];
  });
}

const isBlock = (value: unknown): value is Lines =>
  isMap(value) &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every((name) => !/^(Ref$|Fn::)/.test(name));

/** The lines in a few words: in full if they are short. */
export function showLines(lines: Lines): string {
  const parts = Object.entries(lines).map(([key, value]) => ({ key, text: `\`${key}: ${flow(value)}\`` }));
  const all = parts.map(({ text }) => text).join(', ');
  return all.length <= MAX_SHOWN ? all : `${parts.map(({ key }) => `\`${key}\``).join(' and ')} as below`;
}
const MAX_SHOWN = 100;

/** Lines of YAML: maps and lists of maps as blocks, all else in one line. */
export function yamlLines(value: Lines): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = scalar(key);
    if (isBlock(inner)) return [`${name}:`, ...yamlLines(inner).map((line) => `  ${line}`)];
    if (!Array.isArray(inner) || !inner.some(isBlock)) return [`${name}: ${flow(inner)}`];
    return [`${name}:`, ...inner.flatMap((entry) => entryLines(entry)).map((line) => `  ${line}`)];
  });
}

function entryLines(entry: unknown): string[] {
  if (!isBlock(entry)) return [`- ${flow(entry)}`];
  return yamlLines(entry).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

/** In one line, as YAML has it. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isMap(value)) return scalar(value);
  const parts = Object.entries(value).map(([key, inner]) => `${scalar(key)}: ${flow(inner)}`);
  return `{${parts.join(', ')}}`;
}

/** Words that YAML takes for something else than text. */
const NO_TEXT = /^(true|false|yes|no|on|off|y|n|null|~)$/i;

/** What YAML reads as text without quotes: a word, a path, an ARN, `rate(1 hour)`, `15m`. */
const PLAIN = /^([A-Za-z./][\w./@:+() -]*[\w./@)-]|[A-Za-z.]|\d+(\.\d+)? ?[A-Za-z]+)$/;

function scalar(value: unknown): string {
  const isPlain = typeof value === 'string' && PLAIN.test(value) && !/: /.test(value) && !NO_TEXT.test(value);
  return isPlain ? value : JSON.stringify(value ?? null);
}
