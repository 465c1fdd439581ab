import { describeValue, type Problem } from '../../errors/problem';
import { didYouMean } from '../suggest';
import { problemIf } from './rule';

/**
 * EventBridge Scheduler and Application Auto Scaling take the same expressions and time zones.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
 */
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)$/;
const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;

function isExpression(text: string): boolean {
  const [, count] = RATE.exec(text) ?? [];
  if (count !== undefined) return Number(count) > 0;
  const [, time] = AT.exec(text) ?? [];
  return time === undefined ? isCron(text) : isTime(time);
}

/** One of the two kinds of day is `?`: AWS takes no more than one of them. */
function isCron(text: string): boolean {
  const [, dayOfMonth, dayOfWeek] = CRON.exec(text) ?? [];
  return dayOfMonth === '?' || dayOfWeek === '?';
}

/** JavaScript makes 2 March of 30 February. */
function isTime(time: string): boolean {
  const date = new Date(`${time}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time);
}

export function expressionProblems(place: string, rate: string): Problem[] {
  return problemIf(!isExpression(rate), {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(rate),
    allowed:
      'rate(5 minutes), cron(0 6 * * ? *) with six fields, one of the days `?`, or at(2030-01-01T00:00:00)',
  });
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
