import { UserError } from '../../errors/user-error';
import { DAY_SECONDS, DURATION_FORMS, HOUR_SECONDS, parseRate, RATE_FORMS } from '../../shared/durations';
import type { CommandRun, Options } from '../command/command';
import {
  argumentProblem,
  durationOption,
  numberOption,
  textOption,
  type ProblemList,
} from '../command/options';
import { DEFAULT_MESSAGES, MOST_DAYS, MOST_JOB_SECONDS, MOST_MESSAGES } from './limits';
import { countOf, type Arrivals, type Durations, type Load } from './load';
import { readArrivals, readJobSeconds } from './load-files';

/** What the worker's own configuration says of the load. */
interface Configured {
  jobSeconds: number;
  groups: number | undefined;
  isFifo: boolean | undefined;
}

/**
 * Reads what comes in, and how long jobs take, from the command line. Undefined if an option is wrong: the list then
 * has the problem.
 */
export async function readLoad(
  run: CommandRun,
  problems: ProblemList,
  { jobSeconds, groups, isFifo }: Configured,
): Promise<Load | undefined> {
  const { options } = run;
  addContradictions({ options, isFifo }, problems);
  const arrivals = await readArrivalOptions(run, problems);
  const durations = await problems.readLater(() => readJobDurations(run, jobSeconds));
  const givenGroups = problems.read(() => groupsOption(options));
  if (arrivals === undefined || durations === undefined) return undefined;
  const count = countOf(arrivals);
  if (count > MOST_MESSAGES || count < 1) {
    const given = `${Math.round(count)} messages in all`;
    problems.add(argumentProblem('--rate, --daily', { given, allowed: `1 to ${MOST_MESSAGES}` }));
  }
  return { arrivals, durations, groups: givenGroups ?? groups };
}

function addContradictions(
  { options, isFifo }: { options: Options; isFifo: boolean | undefined },
  problems: ProblemList,
): void {
  const has = (name: string) => options[name] !== undefined;
  const ways = ARRIVAL_OPTIONS.filter(has);
  const hasTime = has('rate') || has('daily');
  const rules: [boolean, string, string, string][] = [
    [
      ways.length > 1,
      `--${ways[1] ?? ''}`,
      `with --${ways[0] ?? ''}`,
      'one of --messages, --rate, --daily, --arrivals',
    ],
    [has('duration') && !hasTime, '--duration', 'without --rate or --daily', 'with one of them'],
    [has('outcomes') && has('job-duration'), '--job-duration', 'with --outcomes', 'one of them'],
    [has('outcomes') && has('job-p95'), '--job-p95', 'with --outcomes', 'one of them'],
    [has('groups') && isFifo === false, '--groups', 'for a standard queue', 'for a FIFO queue'],
  ];
  for (const [isBroken, place, given, allowed] of rules) {
    if (isBroken) problems.add(argumentProblem(place, { given, allowed }));
  }
}

function groupsOption(options: Options): number | undefined {
  if (textOption(options, 'groups') === undefined) return undefined;
  return numberOption(options, 'groups', { least: 1, most: MOST_MESSAGES, otherwise: 1 });
}

/** The ways to say what comes in, of which one is used. */
const ARRIVAL_OPTIONS = ['messages', 'rate', 'daily', 'arrivals'] as const;
const DEFAULT_RATE_SECONDS = HOUR_SECONDS;

const HOURS = 24;
/** The hour of the day with the most messages, and by which share it is above the mean. At night next to none come. */
const BUSIEST_HOUR = 15;
const DAILY_SWING = 0.9;

const LONGEST_LOAD = { mostSeconds: MOST_DAYS * DAY_SECONDS, most: `${MOST_DAYS}d` };

/** Undefined if one of the options, or the file, is wrong: the list then has all problems. */
async function readArrivalOptions(run: CommandRun, problems: ProblemList): Promise<Arrivals | undefined> {
  const { options } = run;
  const seconds = problems.read(() => durationOption(options, 'duration', LONGEST_LOAD));
  const perSecond = problems.read(() => rateOption(options, 'rate'));
  const perDay = problems.read(() => countOption(options, 'daily'));
  const messages = problems.read(() => countOption(options, 'messages'));
  const file = problems.read(() => textOption(options, 'arrivals'));
  if (file !== undefined) {
    const atSeconds = await problems.readLater(() => readArrivals(file, run));
    return atSeconds === undefined ? undefined : { kind: 'times', atSeconds };
  }
  if (perSecond !== undefined) return { kind: 'rate', perSecond, seconds: seconds ?? DEFAULT_RATE_SECONDS };
  if (perDay !== undefined) return dailyCurve(perDay, seconds ?? DAY_SECONDS);
  return { kind: 'burst', messages: messages ?? DEFAULT_MESSAGES };
}

const countOption = (options: Options, name: string): number | undefined =>
  textOption(options, name) === undefined
    ? undefined
    : numberOption(options, name, { least: 1, most: MOST_MESSAGES, otherwise: 0 });

/** Messages a second, from `5/s`, `300/m`, `20000/h` or `1000000/d`. */
function rateOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const perSecond = parseRate(text) ?? 0;
  if (perSecond > 0) return perSecond;
  const allowed = `messages a second, minute, hour or day, more than none: ${RATE_FORMS}`;
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed }));
}

/** A wave over the day: most messages come in the afternoon, next to none at night. */
function dailyCurve(perDay: number, seconds: number): Arrivals {
  const mean = perDay / DAY_SECONDS;
  const hours = Math.max(1, Math.ceil(seconds / HOUR_SECONDS));
  const perSecondByHour = Array.from({ length: hours }, (_, hour) => {
    const angle = ((hour - BUSIEST_HOUR) / HOURS) * 2 * Math.PI;
    return mean * (1 + DAILY_SWING * Math.cos(angle));
  });
  return { kind: 'curve', perSecondByHour };
}

const LONGEST_JOB = {
  mostSeconds: MOST_JOB_SECONDS,
  most: '12h: SQS holds a message no longer',
  isFine: true,
};

/**
 * How long jobs take.
 * @throws {UserError} if an option or its file is wrong
 */
async function readJobDurations(run: CommandRun, otherwiseSeconds: number): Promise<Durations> {
  const file = textOption(run.options, 'outcomes');
  if (file !== undefined) return { kind: 'samples', seconds: await readJobSeconds(file, run) };
  const seconds = jobOption(run.options, 'job-duration') ?? otherwiseSeconds;
  const p95Seconds = jobOption(run.options, 'job-p95');
  if (p95Seconds === undefined) return { kind: 'constant', seconds };
  if (p95Seconds > seconds) return { kind: 'spread', medianSeconds: seconds, p95Seconds };
  throw wrong('job-p95', textOption(run.options, 'job-p95'), `more than the median, which is ${seconds} s`);
}

const FORMS = `${DURATION_FORMS}, 250ms; more than none`;

/** Jobs may be shorter than a second, unlike everything else that is given as a duration. */
function jobOption(options: Options, name: string): number | undefined {
  const seconds = durationOption(options, name, LONGEST_JOB);
  if (seconds === 0) throw wrong(name, textOption(options, name), FORMS);
  return seconds;
}

const wrong = (name: string, given: string | undefined, allowed: string) =>
  UserError.of(argumentProblem(`--${name}`, { ...(given === undefined ? {} : { given }), allowed }));
