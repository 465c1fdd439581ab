import type { ErrorObject } from 'ajv';
import { describeValue, type Problem } from '../errors/problem';
import { configPath } from './config-path';
import { isMap, isPlainMap } from '../shared/json';
import { readGivenValues } from './given-values';
import { placeIn, prune, refuse, type Refusals } from './refusals';
import { validateManyWorkers, validateSingleWorker } from './schema/compiled';
import { problemsOf, relevantErrors } from './schema-problems';
import { meantPlaces } from './unknown-keys';

export interface Validation extends Refusals {
  /** A copy of what was given, with the schema's defaults and without what the schema refuses. */
  section: Record<string, unknown>;
  /** What was typed, as far as a template can have it. */
  typed: unknown;
  /** What is left of it, without the defaults, and with texts read as numbers and the like where the schema wants these. */
  given: unknown;
  /** What was typed, by the path of what it was read as. */
  texts: ReadonlyMap<string, unknown>;
  problems: Problem[];
  /** The path in the file of what stands at these keys of the section. */
  placeOf: (keys: readonly string[]) => string;
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
  const first = errorsOf(prune(given, wrong, root));
  const found = problemsOf(first, root, texts).filter(({ place }) => !wrong.foreign.has(place));
  const { refused } = wrong;
  let section: unknown;
  let errors: readonly ErrorObject[];
  do {
    section = prune(given, wrong, root);
    errors = errorsOf(section);
  } while (refuse(given, relevantErrors(errors), wrong, root) || refuse(given, errors, wrong, root));
  return {
    section: isMap(section) && errors.every(isLackOfWorkers) ? section : {},
    typed: asTyped(given, texts, root),
    given: prune(given, wrong, root),
    texts,
    problems: [...foreign, ...found, ...emptyValues(given, refused, root)],
    refused,
    meant: new Set(meantPlaces(first, root)),
    placeOf: (keys) => placeIn(given, keys, refused, root),
  };
}

/** With the texts again that were read as numbers and the like; what stood for a map stays that map. */
function asTyped(value: unknown, texts: ReadonlyMap<string, unknown>, path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((entry, index) => asTyped(entry, texts, configPath(path, [String(index)])));
  }
  if (!isMap(value)) return texts.get(path) ?? value;
  const entries = Object.entries(value).map(([key, entry]) => [
    key,
    asTyped(entry, texts, configPath(path, [key])),
  ]);
  return Object.fromEntries(entries);
}

/** Whether it is a map of named workers rather than one worker. */
export function hasWorkers(section: unknown): boolean {
  return isMap(section) && 'workers' in section;
}

/** The one error that may stay: if all workers are refused there are none, and what they share can still be checked. */
function isLackOfWorkers({ instancePath, params }: ErrorObject): boolean {
  return instancePath === '' && params.missingProperty === 'workers';
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
