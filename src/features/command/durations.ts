/** Times as users type them, and as they are shown. */

export const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATION = /^(\d{1,9})([smhd])$/;
export const DURATION_FORMS = 'a number and s, m, h or d: 90s, 15m, 2h, 1d';

/** Seconds; undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNIT_SECONDS[unit]!;
}

/** ISO 8601, with a time of day or without: what JavaScript takes beyond it means other things elsewhere. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970, in UTC if no zone is given; undefined if the text is no time of ISO 8601. */
export function parseTime(text: string): number | undefined {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T');
  const time = ISO_TIME.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : NaN;
  return Number.isNaN(time) ? undefined : time;
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
