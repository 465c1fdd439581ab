import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors/problem';
import { isMap } from '../shared/json';
import { configPath, keysOfPointer } from './config-path';
import {
  as,
  find,
  leavesOf,
  mergeLines,
  plain,
  showLines,
  type Answer,
  type Convert,
  type Lines,
  type Words,
} from './other-words/answer';
import { valueOfOthers, wordsAt } from './other-words/words';
import { SHARED_KEYS, WORKER_KEYS } from './schema/compiled';
import { closest, isTypo, suggest } from './suggest';

type Schema = Readonly<Record<string, unknown>>;

/** The keys that a map may have. */
export function knownKeys({ parentSchema }: Pick<ErrorObject, 'parentSchema'>): string[] {
  return Object.keys(propertiesOf(parentSchema));
}

/** What to do about an unknown key; the allowed ones only if nothing else is known, and then at the end of all problems. */
export function helpOn(error: ErrorObject): Partial<Problem> {
  const meaning = meaningOf(error);
  if (meaning === undefined)
    return { allowedKeys: knownKeys(error).join(', '), advice: 'remove it', guess: {} };
  return meaning.help;
}

/** What to write for a value that is right for another tool. */
export function helpOnValue(error: ErrorObject): Partial<Problem> {
  const answer = valueOfOthers(inWorker(keysOfPointer(error.instancePath)), error.data);
  if (answer === undefined || error.keyword === 'additionalProperties' || error.keyword === 'required')
    return {};
  return meaningOfAnswer(answer, error).help;
}

/** Where the keys are that unknown ones most likely mean; `PATH.*` if nobody knows which key of a map. */
export function meantPlaces(errors: readonly ErrorObject[], root: string): string[] {
  return errors
    .filter((error) => error.keyword === 'additionalProperties' && knownKeys(error).length > 0)
    .flatMap((error) => {
      const keys = meaningOf(error)?.keys ?? [];
      if (keys.length > 0) return keys.map((path) => configPath(root, path));
      return [`${configPath(root, keysOfPointer(error.instancePath))}.*`];
    });
}

/** Whether an unknown key explains why another one is missing, so that the two are one mistake. */
export function explainsLackOf(missing: string, unknown: ErrorObject): boolean {
  const hint = hintOn(unknown);
  if (hint === undefined) return suggest(keyOf(unknown), knownKeys(unknown)) === missing;
  const isAlone = Object.keys(unknown.data as object).length === 1;
  return hint === missing || (isAlone && !isKnown(unknown, hint));
}

/** What an unknown key is most likely to mean. */
interface Meaning {
  help: Pick<Problem, 'advice' | 'lines' | 'guess'>;
  /** The keys that it stands for, from the root of the section. */
  keys: string[][];
}

const inWords = (advice: string): Meaning => ({ help: { advice }, keys: [] });

function meaningOf(error: ErrorObject): Meaning | undefined {
  const key = keyOf(error);
  const hint = hintOn(error);
  if (hint !== undefined) return isKnown(error, hint) ? sibling(error, hint) : inWords(hint);
  const same = knownKeys(error).find((name) => plain(name) === plain(key));
  if (same !== undefined) return sibling(error, same);
  const [own = {}, ofWorker] = wordsAt(inWorker(keysOfPointer(error.instancePath)));
  const convert = find(own, key) ?? (ofWorker === undefined ? undefined : movedOut(key));
  if (convert !== undefined) return otherWord(error, convert);
  return meaningOfMove(error) ?? meaningOfTypo(error, own, ofWorker ?? {});
}

/** A key that belongs beside the map in which it stands. */
const movedOut = (key: string): Convert | undefined =>
  [...WORKER_KEYS, ...SHARED_KEYS].includes(key) ? as(key) : undefined;

/** The closest of its own keys, of the words for these, and of what stands beside its map, in this order. */
function meaningOfTypo(error: ErrorObject, own: Words, ofWorker: Words): Meaning | undefined {
  const key = keyOf(error);
  const name = closest(key, knownKeys(error));
  const [word, other] = [own, ofWorker].map((words) => typoIn(words, key));
  if (word !== undefined && word.edits < (name?.edits ?? Infinity)) return otherWord(error, word.convert);
  if (name !== undefined) return sibling(error, name.name);
  const last = find(ofWorker, key) ?? other?.convert;
  return last === undefined ? undefined : otherWord(error, last);
}

function typoIn(words: Words, key: string) {
  const word = closest(key, Object.keys(words));
  if (word === undefined || !isTypo(key, word.edits)) return undefined;
  return { edits: word.edits, convert: words[word.name]! };
}

