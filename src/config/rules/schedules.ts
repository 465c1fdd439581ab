import { describeValue, type Problem } from '../../errors/problem';
import { didYouMean } from '../suggest';

/**
 * EventBridge Scheduler and Application Auto Scaling take the same expressions and time zones.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
 * Other than rules of EventBridge they take `rate(1 minutes)`, too.
 */
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;

/** What a field of a cron expression takes: values from `min` to `max`, or names, of which the first one is `min`. */
interface CronField {
  allowed: string;
  min: number;
  max: number;
  names?: readonly string[];
  /** Whether an entry is a form of this field only, such as the last day of the month. */
  isSpecial?: (entry: string) => boolean;
  /** Whether it may be left to the other kind of days. */
  isDay?: true;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const CRON_FIELDS: readonly CronField[] = [
  { allowed: 'minutes 0-59', min: 0, max: 59 },
  { allowed: 'hours 0-23', min: 0, max: 23 },
  {
    allowed: 'days of the month 1-31, L or 15W',
    min: 1,
    max: 31,
    isDay: true,
    isSpecial: (entry) => /^(LW?|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/.test(entry),
  },
  { allowed: 'months 1-12 or JAN-DEC', min: 1, max: 12, names: MONTHS },
  {
    allowed: 'days of the week 1-7 or SUN-SAT, FRI#1 or FRIL',
    min: 1,
    max: 7,
    names: DAYS,
    isDay: true,
    isSpecial: (entry) => new RegExp(`^(L|([1-7]|${DAYS.join('|')})(L|#[1-5]))$`).test(entry),
  },
  { allowed: 'years 1970-2199', min: 1970, max: 2199 },
];

/** AWS takes a value for one of the two kinds of days, and a question mark for the other. */
const isOneKindOfDay = (fields: readonly string[]): boolean => (fields[2] === '?') !== (fields[4] === '?');

const takes = (field: CronField, text: string): boolean =>
  (field.isDay === true && text === '?') ||
  text
    .toUpperCase()
    .split(',')
    .every((entry) => field.isSpecial?.(entry) === true || isRange(field, entry));

/** `*`, a value, or a range, each with a step or without. */
function isRange(field: CronField, entry: string): boolean {
  const [range = '', step, ...others] = entry.split('/');
  const isStep = step === undefined || (/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.max);
  const values = range.split('-');
  const isKnown = range === '*' || (values.length <= 2 && values.every((value) => isValue(field, value)));
  return isKnown && isStep && others.length === 0;
}

function isValue({ min, max, names = [] }: CronField, value: string): boolean {
  return names.includes(value) || (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max);
}

const FORMS =
  'rate(5 minutes), cron(0 6 * * ? *) with six fields, one of the days `?`, or at(2030-01-01T00:00:00)';

/** What is allowed, if the expression is not; of a cron expression, what its wrong fields may be. */
function allowedInstead(text: string): string | undefined {
  const [, count] = RATE.exec(text) ?? [];
  if (count !== undefined) return Number(count) > 0 ? undefined : FORMS;
  const [, time] = AT.exec(text) ?? [];
  if (time !== undefined) return isTime(time) ? undefined : FORMS;
  return allowedInCron(text);
}

function allowedInCron(text: string): string | undefined {
  const [, ...fields] = CRON.exec(text) ?? [];
  if (fields.length === 0) return FORMS;
  const wrong = CRON_FIELDS.filter((field, index) => !takes(field, fields[index]!));
  if (wrong.length === 0) return isOneKindOfDay(fields) ? undefined : FORMS;
  const isDayWrong = wrong.some(({ isDay }) => isDay);
  const ofDays = isDayWrong || isOneKindOfDay(fields) ? [] : ['one of the two kinds of days `?`'];
  return [...wrong.map(({ allowed }) => allowed), ...ofDays].join('; ');
}

/** JavaScript makes 2 March of 30 February. */
function isTime(time: string): boolean {
  const date = new Date(`${time}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time);
}

export function expressionProblems(place: string, rate: string): Problem[] {
  const allowed = allowedInstead(rate);
  if (allowed === undefined) return [];
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(rate), allowed }];
}

/** Those of the IANA, as Node knows them. */
export function timezoneProblems(place: string, timezone: string | undefined): Problem[] {
  if (timezone === undefined || isTimezone(timezone)) return [];
  const advice = didYouMean(timezone, Intl.supportedValuesOf('timeZone'));
  return [
    {
      code: 'WATCHBOT_NOT_ALLOWED',
      place,
      given: describeValue(timezone),
      allowed: 'a time zone such as Europe/Vienna',
      ...(advice === undefined ? {} : { advice }),
    },
  ];
}

/** Node also takes offsets such as +01:00, of which AWS knows nothing. */
function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
