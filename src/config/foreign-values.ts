import { describeValue, type Problem } from '../errors/problem';
import { isMap, isPlainMap } from './maps';
import { placeOf } from './place';

/**
 * Values that a file can hold and a template cannot. YAML makes dates of texts that look like one, and of anchors maps
 * that hold themselves; a `serverless.js` may have anything. A schema takes a date for a map.
 */
export function foreignValues(given: unknown, root: string): Problem[] {
  const walk = (value: unknown, place: string, around: readonly unknown[]): Problem[] => {
    if (around.includes(value)) return [circleAt(place)];
    if (isForeign(value)) return [foreignAt(place, value)];
    const entries = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
    return entries.flatMap(([key, entry]) => walk(entry, placeOf(place, [key]), [...around, value]));
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
