import { HOUR_SECONDS, TIME_UNITS } from '../../shared/durations';
import { plainTable, type TextStyle } from '../command/terminal-text';
import { readableUnitOf } from './axes';
import { POLICY_LABELS, taskHoursOf, type PolicyRun } from './compare';
import { countOf, secondsOf, type Arrivals, type Durations } from './load';
import type { SimulatePlan } from './plan';
import type { PlotTexts } from './plot';
import type { Proposal, Proposed } from './search';
import { DEFAULT_WORLD, type World } from './world';

/** What comes in, how long jobs take, and how many tasks there may be. */
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

/** What is assumed of AWS, unless the command line says otherwise. */
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

/** What of `scaling` has no say, since nothing is known of what it looks at; empty if there is no such key. */
export function leftOutText({ worker: { scaling }, world }: SimulatePlan): string {
  return [
    ...(scaling.cpu === undefined || world.jobCpuPercent !== undefined
      ? []
      : ['`scaling.cpu`: --job-cpu says what a job uses of it']),
    ...(scaling.memory === undefined
      ? []
      : ['`scaling.memory`: nothing is known of what jobs use of the memory']),
  ].join('; ');
}

const ALL_RIGHT = ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] as const;

/** The results, a row for each policy. */
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

const taskHoursText = (taskSeconds: number) => `${numberText(taskSeconds / HOUR_SECONDS)} task-hours`;

/** The steps that were found, as lines to paste into serverless.yml. */
export function proposalText({ budgetTaskSeconds, best, frontier }: Proposed, plan: SimulatePlan): string {
  const budget = taskHoursText(budgetTaskSeconds);
  const [cheapest] = frontier;
  if (best === undefined) {
    const least =
      cheapest === undefined ? '' : `; the cheapest take ${taskHoursText(cheapest.result.taskSeconds)}`;
    return `No steps that were tried keep within ${budget}${least}.`;
  }
  const { taskSeconds, waitSeconds } = best.result;
  return [
    `Of the steps that keep within ${budget}, these have the shortest waits: p95 ${secondsText(waitSeconds.p95)}, ${taskHoursText(taskSeconds)}. For serverless.yml, under ${plan.worker.name}:`,
    '',
    ...scalingYaml(plan, best),
  ].join('\n');
}

function scalingYaml({ bounds: { min, max }, worker }: SimulatePlan, { steps }: Proposal): string[] {
  const { keepIdle } = worker.scaling;
  return [
    'scaling:',
    `  min: ${min}`,
    `  max: ${max}`,
    ...(keepIdle === undefined ? [] : [`  keepIdle: ${keepIdle}`]),
    '  steps:',
    ...steps.map(({ messages, tasks }) => `    - { messages: ${messages}, tasks: ${tasks} }`),
  ];
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

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const numberText = (value: number): string => NUMBER.format(value);

/** In one unit, with a tenth if it matters: `0.3 s`, `38 s`, `24.6 min`, `5.5 h`. */
function secondsText(seconds: number): string {
  const unit = readableUnitOf(seconds);
  const value = seconds / unit.seconds;
  return `${numberText(unit.seconds === 1 && value >= 10 ? Math.round(value) : value)} ${unit.name}`;
}
