import type { Durations } from './simulation/load';
import { UserError } from '../../errors/user-error';
import { argumentProblem } from '../common/collect-problems';
import type { CommandRun, Options } from '../common/command';
import { DURATION_FORMS, durationOption } from '../common/durations';
import { textOption } from '../common/options';
import { MOST_JOB_SECONDS } from './limits';
import { readJobSeconds } from './load-files';

const LONGEST = { mostSeconds: MOST_JOB_SECONDS, most: '12h: SQS holds a message no longer' };

/**
 * How long jobs take.
 * @throws {UserError} where an option is wrong, or its file
 */
export async function readJobDurations(run: CommandRun, otherwiseSeconds: number): Promise<Durations> {
  const file = textOption(run.options, 'outcomes');
  if (file !== undefined) return { kind: 'samples', seconds: await readJobSeconds(file, run) };
  const seconds = jobOption(run.options, 'job-duration') ?? otherwiseSeconds;
  const p95Seconds = jobOption(run.options, 'job-p95');
  if (p95Seconds === undefined) return { kind: 'constant', seconds };
  if (p95Seconds > seconds) return { kind: 'spread', medianSeconds: seconds, p95Seconds };
  throw wrong('job-p95', textOption(run.options, 'job-p95'), `more than the median, which is ${seconds} s`);
}

const MILLISECONDS = /^(\d{1,9})ms$/;
const FORMS = `${DURATION_FORMS}, 250ms; more than none`;

/** Jobs may be shorter than a second, unlike all else that is measured in durations. */
function jobOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  const [, milliseconds] = MILLISECONDS.exec(text ?? '') ?? [];
  const seconds =
    milliseconds === undefined ? durationOption(options, name, LONGEST) : Number(milliseconds) / 1000;
  if (seconds === 0) throw wrong(name, text, FORMS);
  return seconds;
}

const wrong = (name: string, given: string | undefined, allowed: string) =>
  UserError.of(argumentProblem(`--${name}`, { ...(given === undefined ? {} : { given }), allowed }));
