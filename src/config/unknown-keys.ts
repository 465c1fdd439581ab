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

/** A key beside the map that it belongs in: in YAML that is a matter of two blanks. */
function adviceToMove(error: ErrorObject): string | undefined {
  const key = keyOf(error);
  const data = isMap(error.data) ? error.data : {};
  for (const [name, schema] of Object.entries(propertiesOf(error.parentSchema))) {
    const keys = mapsIn(schema).map((map) => Object.keys(propertiesOf(map)));
    const found = keys.find((names) => names.includes(key));
    if (found === undefined || !Object.hasOwn(data, name) || typeof data[name] === 'boolean') continue;
    const isRoom = data[name] === null || isMap(data[name]);
    return `move it into \`${name}\`${isRoom ? '' : `, which is a map then: {${found.join(', ')}}`}`;
  }
  return undefined;
}

function mapsIn(schema: Schema): Schema[] {
  return [schema, ...((schema.anyOf ?? []) as Schema[])];
}

function propertiesOf(schema: Schema | undefined): Record<string, Schema> {
  return (schema?.properties ?? {}) as Record<string, Schema>;
}
