import { plainTable, type Look } from '../common/look';
import { numberText, secondsText } from './describe';
import { POLICY_LABELS, type PolicyRun } from './policies';

const HOUR_SECONDS = 3_600;

export const taskHoursOf = ({ result }: PolicyRun): number => result.taskSeconds / HOUR_SECONDS;

const ALL_RIGHT = ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] as const;

/** What each policy came to, a row each. */
export async function comparisonTable(
  runs: readonly PolicyRun[],
  { pricePerTaskHour }: { pricePerTaskHour: number | undefined },
  { colours }: Look,
): Promise<string> {
  const hasCost = pricePerTaskHour !== undefined;
  const head = [
    '',
    'done in',
    'wait p50',
    'p95',
    'max',
    'tasks',
    'starts',
    'hours',
    ...(hasCost ? ['cost'] : []),
  ];
  const rows = runs.map((run) => {
    const { drainSeconds, waitSeconds, maxTasks, startedTasks } = run.result;
    const cells = [
      drainSeconds === undefined ? 'never' : secondsText(drainSeconds),
      ...[waitSeconds.p50, waitSeconds.p95, waitSeconds.max].map(secondsText),
      numberText(maxTasks),
      numberText(startedTasks),
      numberText(taskHoursOf(run)),
      ...(hasCost ? [(taskHoursOf(run) * pricePerTaskHour).toFixed(2)] : []),
    ];
    return [POLICY_LABELS[run.policy], ...cells];
  });
  const table = await plainTable(rows, { head, colAligns: ['left', ...ALL_RIGHT] });
  const [heading = '', first = '', ...others] = table.split('\n');
  return [colours.dim(heading), colours.bold(first), ...others].join('\n');
}
