import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../errors/problem';
import { foreignValues } from './foreign-values';
import { isMap } from './maps';
import { keysOfPointer, placeOf } from './place';
import { problemsOf } from './schema-problems';
import { ManyWorkersSchema, SingleWorkerSchema } from './schema/service';

export interface Validation {
  /** A copy of what was given, with the schema's defaults in and what the schema refuses left out. */
  section: Record<string, unknown>;
  problems: Problem[];
  /** Places of what was left out. */
  refused: ReadonlySet<string>;
}

const FOREIGN_STAND_IN = '…';

interface Places {
  refused: ReadonlySet<string>;
  foreign: ReadonlySet<string>;
}

/**
 * Checks the `watchbot` section against its schema. The input is not changed.
 * What is wrong is left out of the copy, so that the rules across keys can run over the rest and all errors of a file
 * come at once.
 */
export function validateSection(given: unknown, root: string): Validation {
  const isMany = hasWorkers(given);
  const validate = validatorFor(isMany);
  const refused = new Set<string>();
  const foreign = foreignValues(given, root);
  const foreignPlaces = new Set(foreign.map(({ place }) => place));
  let problems: Problem[] | undefined;
  for (;;) {
    const section = prune(given ?? {}, { refused, foreign: foreignPlaces }, root);
    const errors = validate(section) ? [] : (validate.errors ?? []);
    problems ??= [...foreign, ...problemsOf(errors, root).filter(({ place }) => !foreignPlaces.has(place))];
    if (refuse(section, errors, { refused, foreign: foreignPlaces, root })) continue;
    return { section: isMap(section) && errors.every(isLackOfWorkers) ? section : {}, problems, refused };
  }
}

/** Whether it is a map of named workers rather than one worker. */
export function hasWorkers(section: unknown): boolean {
  return isMap(section) && 'workers' in section;
}

/** Compiled on first use, and once. */
const validators = new Map<boolean, ValidateFunction>();

function validatorFor(isMany: boolean): ValidateFunction {
  const validate = validators.get(isMany) ?? compile(isMany);
  validators.set(isMany, validate);
  return validate;
}

function compile(isMany: boolean): ValidateFunction {
  // `strict: false` lets the schema carry keywords of its own; `verbose` gives an error its schema and value.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    strict: false,
    // YAML's `.nan` and `.inf` are no numbers that a template can have.
    strictNumbers: true,
  });
  return ajv.compile(isMany ? ManyWorkersSchema : SingleWorkerSchema);
}

/** The one error that can stay: with all workers refused there are none, and what they share can still be checked. */
function isLackOfWorkers({ instancePath, params }: ErrorObject): boolean {
  return instancePath === '' && params.missingProperty === 'workers';
}

/** Adds the places of what is wrong; false where the whole section is, or where nothing new was found. */
function refuse(
  section: unknown,
  errors: readonly ErrorObject[],
  { refused, foreign, root }: { refused: Set<string>; foreign: ReadonlySet<string>; root: string },
): boolean {
  const before = refused.size;
  for (const error of errors) {
    const keys = keysOfPointer(error.instancePath);
    if (error.keyword === 'additionalProperties') keys.push(String(error.params.additionalProperty));
    else if (error.propertyName !== undefined) keys.push(error.propertyName);
    // Once entries have been left out of a list, its numbers are no longer those of the file.
    const known = before === 0 ? keys : upToList(section, keys);
    if (known.length > 0) refused.add(placeOf(root, known));
  }
  foreign.forEach((place) => refused.add(place));
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

/** A copy of maps and lists without what was refused, and with a text for what no template can have. */
function prune(value: unknown, without: Places, place: string): unknown {
  const { refused, foreign } = without;
  if (foreign.has(place)) return FOREIGN_STAND_IN;
  if (Array.isArray(value)) {
    return (value as unknown[])
      .map((entry, index) => ({ entry, at: placeOf(place, [String(index)]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ entry, at }) => prune(entry, without, at));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => ({ key, entry, at: placeOf(place, [key]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ key, entry, at }) => [key, prune(entry, without, at)]),
  );
}
