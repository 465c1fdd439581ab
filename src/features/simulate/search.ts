import { DEFAULT_KEEP_IDLE_SECONDS } from '../../scaling/limits';
import { givenStepsPolicy, taskLevels, type GivenStep } from '../../scaling/policies/steps';
import type { ScalingBounds } from '../../scaling/policy';
import { untilRest, type PolicyRun } from './compare';
import type { SimulatePlan } from './plan';
import { simulate, type SimulationInput, type SimulationResult } from './simulation';

/** Steps for `scaling.steps`, and the result of the load with them. */
export interface Proposal {
  readonly steps: readonly GivenStep[];
  readonly result: SimulationResult;
}

/** What a search within a budget has found. */
export interface Proposed {
  budgetTaskSeconds: number;
  /** Undefined: none of the steps that were tried keeps within the budget. */
  best: Proposal | undefined;
  /** The steps to which no others are both cheaper and sooner, the cheapest first. */
  frontier: readonly Proposal[];
}

/** Searches for steps, if the command line asks for it. The budget is what Watchbot takes, unless one is given. */
export function propose(plan: SimulatePlan, runs: readonly PolicyRun[]): Proposed | undefined {
  if (plan.search === undefined) return undefined;
  const { bounds, load, world, seed } = plan;
  const watchbot = runs.find(({ policy }) => policy === 'watchbot')!;
  const budgetTaskSeconds = plan.search.budgetTaskSeconds ?? watchbot.result.taskSeconds;
  const { keepIdle: keepIdleSeconds } = plan.worker.scaling;
  const input = { bounds, load, world, seed, keepIdleSeconds };
  const { best, frontier } = searchSteps({ ...input, budgetSeconds: budgetTaskSeconds });
  return { budgetTaskSeconds, best: best && { ...best, result: untilRest(best.result, bounds) }, frontier };
}

/** How many messages are worth a task, tried one after the other, for each of its workers. */
const MESSAGES_PER_WORKER = [1, 2, 4, 8, 16, 32, 64, 128];
/** The shares of `max` that are tried as the most tasks. */
const SHARES_OF_MAX = [1, 0.7, 0.5, 0.35, 0.25, 0.1];

interface SearchInput extends Omit<SimulationInput, 'policy'> {
  /** Task-seconds that the load may cost at most. */
  readonly budgetSeconds: number;
  /** As `scaling.keepIdle`. */
  readonly keepIdleSeconds?: number | undefined;
}

/** Simulates the load with many steps: how many messages a task is worth, and how many tasks there are at most. */
export function searchSteps({
  budgetSeconds,
  keepIdleSeconds = DEFAULT_KEEP_IDLE_SECONDS,
  ...input
}: SearchInput): Pick<Proposed, 'best' | 'frontier'> {
  const proposals = candidateSteps(input.bounds).map((steps): Proposal => {
    const policy = givenStepsPolicy(steps, { min: input.bounds.min, keepIdleSeconds });
    return { steps, result: simulate({ ...input, policy }) };
  });
  const frontier = frontierOf(proposals.filter(({ result }) => result.drainSeconds !== undefined));
  // Along the frontier, waits get shorter as the cost grows.
  return { best: frontier.findLast(({ result }) => result.taskSeconds <= budgetSeconds), frontier };
}

function candidateSteps(bounds: ScalingBounds): GivenStep[][] {
  const tops = SHARES_OF_MAX.map((share) => Math.max(1, bounds.min, Math.ceil(bounds.max * share)));
  const all = [...new Set(tops)].flatMap((max) =>
    MESSAGES_PER_WORKER.map((messages) => stepsOf({ ...bounds, max }, messages * bounds.concurrency)),
  );
  // If there are few tasks, many ways of counting lead to the same steps.
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
