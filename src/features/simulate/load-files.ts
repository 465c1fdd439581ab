import path from 'node:path';
import { outcomeTimes, readLine } from '../../contract/log-lines';
import { JobResult } from '../../contract/outcomes';
import { UserError } from '../../errors/user-error';
import { DAY_SECONDS, parseTime } from '../../shared/durations';
import { parseObject } from '../../shared/json';
import type { CommandRun } from '../command/command';
import { fileLines } from '../command/file-lines';
import { argumentProblem } from '../command/options';
import { MOST_DAYS, MOST_MESSAGES } from './limits';

type FilePlace = Pick<CommandRun, 'serviceFolder' | 'signal'>;

/** Seconds, with or without a fraction, or a time; then how many messages come, if more than one. */
const ARRIVAL = /^\s*(?<time>[^,;\s]+)(?:[,;\s]\s*(?<count>\d{1,9}))?\s*$/;
const SECONDS = /^\d{1,12}(\.\d{1,6})?$/;
const ARRIVALS_ALLOWED =
  'in each line, seconds from the start (12.5) or a time (2026-01-31T12:00:00Z), the same kind in all lines; then, if more than one message comes, a comma and how many';
const LONGEST_SECONDS = MOST_DAYS * DAY_SECONDS;

/**
 * When messages come, in ascending seconds from the first one.
 * @throws {UserError} `WATCHBOT_ARGUMENTS` with the first line that is wrong
 */
export async function readArrivals(file: string, place: FilePlace): Promise<number[]> {
  const all: number[] = [];
  let kind: Arrival['kind'] | undefined;
  for await (const { number, text = '' } of linesOf('--arrivals', file, place)) {
    const arrival = readArrival(text, kind);
    if (arrival === undefined)
      throw wrong('--arrivals', `${file}, line ${number}: ${text.slice(0, 60)}`, ARRIVALS_ALLOWED);
    kind = arrival.kind;
    if (all.length + arrival.count > MOST_MESSAGES)
      throw wrong('--arrivals', `${file}: more than that`, `${MOST_MESSAGES} messages`);
    for (let each = 0; each < arrival.count; each += 1) all.push(arrival.atSeconds);
  }
  if (all.length === 0) throw wrong('--arrivals', `${file}, with no message in it`, ARRIVALS_ALLOWED);
  return fromTheFirst(all, file);
}

function fromTheFirst(all: readonly number[], file: string): number[] {
  const times = Float64Array.from(all).sort();
  const first = times[0]!;
  if (times.at(-1)! - first > LONGEST_SECONDS)
    throw wrong('--arrivals', `${file}: more than that`, `at most ${MOST_DAYS} days`);
  return Array.from(times, (each) => each - first);
}

interface Arrival {
  kind: 'seconds' | 'time';
  atSeconds: number;
  count: number;
}

/** Undefined if the line is no arrival, or of another kind than the lines before. */
function readArrival(line: string, expected: Arrival['kind'] | undefined): Arrival | undefined {
  const { time = '', count = '1' } = ARRIVAL.exec(line)?.groups ?? {};
  const kind = SECONDS.test(time) ? 'seconds' : 'time';
  const atSeconds = kind === 'seconds' ? Number(time) : timeSeconds(time);
  return Number.isNaN(atSeconds) || kind !== (expected ?? kind)
    ? undefined
    : { kind, atSeconds, count: Number(count) };
}

const timeSeconds = (text: string) => (parseTime(text) ?? NaN) / 1000;

const OUTCOMES_ALLOWED =
  'outcome lines of jobs that succeeded, as `sls watchbot logs` prints them, or as they stand in the log; other lines are passed over';

/**
 * How long jobs took, in seconds.
 * @throws {UserError} `WATCHBOT_ARGUMENTS` if no line is the outcome of a successful job
 */
export async function readJobSeconds(file: string, place: FilePlace): Promise<number[]> {
  const all: number[] = [];
  for await (const { text = '' } of linesOf('--outcomes', file, place)) {
    const seconds = jobSeconds(text);
    if (seconds !== undefined) all.push(seconds);
  }
  if (all.length === 0) throw wrong('--outcomes', `${file}, with no such line`, OUTCOMES_ALLOWED);
  return all;
}

async function* linesOf(option: string, file: string, { serviceFolder, signal }: FilePlace) {
  try {
    yield* fileLines(path.resolve(serviceFolder, file), signal);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const trouble = code === 'ENOENT' ? 'there is no such file' : message;
    throw wrong(option, `${file}: ${trouble}`, 'a file that can be read');
  }
}

const wrong = (place: string, given: string, allowed: string) =>
  UserError.of(argumentProblem(place, { given, allowed }));

/** Time, task and message, which `sls watchbot logs` puts before a line of the watcher; workers' lines have a `>`. */
const SHOWN_LINE = /^\d{4}-\d{2}-\d{2} [\d:.]{12} {2}\S+ +\S+ +(?<text>\[.*)$/s;

/**
 * How long a job took, in seconds, from its outcome line: as `sls watchbot logs` prints it, with or without `--json`,
 * or as it is in the log itself, plain or structured. Undefined for every other line, and for a job that did not
 * succeed, which may have ended far too soon.
 */
export function jobSeconds(line: string): number | undefined {
  const { outcome, text } = readLine(writtenLine(line));
  if (outcome?.result !== JobResult.success) return undefined;
  const { durationMs } = outcomeTimes(text) ?? {};
  return durationMs === undefined ? undefined : durationMs / 1000;
}

/** The line as it was written to the log. */
function writtenLine(line: string): string {
  const { line: inner } = parseObject(line) ?? {};
  if (typeof inner === 'string') return inner;
  const text = SHOWN_LINE.exec(line)?.groups?.text;
  return text === undefined ? line : `[] [watcher] [] ${text}`;
}
