import type { ErrorObject } from 'ajv';
import { isMap } from './maps';
import { didYouMean, suggest } from './suggest';

/** What a map has that its schema does not know, as its user most likely meant it. */

type Schema = Readonly<Record<string, unknown>>;

export function knownKeys({ parentSchema }: Pick<ErrorObject, 'parentSchema'>): string[] {
  return Object.keys(propertiesOf(parentSchema));
}

/** What to do about an unknown key. */
export function adviceOn(error: ErrorObject): string {
  const hint = hintOn(error);
  if (hint !== undefined) return isKnown(error, hint) ? `did you mean "${hint}"?` : hint;
  return adviceToMove(error) ?? didYouMean(keyOf(error), knownKeys(error)) ?? 'remove it';
}

/** Whether an unknown key says why another one is missing, so that the two are one mistake. */
export function explainsLackOf(missing: string, unknown: ErrorObject): boolean {
  const hint = hintOn(unknown);
  if (hint === undefined) return suggest(keyOf(unknown), knownKeys(unknown)) === missing;
  const isAlone = Object.keys(unknown.data as object).length === 1;
  return hint === missing || (isAlone && !isKnown(unknown, hint));
}

function keyOf({ params }: ErrorObject): string {
  return String(params.additionalProperty);
}

function isKnown(error: ErrorObject, key: string): boolean {
  return knownKeys(error).includes(key);
}

/** `hints` of a schema: the key that a name from elsewhere means, if it is not there already, or what to do. */
function hintOn(error: ErrorObject): string | undefined {
  const hints = (error.parentSchema?.hints ?? {}) as Record<string, string>;
  const key = keyOf(error);
  const hint = Object.hasOwn(hints, key) ? hints[key] : undefined;
  const isThere = hint !== undefined && isMap(error.data) && Object.hasOwn(error.data, hint);
  return isThere ? undefined : hint;
}

/**
 * A key beside the map that it belongs in: in YAML that is a matter of two blanks. The validator has put in the maps that
 * were left out, so that it need not be there.
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
