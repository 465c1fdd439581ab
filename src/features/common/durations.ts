import { UserError } from '../../errors/user-error';
import { argumentProblem } from './collect-problems';
import type { Options } from './command';
import { textOption } from './options';

export const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATION = /^(\d{1,9})([smhd])$/;
export const DURATION_FORMS = 'a number and s, m, h or d: 90s, 15m, 2h, 1d';

/** Seconds; undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNIT_SECONDS[unit]!;
}

/** A duration in seconds, of any length where no limit is given. */
export function durationOption(
  options: Options,
  name: string,
  limit?: { mostSeconds: number; most: string },
): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds <= (limit?.mostSeconds ?? Infinity)) return seconds;
  const allowed = limit === undefined ? DURATION_FORMS : `${DURATION_FORMS}; at most ${limit.most}`;
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed }));
}

/** ISO 8601, with a time of day or without: what JavaScript takes beyond it means other things elsewhere. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970, in UTC where no zone is given; undefined where it is no time as ISO 8601 has it. */
export function parseTime(text: string): number | undefined {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T');
  const time = ISO_TIME.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** A time in milliseconds: so long ago, or as ISO 8601 has it, in UTC where no zone is given. */
export function timeOption(options: Options, name: string, nowMs: number): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined) return nowMs - seconds * 1000;
  const time = parseTime(text);
  if (time !== undefined) return time;
  const allowed = `so long ago (${DURATION_FORMS}), or a time as ISO 8601 has it: 2026-01-31T12:00Z`;
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed }));
}

const UNIT_NAMES: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** In the two largest units: `2 h 5 min`. */
export function describeDuration(ms: number): string {
  const index = UNIT_NAMES.findIndex(([unitMs]) => ms >= unitMs);
  if (index === -1) return '0 s';
  const [unitMs, name] = UNIT_NAMES[index]!;
  const whole = `${Math.floor(ms / unitMs)} ${name}`;
  const [smallerMs, smallerName] = UNIT_NAMES[index + 1] ?? [];
  const rest = smallerMs === undefined ? 0 : Math.floor((ms % unitMs) / smallerMs);
  return rest === 0 ? whole : `${whole} ${rest} ${smallerName ?? ''}`;
}

/** In the largest unit only: `2 h`. */
export function describeAge(ms: number): string {
  const [unitMs, name] = UNIT_NAMES.find(([each]) => ms >= each) ?? [1000, 's'];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${name}`;
}