function sibling(error: ErrorObject, name: string): Meaning {
  const path = [...keysOfPointer(error.instancePath), name];
  return { help: { advice: `did you mean "${name}"?`, guess: nest(path, valueOf(error)) }, keys: [path] };
}

const nest = (path: readonly string[], value: unknown): Lines =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Lines;

const baseOf = (path: readonly string[]) => (path[0] === 'workers' ? path.slice(0, 2) : []);
const inWorker = (path: readonly string[]) => path.slice(baseOf(path).length);

const valueOf = (error: ErrorObject): unknown => (isMap(error.data) ? error.data[keyOf(error)] : undefined);

/** What a word of another tool means. */
const otherWord = (error: ErrorObject, convert: Convert): Meaning =>
  meaningOfAnswer(convert(valueOf(error)), error);

/** The answer in its place: of several workers each has its own keys, and all have the shared ones. */
function meaningOfAnswer({ lines, notes }: Answer, error: ErrorObject): Meaning {
  const base = baseFor(error);
  const isHomeless = base === undefined && Object.keys(lines).some((key) => !SHARED_KEYS.includes(key));
  const words = [...(isHomeless ? [`write it in a worker: ${showLines(lines)}`] : []), ...notes];
  const advice = words.length === 0 ? {} : { advice: words.join('; ') };
  // In words only: nothing of it stays among the lines.
  if (isHomeless || Object.keys(lines).length === 0) return { help: { ...advice, guess: {} }, keys: [] };
  const all = Object.entries(lines)
    .map(([key, value]) => nest([...(SHARED_KEYS.includes(key) ? [] : (base ?? [])), key], value))
    .reduce<Lines>(mergeLines, {});
  return { help: { ...advice, lines: all }, keys: leavesOf(all) };
}

/** Where a worker's keys belong; undefined if that may be in several workers. */
function baseFor({ instancePath, data }: ErrorObject): string[] | undefined {
  const path = keysOfPointer(instancePath);
  if (path.length > 0 || !isMap(data) || !isMap(data.workers)) return baseOf(path);
  const names = Object.keys(data.workers);
  return names.length === 1 ? ['workers', ...names] : undefined;
}

function keyOf({ params }: ErrorObject): string {
  return String(params.additionalProperty);
}

function isKnown(error: ErrorObject, key: string): boolean {
  return knownKeys(error).includes(key);
}

/** From `hints` of a schema: the key that a name from elsewhere means, unless that is there already, or what to do. */
function hintOn(error: ErrorObject): string | undefined {
  const hints = (error.parentSchema?.hints ?? {}) as Record<string, string>;
  const key = keyOf(error);
  const hint = Object.hasOwn(hints, key) ? hints[key] : undefined;
  const isThere = hint !== undefined && isMap(error.data) && Object.hasOwn(error.data, hint);
  return isThere ? undefined : hint;
}

/** A map in which a key that stands beside it is known. */
interface Home {
  name: string;
  /** Whether it is a map here, rather than a short form. */
  isRoom: boolean;
  keys: string[];
}

/**
 * A key beside the map that it belongs in: in YAML that takes only two blanks. The user need not have given that map, since
 * the validator adds those that are missing.
 */
function homesOf(error: ErrorObject): Home[] {
  const data = isMap(error.data) ? error.data : {};
  return Object.entries(propertiesOf(error.parentSchema)).flatMap(([name, schema]) => {
    const keys = mapsIn(schema)
      .map((map) => Object.keys(propertiesOf(map)))
      .find((names) => names.includes(keyOf(error)));
    if (keys === undefined || !Object.hasOwn(data, name) || typeof data[name] === 'boolean') return [];
    return [{ name, isRoom: data[name] === null || isMap(data[name]), keys }];
  });
}

function meaningOfMove(error: ErrorObject): Meaning | undefined {
  const homes = homesOf(error);
  const [home, ...others] = homes;
  if (home === undefined) return undefined;
  const path = keysOfPointer(error.instancePath);
  const isWorkers = inWorker(path).length === 0 && (valueOf(error) ?? null) !== null;
  if (others.length === 0 && home.isRoom && isWorkers) {
    const keys = [...path, home.name, keyOf(error)];
    return { help: { lines: nest(keys, valueOf(error)) }, keys: [keys] };
  }
  const named = homes.map(
    ({ name, isRoom, keys }) => `\`${name}\`${isRoom ? '' : `, which is a map then: {${keys.join(', ')}}`}`,
  );
  return inWords(`move it into ${named.join(' or ')}`);
}

function mapsIn(schema: Schema): Schema[] {
  return [schema, ...((schema.anyOf ?? []) as Schema[])];
}

function propertiesOf(schema: Schema | undefined): Record<string, Schema> {
  return (schema?.properties ?? {}) as Record<string, Schema>;
}
