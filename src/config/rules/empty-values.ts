import type { Problem } from '../../errors/problem';
import { isMap } from '../maps';
import { placeOf } from '../place';

/**
 * A key without a value, where the schema takes anything: in a CloudFormation function, a condition or an extension.
 * CloudFormation refuses a template with a null in it, and does not say where. A number that is none becomes a null.
 */
export function emptyValues(given: unknown, refused: ReadonlySet<string>, root: string): Problem[] {
  const walk = (value: unknown, place: string): Problem[] => {
    if (refused.has(place)) return [];
    if (value === null && place !== root) return [emptyAt(place)];
    if (typeof value === 'number' && !Number.isFinite(value)) return [noNumberAt(place, value)];
    const entries = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
    return entries.flatMap(([key, entry]) => walk(entry, placeOf(place, [key])));
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
