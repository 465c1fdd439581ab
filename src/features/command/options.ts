import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { DURATION_FORMS, parseDuration, parseSeconds, parseTime } from '../../shared/durations';
import { DEFAULT_PORT, type Options } from './command';

/** A problem with the command line. */
export function argumentProblem(place: string, more: Omit<Problem, 'code' | 'place'>): Problem {
  return { code: 'WATCHBOT_ARGUMENTS', place, ...more };
}

/** Collects all that is wrong with a command line, so that the user is told at once. */
export class ProblemList {
  private readonly problems: Problem[] = [];

  add(...problems: readonly Problem[]): void {
    this.problems.push(...problems);
  }

  /** Gives what `read` gives, or undefined if that was wrong. */
  read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      return void this.take(error);
    }
  }

  async readLater<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      return void this.take(error);
    }
  }

  /** @throws {UserError} if there are any */
  throwIfAny(): void {
    if (this.problems.length > 0) this.throwThem();
  }

  throwThem(): never {
    const [first, ...others] = this.problems;
    if (first === undefined) throw new Error('no problem to tell: this should not happen');
    if (others.length === 0) throw UserError.of(first);
    const heading = `${this.problems.length} things are wrong; nothing was done:`;
    throw UserError.ofMany('WATCHBOT_ARGUMENTS', heading, this.problems);
  }

  private take(error: unknown): undefined {
    if (!(error instanceof UserError)) throw error;
    this.add(...error.problems);
  }
}

/** A text option; the framework gives `null` for one without a value. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw UserError.of(argumentProblem(`--${name}`, { given: 'no value', allowed: `--${name} VALUE` }));
}

/** All values of an option that may be repeated; '' for one without a value. */
export function listOption(options: Options, name: string): readonly string[] {
  const values = options[name];
  return Array.isArray(values) ? values.map((each) => (typeof each === 'string' ? each : '')) : [];
}

/** @throws {UserError} `WATCHBOT_ARGUMENTS` if it is no whole number within the bounds */
export function numberOption(
  options: Options,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const text = textOption(options, name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw UserError.of(
    argumentProblem(`--${name}`, { given: text, allowed: `a whole number, ${least} to ${most}` }),
  );
}

const MAX_PORT = 65_535;

/** @param otherwise the port if none is given */
export function portOption(
  options: Options,
  { least, otherwise = DEFAULT_PORT }: { least: 0 | 1; otherwise?: number },
): number {
  return numberOption(options, 'port', { least, most: MAX_PORT, otherwise });
}

interface DurationLimit {
  mostSeconds: number;
  /** As it is told. */
  most: string;
  /** 0 if it is not given. */
  leastSeconds?: number;
  /** A number alone counts seconds, as in other tools' options of that name. */
  isBareSeconds?: boolean;
  /** Parts of a second count. */
  isFine?: boolean;
}

/** A duration in seconds, of any length if no limit is given. */
export function durationOption(options: Options, name: string, limit?: DurationLimit): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const isSeconds = limit?.isBareSeconds === true && /^\d+$/.test(text);
  const read = limit?.isFine === true ? parseSeconds : parseDuration;
  const seconds = read(isSeconds ? `${text}s` : text);
  if (seconds !== undefined && isWithin(seconds, limit)) return seconds;
  const allowed = DURATION_FORMS + limitText(limit);
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed }));
}

const isWithin = (
  seconds: number,
  { leastSeconds = 0, mostSeconds = Infinity }: Partial<DurationLimit> = {},
) => seconds >= leastSeconds && seconds <= mostSeconds;

function limitText(limit: DurationLimit | undefined): string {
  if (limit === undefined) return '';
  const { leastSeconds = 0, most } = limit;
  return `${leastSeconds > 0 ? `; at least ${leastSeconds}s` : ''}; at most ${most}`;
}

/** A time in milliseconds: so long ago, or as ISO 8601 has it, in UTC if no zone is given. */
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

/** One of the rules about options that mean nothing together. */
type Contradiction = readonly [
  isBroken: boolean,
  place: string,
  given: string,
  allowed: string,
  advice?: string,
];

export function contradictionsIn(rules: readonly Contradiction[]): Problem[] {
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, place, given, allowed, advice = `leave ${place} out`]) =>
      argumentProblem(place, { given, allowed, advice }),
    );
}

/** An option as it is typed; nothing for one that was not given. */
export function optionWords([name, value]: readonly [name: string, value: unknown]): string[] {
  if (value === undefined || value === null || value === false) return [];
  if (Array.isArray(value)) return value.flatMap((each: unknown) => optionWords([name, each]));
  return [
    value === true
      ? `--${name}`
      : `--${name} ${quoted(typeof value === 'string' ? value : JSON.stringify(value))}`,
  ];
}

function quoted(text: string): string {
  return /^[\w./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
