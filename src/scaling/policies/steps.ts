import { MAX_LEVELS } from '../limits';
import type { Formula, ScalingBounds, ScalingPolicy, Step } from '../policy';
import { backlogPolicy, IN_FLIGHT, plusInFlight, type Backlog } from './backlog';
import { hurried, tasksByUse, type Signals } from './signals';

export interface GivenStep {
  /** From this many messages on, waiting or in flight … */
  readonly messages: number;
  /** … this many tasks. */
  readonly tasks: number;
}

/** The user's own steps, which ascend. */
export function givenStepsPolicy(
  given: readonly GivenStep[],
  { age, ...rest }: Pick<Backlog, 'min' | 'keepIdleSeconds'> & Pick<Signals, 'age'>,
): ScalingPolicy {
  return backlogPolicy({
    name: 'steps',
    label: 'TotalMessages',
    needed: (waiting) => hurried(plusInFlight(waiting), age),
    steps: given.map(({ messages, tasks }, index) => ({
      from: messages,
      to: given[index + 1]?.messages,
      adjust: tasks,
    })),
    ...rest,
  });
}

interface Grading extends ScalingBounds, Signals {
  /** How many messages, waiting or in flight, are worth one task; at least `concurrency`. */
  readonly messagesPerTask: number;
  readonly keepIdleSeconds: number;
}

/** As many tasks as the messages need. */
export function gradedPolicy(grading: Grading): ScalingPolicy {
  return backlogPolicy({
    name: 'graded',
    label: 'TasksNeeded',
    needed: (waiting, periodSeconds) => tasksNeeded(plusInFlight(waiting), grading, periodSeconds),
    steps: stepsTo(taskLevels(grading)),
    min: grading.min,
    keepIdleSeconds: grading.keepIdleSeconds,
  });
}

/** Never fewer tasks than are busy, and the most of what the messages and the use of the tasks ask for. */
function tasksNeeded(messages: Formula, grading: Grading, periodSeconds: number): Formula {
  const { concurrency, messagesPerTask } = grading;
  const byUse = tasksByUse(messages, grading, periodSeconds);
  const byMessages = tasksForMessages(messages, grading);
  if (messagesPerTask === concurrency) {
    if (byUse.length > 0) return ceil({ function: 'MAX', of: [byMessages, ...byUse] });
    return concurrency === 1 ? byMessages : ceil(byMessages);
  }
  return ceil({ function: 'MAX', of: [per(concurrency, IN_FLIGHT), byMessages, ...byUse] });
}

/** If the oldest is too old, more than its share, but no more than have something to begin. */
function tasksForMessages(messages: Formula, { concurrency, messagesPerTask, age }: Grading): Formula {
  const needed = per(messagesPerTask, messages);
  if (age === undefined) return needed;
  return { function: 'MIN', of: [per(concurrency, messages), hurried(ceil(needed), age)] };
}

const ceil = (formula: Formula): Formula => ({ function: 'CEIL', of: [formula] });

const per = (messages: number, formula: Formula): Formula =>
  messages === 1 ? formula : { operator: '/', of: [formula, { number: messages }] };

/** A need between two levels gets the upper one, so that no message waits for a task that was rounded away. */
function stepsTo(levels: readonly number[]): Step[] {
  return levels.map((tasks, index) => ({
    from: index === 0 ? 1 : levels[index - 1]! + 1,
    to: index === levels.length - 1 ? undefined : tasks + 1,
    adjust: tasks,
  }));
}

/**
 * The numbers of tasks that a policy can ask for, from the least to `max`: every number, or, if those are more than AWS
 * allows, numbers of which each is greater than the one before by the same ratio, as small as it can be.
 */
export function taskLevels({ min, max }: Pick<ScalingBounds, 'min' | 'max'>): number[] {
  let [tooLow, enough] = [1, max];
  // The interval is halved until rounding hides the difference.
  while (enough / tooLow > 1.0001) {
    const ratio = Math.sqrt(tooLow * enough);
    if (levelsBy(ratio, { min, max }).length > MAX_LEVELS) tooLow = ratio;
    else enough = ratio;
  }
  return levelsBy(enough, { min, max });
}

function levelsBy(ratio: number, { min, max }: Pick<ScalingBounds, 'min' | 'max'>): number[] {
  const levels = [Math.max(1, min)];
  while (levels.at(-1)! < max && levels.length <= MAX_LEVELS) {
    const last = levels.at(-1)!;
    levels.push(Math.min(max, Math.max(last + 1, Math.round(last * ratio))));
  }
  return levels;
}
