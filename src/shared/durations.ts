/** Times as users type them, and as they are shown. */

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 60 * MINUTE_SECONDS;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

export interface TimeUnit {
  seconds: number;
  /** As users type it: `15m`. */
  letter: string;
  /** As it is shown: `15 min`. */
  symbol: string;
  /** `messages a minute` */
  word: string;
}

const SECOND: TimeUnit = { seconds: 1, letter: 's', symbol: 's', word: 'second' };

/** The largest first. */
export const TIME_UNITS: readonly TimeUnit[] = [
  { seconds: DAY_SECONDS, letter: 'd', symbol: 'd', word: 'day' },
  { seconds: HOUR_SECONDS, letter: 'h', symbol: 'h', word: 'hour' },
  { seconds: MINUTE_SECONDS, letter: 'm', symbol: 'min', word: 'minute' },
  SECOND,
];

/** The largest unit of which there are at least so many in a duration; else a second. */
export const unitOf = (seconds: number, fewest = 1): TimeUnit =>
  TIME_UNITS.find((unit) => seconds >= unit.seconds * fewest) ?? SECOND;

/** A number, and the unit as a letter or a word: `15m`, `15 min`, `15 minutes`, `1.5h`. */
const PART =
  /(\d{1,9}(?:\.\d{1,3})?)\s*(ms|milli(?:second)?s?|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)(?![a-z])\s*/gi;
export const DURATION_FORMS = 'a number and s, m, h or d: 90s, 15m, 1h30m, 1d';

/** Seconds, also parts of one: 0.25 of `250ms`; undefined if the text is no duration. */
export function parseSeconds(text: string): number | undefined {
  const parts = [...text.matchAll(PART)];
  const isAll = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const units = parts.map(([, , unit = '']) => secondsOf(unit));
  // The larger unit comes first, and each once: `1h30m`.
  const isInOrder = units.every((unit, index) => index === 0 || unit < units[index - 1]!);
  if (!isAll || !isInOrder) return undefined;
  const ms = parts.reduce((sum, [, count], index) => sum + Number(count) * 1000 * units[index]!, 0);
  return Math.round(ms * 1000) / 1_000_000;
}

/** Whole seconds; undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const seconds = parseSeconds(text);
  return Number.isInteger(seconds) ? seconds : undefined;
}

const secondsOf = (unit: string) =>
  /^m(s|illi)/i.test(unit) ? 0.001 : secondsOfUnit(unit.charAt(0).toLowerCase());

const RATE = /^(\d{1,9}(?:\.\d{1,6})?)\s*(?:\/|\s+(?:per|an?)\s+)\s*([a-z]+)$/i;
export const RATE_FORMS = '5/s, 300/m, 20000/h, 1000000/d';

/** So many a second: 5 of `300/m` or `300 per minute`; undefined if the text is no rate. */
export function parseRate(text: string): number | undefined {
  const [, count, unit] = RATE.exec(text) ?? [];
  const seconds = parseSeconds(`1${unit}`);
  return seconds === undefined ? undefined : Number(count) / seconds;
}

/** NaN if there is no unit with this letter. */
const secondsOfUnit = (letter: string | undefined): number =>
  TIME_UNITS.find((unit) => unit.letter === letter)?.seconds ?? NaN;

/** ISO 8601, with a time of day or without: what JavaScript takes beyond it means other things elsewhere. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970, in UTC if no zone is given; undefined if the text is no time of ISO 8601. */
export function parseTime(text: string): number | undefined {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T');
  const time = ISO_TIME.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** In the two largest units: `2 h 5 min`. */
export function describeDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const unit = unitOf(seconds);
  const rest = seconds % unit.seconds;
  const smaller = TIME_UNITS[TIME_UNITS.indexOf(unit) + 1];
  const inSmaller = smaller === undefined ? 0 : Math.floor(rest / smaller.seconds);
  const whole = describeAge(ms);
  return smaller === undefined || inSmaller === 0 ? whole : `${whole} ${inSmaller} ${smaller.symbol}`;
}

/** In the largest unit only: `2 h`. */
export function describeAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const unit = unitOf(seconds);
  return `${Math.floor(seconds / unit.seconds)} ${unit.symbol}`;
}
