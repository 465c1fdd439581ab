import { searchSteps, type Proposal } from './search';
import { untilRest } from './compare';
import { numberText, secondsText } from './describe';
import type { SimulatePlan } from './plan';
import type { PolicyRun } from './policies';
import type { Stages } from './stages';

/** Steps that were looked for within a budget. */
export interface Proposed {
  budgetTaskSeconds: number;
  /** Undefined: the budget is too small for any that were tried. */
  best: Proposal | undefined;
  /** Those that none is both cheaper and sooner than, the cheapest first. */
  frontier: readonly Proposal[];
}

const HOUR_SECONDS = 3_600;

/** Looks for steps; undefined where nobody asked for them. */
export async function propose(
  plan: SimulatePlan,
  runs: readonly PolicyRun[],
  stages: Stages,
): Promise<Proposed | undefined> {
  if (plan.search === undefined) return undefined;
  const { bounds, load, world, seed } = plan;
  const watchbot = runs.find(({ policy }) => policy === 'watchbot')!;
  const budgetTaskSeconds = plan.search.budgetTaskSeconds ?? watchbot.result.taskSeconds;
  await stages.begin('Looking for steps');
  const { keepIdle: keepIdleSeconds } = plan.worker.scaling;
  const input = { bounds, load, world, seed, keepIdleSeconds };
  const { best, frontier } = searchSteps({ ...input, budgetSeconds: budgetTaskSeconds });
  return { budgetTaskSeconds, best: best && { ...best, result: untilRest(best.result, bounds) }, frontier };
}

const taskHoursText = (taskSeconds: number) => `${numberText(taskSeconds / HOUR_SECONDS)} task-hours`;

/** What was found, to be pasted into serverless.yml. */
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

/** For machines. */
export function proposalJson({ budgetTaskSeconds, best, frontier }: Proposed) {
  return {
    budgetTaskHours: budgetTaskSeconds / HOUR_SECONDS,
    steps: best?.steps ?? null,
    frontier: frontier.map(({ steps, result }) => ({
      steps,
      taskHours: result.taskSeconds / HOUR_SECONDS,
      waitSeconds: result.waitSeconds,
      drainSeconds: result.drainSeconds ?? null,
    })),
  };
}
