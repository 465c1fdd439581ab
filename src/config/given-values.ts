import type { ErrorObject } from 'ajv';
import { configPath, keysOfPointer } from './config-path';
import { readQuantity, type Unit } from './units';

/** What a section says, with texts read as the values that the schema wants in their places. */
export interface GivenValues {
  section: unknown;
  /** What was given, by the path of what it was read as: an error quotes that. */
  given: ReadonlyMap<string, unknown>;
}

interface Wanted {
  type?: string;
  /** What a number counts, if texts like `15m` may stand for it. */
  unit?: Unit;
  /** The key of a map that a value may stand for alone: `s3: bucket`. */
  short?: string;
}

type Check = (section: unknown) => readonly ErrorObject[];

/**
 * Reads texts where the schema takes none: a variable of the environment is a text, whatever is in it, and a duration or a
 * size may have a unit. What the schema takes as it stands is left alone, such as `"20"` among `environment`.
 * @param section is changed
 */
export function readGivenValues(section: unknown, check: Check, root: string): GivenValues {
  const given = new Map<string, unknown>();
  let now = section;
  for (;;) {
    // The validator adds defaults to what it checks.
    const errors = check(structuredClone(now));
    const before = given.size;
    for (const error of errors) {
      const keys = keysOfPointer(error.instancePath);
      const place = configPath(root, keys);
      if (given.has(place)) continue;
      // Not that of the error: the validator has put its defaults into it.
      const typed = valueAt(now, keys);
      const value = readValue(error, typed);
      if (value === undefined) continue;
      given.set(place, typed);
      now = withValue(now, keys, value);
    }
    if (given.size === before) return { section: now, given };
  }
}

/** What the value of an error means; undefined if it means nothing else than it says. */
function readValue(error: ErrorObject, data: unknown): unknown {
  const wanted = (error.parentSchema ?? {}) as Wanted;
  if (wanted.short !== undefined) return isPartAlone(error, data) ? { [wanted.short]: data } : undefined;
  return error.keyword === 'type' && typeof data === 'string' ? readText(data.trim(), wanted) : undefined;
}

/** Whether a map was wanted, and a text, a number or a CloudFormation function was given. */
function isPartAlone({ keyword, params }: ErrorObject, data: unknown): boolean {
  if (keyword === 'type') return typeof data === 'string' || typeof data === 'number';
  return keyword === 'additionalProperties' && /^(Ref$|Fn::)/.test(String(params.additionalProperty));
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function readText(text: string, wanted: Wanted): unknown {
  if (wanted.type === 'boolean') return text === 'true' || (text === 'false' ? false : undefined);
  const number = readNumber(text, wanted);
  return wanted.type === 'number' || Number.isInteger(number) ? number : undefined;
}

function readNumber(text: string, { type, unit }: Wanted): number | undefined {
  if (type !== 'integer' && type !== 'number') return undefined;
  if (NUMBER.test(text)) return Number(text);
  return unit === undefined ? undefined : readQuantity(text, unit);
}

type Parts = Record<string, unknown>;

function valueAt(section: unknown, keys: readonly string[]): unknown {
  return keys.reduce((value, key) => (value as Parts)[key], section);
}

function withValue(section: unknown, keys: readonly string[], value: unknown): unknown {
  const last = keys.at(-1);
  if (last === undefined) return value;
  (valueAt(section, keys.slice(0, -1)) as Parts)[last] = value;
  return section;
}
