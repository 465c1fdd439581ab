import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../errors/problem';
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

/** Stands in for a missing command, so that the other keys of its worker can still be checked. */
const STAND_IN_COMMAND = 'true';

/**
 * Checks the `watchbot` section against its schema. The input is not changed.
 * What is wrong is left out of the copy, so that the rules across keys can run over the rest and all errors of a file
 * come at once.
 */
export function validateSection(given: unknown, root: string): Validation {
  const validate = validatorFor(given);
  const refused = new Set<string>();
  let problems: Problem[] | undefined;
  for (;;) {
    const section: unknown = prune(given, refused, root);
    if (validate(section))
      return { section: section as Record<string, unknown>, problems: problems ?? [], refused };
    const errors = validate.errors ?? [];
    problems ??= problemsOf(errors, root);
    if (!refuse(errors, refused, root)) return { section: {}, problems, refused };
  }
}

function validatorFor(section: unknown): ValidateFunction {
  const isMany = typeof section === 'object' && section !== null && 'workers' in section;
  // `strict: false` lets the schema carry TypeBox's own keywords; `verbose` gives an error its schema and value.
  const ajv = new Ajv({ allErrors: true, verbose: true, useDefaults: true, strict: false });
  return ajv.compile(isMany ? ManyWorkersSchema : SingleWorkerSchema);
}

/** Adds the places of what is wrong; false where the whole section is, or where nothing new was found. */
function refuse(errors: readonly ErrorObject[], refused: Set<string>, root: string): boolean {
  const before = refused.size;
  for (const error of errors) {
    const keys = keysOfPointer(error.instancePath);
    if (error.keyword === 'additionalProperties') keys.push(String(error.params.additionalProperty));
    else if (error.params.missingProperty === 'command') keys.push('command');
    else if (error.propertyName !== undefined) keys.push(error.propertyName);
    if (keys.length === 0) return false;
    refused.add(placeOf(root, keys));
  }
  return refused.size > before;
}

function prune(value: unknown, refused: ReadonlySet<string>, place: string): unknown {
  if (Array.isArray(value)) {
    return (value as unknown[])
      .map((entry, index) => ({ entry, at: placeOf(place, [String(index)]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ entry, at }) => prune(entry, refused, at));
  }
  if (typeof value !== 'object' || value === null) return value ?? {};
  const entries: [string, unknown][] = Object.entries(value as Record<string, unknown>)
    .map(([key, entry]) => ({ key, entry, at: placeOf(place, [key]) }))
    .filter(({ at }) => !refused.has(at))
    .map(({ key, entry, at }) => [key, entry === null ? null : prune(entry, refused, at)]);
  if (refused.has(placeOf(place, ['command']))) entries.push(['command', STAND_IN_COMMAND]);
  return Object.fromEntries(entries);
}
