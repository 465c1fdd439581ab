import type { Load } from './simulation/load';
import { argumentProblem, type ProblemList } from '../common/collect-problems';
import type { CommandRun, Options } from '../common/command';
import { numberOption, textOption } from '../common/options';
import { ARRIVAL_OPTIONS, countOf, readArrivalOptions } from './arrivals';
import { readJobDurations } from './job-durations';
import { MOST_MESSAGES } from './limits';

/** What the service's own configuration tells. */
interface Known {
  jobSeconds: number;
  groups: number | undefined;
  isFifo: boolean | undefined;
}

/**
 * What comes in, and how long it takes, as the command line says it; undefined where that is wrong, which the list then
 * tells.
 */
export async function readLoad(
  run: CommandRun,
  problems: ProblemList,
  { jobSeconds, groups, isFifo }: Known,
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
