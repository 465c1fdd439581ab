import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors/problem';
import { isMap } from '../shared/json';
import { configPath, keysOfPointer } from './config-path';
import { explainOtherWord } from './other-words';
import { suggest } from './suggest';

type Schema = Readonly<Record<string, unknown>>;

/** The keys that a map may have. */
export function knownKeys({ parentSchema }: Pick<ErrorObject, 'parentSchema'>): string[] {
  return Object.keys(propertiesOf(parentSchema));
}

/** What to do about an unknown key; the allowed ones only if nothing else is known, and then at the end of all problems. */
export function helpOn(error: ErrorObject): Partial<Problem> {
  const meaning = meaningOf(error);
  return meaning === undefined
    ? { allowedKeys: knownKeys(error).join(', '), advice: 'remove it' }
    : { advice: meaning.advice };
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
  advice: string;
  /** The keys that it stands for, from the root of the section. */
  keys: string[][];
}

function meaningOf(error: ErrorObject): Meaning | undefined {
  const path = keysOfPointer(error.instancePath);
  const sibling = (name: string): Meaning => ({ advice: `did you mean "${name}"?`, keys: [[...path, name]] });
  const hint = hintOn(error);
  if (hint !== undefined) return isKnown(error, hint) ? sibling(hint) : { advice: hint, keys: [] };
  const move = adviceToMove(error);
  const word = otherWord(error) ?? (move === undefined ? undefined : { advice: move, keys: [] });
  if (word !== undefined) return word;
  const name = suggest(keyOf(error), knownKeys(error));
  return name === undefined ? undefined : sibling(name);
}

function otherWord(error: ErrorObject): Meaning | undefined {
  const key = keyOf(error);
  const value = isMap(error.data) ? error.data[key] : undefined;
  return explainOtherWord({ path: keysOfPointer(error.instancePath), key, value });
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

/**
 * A key beside the map that it belongs in: in YAML that takes only two blanks. The user need not have given that map, since
 * the validator adds those that are missing.
 */
function adviceToMove(error: ErrorObject): string | undefined {
  const data = isMap(error.data) ? error.data : {};
  const homes = Object.entries(propertiesOf(error.parentSchema)).flatMap(([name, schema]) => {
    const keys = mapsIn(schema)
      .map((map) => Object.keys(propertiesOf(map)))
      .find((names) => names.includes(keyOf(error)));
    if (keys === undefined || !Object.hasOwn(data, name) || typeof data[name] === 'boolean') return [];
    const isRoom = data[name] === null || isMap(data[name]);
    return [`\`${name}\`${isRoom ? '' : `, which is a map then: {${keys.join(', ')}}`}`];
  });
  return homes.length === 0 ? undefined : `move it into ${homes.join(' or ')}`;
}

function mapsIn(schema: Schema): Schema[] {
  return [schema, ...((schema.anyOf ?? []) as Schema[])];
}

function propertiesOf(schema: Schema | undefined): Record<string, Schema> {
  return (schema?.properties ?? {}) as Record<string, Schema>;
}
