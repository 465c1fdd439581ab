import type { Arrivals } from './simulation/load';
import type { ProblemList } from '../common/collect-problems';
import type { CommandRun, Options } from '../common/command';
import { durationOption } from '../common/durations';
import { numberOption, textOption } from '../common/options';
import { DEFAULT_MESSAGES, MOST_DAYS, MOST_MESSAGES } from './limits';
import { readArrivals } from './load-files';
import { rateOption } from './number-options';

/** The ways to say what comes in; one of them is used. */
export const ARRIVAL_OPTIONS = ['messages', 'rate', 'daily', 'arrivals'] as const;
const DEFAULT_RATE_SECONDS = 3_600;

const HOURS = 24;
const HOUR_SECONDS = 3_600;
/** The hour of the day with the most messages, and how much more than the mean that is: a night has next to none. */
const BUSIEST_HOUR = 15;
const DAILY_SWING = 0.9;

const LONGEST = { mostSeconds: MOST_DAYS * HOURS * HOUR_SECONDS, most: `${MOST_DAYS}d` };

/** Undefined where one of the options is wrong, or the file: the list tells all of it. */
export async function readArrivalOptions(
  run: CommandRun,
  problems: ProblemList,
): Promise<Arrivals | undefined> {
  const { options } = run;
  const seconds = problems.read(() => durationOption(options, 'duration', LONGEST));
  const perSecond = problems.read(() => rateOption(options, 'rate'));
  const perDay = problems.read(() => countOption(options, 'daily'));
  const messages = problems.read(() => countOption(options, 'messages'));
  const file = problems.read(() => textOption(options, 'arrivals'));
  if (file !== undefined) {
    const atSeconds = await problems.readLater(() => readArrivals(file, run));
    return atSeconds === undefined ? undefined : { kind: 'times', atSeconds };
  }
  if (perSecond !== undefined) return { kind: 'rate', perSecond, seconds: seconds ?? DEFAULT_RATE_SECONDS };
  if (perDay !== undefined) return dailyCurve(perDay, seconds ?? HOURS * HOUR_SECONDS);
  return { kind: 'burst', messages: messages ?? DEFAULT_MESSAGES };
}

const countOption = (options: Options, name: string): number | undefined =>
  textOption(options, name) === undefined
    ? undefined
    : numberOption(options, name, { least: 1, most: MOST_MESSAGES, otherwise: 0 });

/** A wave over the day: most in the afternoon, next to nothing at night. */
function dailyCurve(perDay: number, seconds: number): Arrivals {
  const mean = perDay / HOURS / HOUR_SECONDS;
  const hours = Math.max(1, Math.ceil(seconds / HOUR_SECONDS));
  const perSecondByHour = Array.from({ length: hours }, (_, hour) => {
    const angle = ((hour - BUSIEST_HOUR) / HOURS) * 2 * Math.PI;
    return mean * (1 + DAILY_SWING * Math.cos(angle));
  });
  return { kind: 'curve', perSecondByHour };
}

/** About: where the load is drawn at random, more or fewer may come. */
export function countOf(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'burst':
      return arrivals.messages;
    case 'rate':
      return arrivals.perSecond * arrivals.seconds;
    case 'curve':
      return arrivals.perSecondByHour.reduce((sum, perSecond) => sum + perSecond * HOUR_SECONDS, 0);
    case 'times':
      return arrivals.atSeconds.length;
  }
}

/** From the first arrival to the last one. */
export function secondsOf(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'burst':
      return 0;
    case 'rate':
      return arrivals.seconds;
    case 'curve':
      return arrivals.perSecondByHour.length * HOUR_SECONDS;
    case 'times':
      return arrivals.atSeconds.at(-1) ?? 0;
  }
}
