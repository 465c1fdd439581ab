import { HOUR_SECONDS, TIME_UNITS } from '../../shared/durations';
import { plainTable, type TextStyle } from '../command/terminal-text';
import { readableUnitOf } from './axes';
import { POLICY_LABELS, type PolicyRun } from './compare';
import type { Arrivals, Durations } from './load';
import { countOf, secondsOf } from './load-options';
import type { SimulatePlan } from './plan';
import type { PlotTexts } from './plot';
import { DEFAULT_WORLD, type World } from './world';

export const taskHoursOf = ({ result }: PolicyRun): number => result.taskSeconds / HOUR_SECONDS;

const ALL_RIGHT = ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] as const;

/** What each policy came to, a row each. */
export async function comparisonTable(
  runs: readonly PolicyRun[],
  { pricePerTaskHour }: { pricePerTaskHour: number | undefined },
  { colours }: TextStyle,
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

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
export const numberText = (value: number): string => NUMBER.format(value);

/** In one unit, with a tenth where that is of interest: `0.3 s`, `38 s`, `24.6 min`, `5.5 h`. */
export function secondsText(seconds: number): string {
  const unit = readableUnitOf(seconds);
  const value = seconds / unit.seconds;
  return `${numberText(unit.seconds === 1 && value >= 10 ? Math.round(value) : value)} ${unit.name}`;
}

/** What comes in, what jobs take, and on how many tasks. */
export function loadTexts({ load, bounds }: Pick<SimulatePlan, 'load' | 'bounds'>) {
  const { min, max, concurrency } = bounds;
  const groups = load.groups === undefined ? '' : `, in ${numberText(load.groups)} message groups`;
  const atOnce = concurrency === 1 ? '' : `, ${concurrency} jobs at once in each`;
  return {
    load: `${arrivalsText(load.arrivals)}${groups}`,
    jobs: durationsText(load.durations),
    tasks: `${numberText(min)} to ${numberText(max)}${atOnce}`,
  };
}

/** What is taken for granted of AWS, unless the command line says otherwise. */
export function worldText(given: Partial<World>): string {
  const { metricDelaySeconds, provisionSeconds, startSeconds, interruptionsPerHour } = {
    ...DEFAULT_WORLD,
    ...given,
  };
  return [
    `metrics are seen ${secondsText(metricDelaySeconds)} late`,
    `a task is placed in ${secondsText(provisionSeconds)} and starts in ${secondsText(startSeconds)}`,
    interruptionsPerHour === 0
      ? 'Spot takes none back'
      : `Spot takes back ${numberText(interruptionsPerHour * 100)} % an hour`,
  ].join(', ');
}

function arrivalsText(arrivals: Arrivals): string {
  const messages = `${numberText(Math.round(countOf(arrivals)))} messages`;
  switch (arrivals.kind) {
    case 'burst':
      return `${messages} at once`;
    case 'rate':
      return `${rateText(arrivals.perSecond)} for ${secondsText(secondsOf(arrivals))}`;
    case 'curve':
      return `about ${messages} in ${secondsText(secondsOf(arrivals))}, most in the afternoon`;
    case 'times':
      return `${messages} in ${secondsText(secondsOf(arrivals))}`;
  }
}

/** In the smallest unit in which there is at least one message. */
function rateText(perSecond: number): string {
  const { seconds, word } = TIME_UNITS.findLast((unit) => perSecond * unit.seconds >= 1) ?? TIME_UNITS[0]!;
  return `${numberText(perSecond * seconds)} messages a ${word}`;
}

function durationsText(durations: Durations): string {
  switch (durations.kind) {
    case 'constant':
      return `${secondsText(durations.seconds)} each`;
    case 'spread':
      return `half take ${secondsText(durations.medianSeconds)} or less, 95 % ${secondsText(durations.p95Seconds)} or less`;
    case 'samples':
      return `durations of ${numberText(durations.seconds.length)} jobs`;
  }
}

/** What the plot says in words. */
export function plotTexts(runs: readonly PolicyRun[], plan: SimulatePlan, service: string): PlotTexts {
  const { load, jobs, tasks } = loadTexts(plan);
  return {
    heading: `Scaling of ${service}, worker ${plan.worker.name}, simulated`,
    subheading: `${load}; ${jobs}; tasks ${tasks}`,
    description: `Lines of backlog, running tasks and wait over time. ${runs.map(inWords).join(' ')}`,
  };
}

function inWords(run: PolicyRun): string {
  const { drainSeconds, waitSeconds, maxTasks } = run.result;
  const done = drainSeconds === undefined ? 'not done' : `done after ${secondsText(drainSeconds)}`;
  const tasks = `${numberText(maxTasks)} tasks at most, ${numberText(taskHoursOf(run))} task-hours`;
  return `${POLICY_LABELS[run.policy]}: ${done}, longest wait ${secondsText(waitSeconds.max)}, ${tasks}.`;
}
