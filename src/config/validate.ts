import type { ErrorObject } from 'ajv';
import { describeValue, type Problem } from '../errors/problem';
import { configPath, keysOfPointer } from './config-path';
import { isMap, isPlainMap } from '../shared/json';
import { readGivenValues } from './given-values';
import { validateManyWorkers, validateSingleWorker } from './schema/compiled';
import { problemsOf } from './schema-problems';

export interface Validation {
  /** A copy of what was given, with the schema's defaults and without what the schema refuses. */
  section: Record<string, unknown>;
  /** What was given, with texts read as numbers and the like where the schema wants these. */
  given: unknown;
  /** What was typed, by the path of what it was read as. */
  texts: ReadonlyMap<string, unknown>;
  problems: Problem[];
  /** Paths of what was left out. */
  refused: ReadonlySet<string>;
}

const FOREIGN_STAND_IN = '…';

/** Paths in the section. */
interface Wrong {
  refused: Set<string>;
  foreign: ReadonlySet<string>;
}

/**
 * Checks the `watchbot` section against its schema. The input is not changed.
 * What is wrong is left out of the copy, so that the rest can be completed and checked by the rules, and all errors of a
 * file come at once.
 */
export function validateSection(typed: unknown, root: string): Validation {
  const validate = hasWorkers(typed) ? validateManyWorkers : validateSingleWorker;
  const errorsOf = (section: unknown) => (validate(section) ? [] : (validate.errors ?? []));
  const foreign = foreignValues(typed, root);
  const wrong = { refused: new Set<string>(), foreign: new Set(foreign.map(({ place }) => place)) };
  const { section: given, given: texts } = readGivenValues(prune(typed ?? {}, wrong, root), errorsOf, root);
  let found: Problem[] | undefined;
  for (;;) {
    const section = prune(given, wrong, root);
    const errors = errorsOf(section);
    found ??= problemsOf(errors, root, texts).filter(({ place }) => !wrong.foreign.has(place));
    if (refuse(section, errors, wrong, root)) continue;
    const { refused } = wrong;
    const problems = [...foreign, ...found, ...emptyValues(given, refused, root)];
    const isUsable = isMap(section) && errors.every(isLackOfWorkers);
    return { section: isUsable ? section : {}, given, texts, problems, refused };
  }
}

/** Whether it is a map of named workers rather than one worker. */
export function hasWorkers(section: unknown): boolean {
  return isMap(section) && 'workers' in section;
}

/** The one error that may stay: if all workers are refused there are none, and what they share can still be checked. */
function isLackOfWorkers({ instancePath, params }: ErrorObject): boolean {
  return instancePath === '' && params.missingProperty === 'workers';
}

/** Adds the paths of what is wrong; false if the whole section is, or if nothing new was found. */
function refuse(
  section: unknown,
  errors: readonly ErrorObject[],
  { refused, foreign }: Wrong,
  root: string,
): boolean {
  const before = refused.size;
  for (const error of errors) {
    const keys = keysOfPointer(error.instancePath);
    if (error.keyword === 'additionalProperties') keys.push(String(error.params.additionalProperty));
    else if (error.propertyName !== undefined) keys.push(error.propertyName);
    // Once entries have been left out of a list, its indices are no longer those of the file.
    const known = before === 0 ? keys : upToList(section, keys);
    if (known.length > 0) refused.add(configPath(root, known));
  }
  foreign.forEach((path) => refused.add(path));
  return refused.size > before;
}

function upToList(section: unknown, keys: readonly string[]): string[] {
  let value = section;
  const end = keys.findIndex((key) => {
    if (Array.isArray(value)) return true;
    value = isMap(value) ? value[key] : undefined;
    return false;
  });
  return keys.slice(0, end === -1 ? keys.length : end);
}

/** A copy of maps and lists without what was refused, and with a text in the place of what no template can have. */
function prune(value: unknown, wrong: Wrong, path: string): unknown {
  const { refused, foreign } = wrong;
  if (foreign.has(path)) return FOREIGN_STAND_IN;
  if (Array.isArray(value)) {
    return (value as unknown[])
      .map((entry, index) => ({ entry, at: configPath(path, [String(index)]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ entry, at }) => prune(entry, wrong, at));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => ({ key, entry, at: configPath(path, [key]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ key, entry, at }) => [key, prune(entry, wrong, at)]),
  );
}

/**
 * Values that a file can hold and a template cannot. YAML makes a date of a text that looks like one, and an anchor can
 * make a map that holds itself; a `serverless.js` may have anything. A schema takes a date for a map.
 */
function foreignValues(given: unknown, root: string): Problem[] {
  const walk = (value: unknown, path: string, around: readonly unknown[]): Problem[] => {
    if (around.includes(value)) return [circleAt(path)];
    if (isForeign(value)) return [foreignAt(path, value)];
    const entries = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
    return entries.flatMap(([key, entry]) => walk(entry, configPath(path, [key]), [...around, value]));
  };
  return walk(given, root, []);
}

const FOREIGN_TYPES = ['function', 'symbol', 'bigint'];

function isForeign(value: unknown): boolean {
  return (isMap(value) && !isPlainMap(value)) || FOREIGN_TYPES.includes(typeof value);
}

function foreignAt(place: string, value: unknown): Problem {
  return {
    code: 'WATCHBOT_WRONG_TYPE',
    place,
    given: value instanceof Date ? `the date ${describeValue(value)}` : describeValue(value),
    allowed: 'what JSON has: text, a number, true, false, a list or a map',
    ...(value instanceof Date ? { advice: 'put it in quotes: YAML takes it for a date without' } : {}),
  };
}

function circleAt(place: string): Problem {
  return {
    code: 'WATCHBOT_WRONG_TYPE',
    place,
    given: 'a map or list within itself',
    allowed: 'values that do not hold themselves',
    advice: 'remove the alias (`*…`)',
  };
}

/**
 * A key without a value, where the schema takes anything: in a CloudFormation function, a condition or an extension.
 * CloudFormation refuses a template with a null in it and does not say where it is. A number that is none becomes a null.
 */
function emptyValues(given: unknown, refused: ReadonlySet<string>, root: string): Problem[] {
  const walk = (value: unknown, path: string): Problem[] => {
    if (refused.has(path)) return [];
    if (value === null && path !== root) return [emptyAt(path)];
    if (typeof value === 'number' && !Number.isFinite(value)) return [noNumberAt(path, value)];
    const entries = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
    return entries.flatMap(([key, entry]) => walk(entry, configPath(path, [key])));
  };
  return walk(given, root);
}

function emptyAt(place: string): Problem {
  return {
    code: 'WATCHBOT_WRONG_TYPE',
    place,
    given: 'null',
    allowed: 'a value: CloudFormation takes no null',
    advice: 'give it a value, or remove it',
  };
}

function noNumberAt(place: string, value: number): Problem {
  return { code: 'WATCHBOT_WRONG_TYPE', place, given: String(value), allowed: 'a number that JSON has' };
}
