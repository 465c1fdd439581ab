import { HOUR_SECONDS } from '../../shared/durations';
import { DEFAULT_KEEP_IDLE_SECONDS } from '../../scaling/limits';
import { givenStepsPolicy, taskLevels, type GivenStep } from '../../scaling/policies/steps';
import type { ScalingBounds } from '../../scaling/policy';
import { untilRest, type PolicyRun } from './compare';
import type { SimulatePlan } from './plan';
import type { Stages } from './simulate';
import { simulate, type SimulationInput, type SimulationResult } from './simulation';
import { numberText, secondsText } from './text';

/** Messages that a task is worth, tried one after the other, for each of its workers. */
const MESSAGES_PER_WORKER = [1, 2, 4, 8, 16, 32, 64, 128];
/** Of `max`, the shares that are tried as the most tasks. */
const SHARES_OF_MAX = [1, 0.7, 0.5, 0.35, 0.25, 0.1];

interface SearchInput extends Omit<SimulationInput, 'policy'> {
  /** Task-seconds that the load may cost at most. */
  readonly budgetSeconds: number;
  /** As `scaling.keepIdle`. */
  readonly keepIdleSeconds?: number | undefined;
}

/** Steps for `scaling.steps`, and what the load comes to with them. */
interface Proposal {
  readonly steps: readonly GivenStep[];
  readonly result: SimulationResult;
}

interface SearchResult {
  /** Of those within the budget, the one with the shortest waits; undefined where the budget is too small for any. */
  readonly best: Proposal | undefined;
  /** Those that none is both cheaper and sooner than, the cheapest first. */
  readonly frontier: readonly Proposal[];
}

/**
 * Tries steps against a load: how many messages a task is worth, and how many tasks there are at most.
 * @param onTried told after each try, since a great load takes a while
 */
export function searchSteps(
  { budgetSeconds, keepIdleSeconds = DEFAULT_KEEP_IDLE_SECONDS, ...input }: SearchInput,
  onTried?: (tried: number, of: number) => void,
): SearchResult {
  const candidates = candidateSteps(input.bounds);
  const proposals = candidates.map((steps, index): Proposal => {
    const policy = givenStepsPolicy(steps, { min: input.bounds.min, keepIdleSeconds });
    const result = simulate({ ...input, policy });
    onTried?.(index + 1, candidates.length);
    return { steps, result };
  });
  const frontier = frontierOf(proposals.filter(({ result }) => result.drainSeconds !== undefined));
  // Along the frontier waits get shorter as the cost grows.
  return { best: frontier.findLast(({ result }) => result.taskSeconds <= budgetSeconds), frontier };
}

function candidateSteps(bounds: ScalingBounds): GivenStep[][] {
  const tops = SHARES_OF_MAX.map((share) => Math.max(1, bounds.min, Math.ceil(bounds.max * share)));
  const all = [...new Set(tops)].flatMap((max) =>
    MESSAGES_PER_WORKER.map((messages) => stepsOf({ ...bounds, max }, messages * bounds.concurrency)),
  );
  // With few tasks many ways of counting come to the same steps.
  return [...new Map(all.map((steps) => [JSON.stringify(steps), steps])).values()];
}

function stepsOf(bounds: ScalingBounds, messagesPerTask: number): GivenStep[] {
  const levels = taskLevels(bounds);
  return levels.map((tasks, index) => ({
    messages: index === 0 ? 1 : levels[index - 1]! * messagesPerTask + 1,
    tasks,
  }));
}

function frontierOf(proposals: readonly Proposal[]): Proposal[] {
  const byCost = [...proposals].sort(
    (one, other) => one.result.taskSeconds - other.result.taskSeconds || waitOf(one) - waitOf(other),
  );
  return byCost.filter((proposal, index) =>
    byCost.slice(0, index).every((cheaper) => waitOf(cheaper) > waitOf(proposal)),
  );
}

const waitOf = ({ result }: Proposal) => result.waitSeconds.p95;

/** Steps that were looked for within a budget. */
export interface Proposed {
  budgetTaskSeconds: number;
  /** Undefined: the budget is too small for any that were tried. */
  best: Proposal | undefined;
  /** Those that none is both cheaper and sooner than, the cheapest first. */
  frontier: readonly Proposal[];
}

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
