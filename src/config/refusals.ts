import type { ErrorObject } from 'ajv';
import { isMap } from '../shared/json';
import { configPath, keysOfPointer } from './config-path';

/** What the schema has refused of a section, by paths in the file. */
export interface Refusals {
  /** What was left out. */
  refused: ReadonlySet<string>;
  /** What keys that are not known most likely mean; `PATH.*` if nobody knows which of a map. */
  meant: ReadonlySet<string>;
}

const FOREIGN_STAND_IN = '…';

/** Paths in the section. */
export interface Wrong {
  refused: Set<string>;
  foreign: ReadonlySet<string>;
}

/** A copy of maps and lists without what was refused, and with a text in the place of what no template can have. */
export function prune(value: unknown, wrong: Wrong, path: string): unknown {
  const { refused, foreign } = wrong;
  if (foreign.has(path)) return FOREIGN_STAND_IN;
  if (Array.isArray(value)) {
    return keptIndices(value, refused, path).map((index) =>
      prune((value as unknown[])[index], wrong, configPath(path, [String(index)])),
    );
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => ({ key, entry, at: configPath(path, [key]) }))
      .filter(({ at }) => !refused.has(at))
      .map(({ key, entry, at }) => [key, prune(entry, wrong, at)]),
  );
}

/** Where in the file is what stands at these keys now that some entries of lists have been left out. */
export function placeIn(
  given: unknown,
  keys: readonly string[],
  refused: ReadonlySet<string>,
  root: string,
): string {
  let value = given;
  return keys.reduce((path, key) => {
    const known = Array.isArray(value) ? String(keptIndices(value, refused, path)[Number(key)] ?? key) : key;
    value = isMap(value) || Array.isArray(value) ? (value as Record<string, unknown>)[known] : undefined;
    return configPath(path, [known]);
  }, root);
}

function keptIndices(list: readonly unknown[], refused: ReadonlySet<string>, path: string): number[] {
  return list.map((_, index) => index).filter((index) => !refused.has(configPath(path, [String(index)])));
}

/** Adds the places of what is wrong in what is left; false if that is the whole section, or nothing new. */
export function refuse(
  given: unknown,
  errors: readonly ErrorObject[],
  { refused, foreign }: Wrong,
  root: string,
): boolean {
  const before = refused.size;
  const places = errors
    .map(keysOfError)
    .filter((keys) => keys.length > 0)
    .map((keys) => placeIn(given, keys, refused, root));
  [...places, ...foreign].forEach((place) => refused.add(place));
  return refused.size > before;
}

function keysOfError({ instancePath, keyword, params, propertyName }: ErrorObject): string[] {
  const keys = keysOfPointer(instancePath);
  if (keyword === 'additionalProperties') return [...keys, String(params.additionalProperty)];
  return propertyName === undefined ? keys : [...keys, propertyName];
}

/** Whether one of the paths is this one, or in it. */
export function isIn(paths: ReadonlySet<string>, path: string): boolean {
  return [...paths].some(
    (other) => other === path || other.startsWith(`${path}.`) || other.startsWith(`${path}[`),
  );
}
