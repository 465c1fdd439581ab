import { UserError } from '../errors/user-error';
import type { Options } from './command';
import { textOption } from './options';

const SECOND_MS = 1000;
const UNITS = { s: SECOND_MS, m: 60 * SECOND_MS, h: 3600 * SECOND_MS, d: 86_400 * SECOND_MS } as const;
type Unit = keyof typeof UNITS;

/** `90s`, `15m`, `2h` or `7d`. */
export function durationOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * UNITS[unit as Unit];
  throw UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: `--${name}`,
    given: text,
    allowed: 'a number with s, m, h or d behind it: 90s, 15m, 2h, 7d',
  });
}

const NAMES: readonly (readonly [ms: number, name: string])[] = [
  [UNITS.d, 'd'],
  [UNITS.h, 'h'],
  [UNITS.m, 'min'],
  [UNITS.s, 's'],
];

/** In the two largest units: `2 h 5 min`. */
export function describeDuration(ms: number): string {
  const index = NAMES.findIndex(([unitMs]) => ms >= unitMs);
  if (index === -1) return '0 s';
  const [unitMs, name] = NAMES[index]!;
  const whole = `${Math.floor(ms / unitMs)} ${name}`;
  const [smallerMs, smallerName] = NAMES[index + 1] ?? [];
  const rest = smallerMs === undefined ? 0 : Math.floor((ms % unitMs) / smallerMs);
  return rest === 0 ? whole : `${whole} ${rest} ${smallerName ?? ''}`;
}

/** In the largest unit only: `2 h`. */
export function describeAge(ms: number): string {
  const [unitMs, name] = NAMES.find(([each]) => ms >= each) ?? [SECOND_MS, 's'];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${name}`;
}
