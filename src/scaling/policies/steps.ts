import { MAX_LEVELS } from '../limits';
import type { Formula, ScalingBounds, ScalingPolicy, Step } from '../policy';
import { backlogPolicy, IN_FLIGHT, plusInFlight, type Backlog } from './backlog';

export interface GivenStep {
  /** From this many messages on, waiting or in flight … */
  readonly messages: number;
  /** … this many tasks. */
  readonly tasks: number;
}

/** The user's own steps, which ascend. */
export function givenStepsPolicy(
  given: readonly GivenStep[],
  rest: Pick<Backlog, 'min' | 'keepIdleSeconds'>,
): ScalingPolicy {
  return backlogPolicy({
    name: 'steps',
    label: 'TotalMessages',
    needed: plusInFlight,
    steps: given.map(({ messages, tasks }, index) => ({
      from: messages,
      to: given[index + 1]?.messages,
      adjust: tasks,
    })),
    ...rest,
  });
}

interface Grading extends ScalingBounds {
  /** How many messages, waiting or in flight, are worth one task; at least `concurrency`. */
  readonly messagesPerTask: number;
  readonly keepIdleSeconds: number;
}

/** As many tasks as the messages need. */
export function gradedPolicy(grading: Grading): ScalingPolicy {
  return backlogPolicy({
    name: 'graded',
    label: 'TasksNeeded',
    needed: (waiting) => tasksNeeded(plusInFlight(waiting), grading),
    steps: stepsTo(taskLevels(grading)),
    min: grading.min,
    keepIdleSeconds: grading.keepIdleSeconds,
  });
}

/** Never fewer tasks than are busy. */
function tasksNeeded(messages: Formula, { concurrency, messagesPerTask }: Grading): Formula {
  const needed = per(messagesPerTask, messages);
  if (messagesPerTask === concurrency) return concurrency === 1 ? needed : { function: 'CEIL', of: [needed] };
  return { function: 'CEIL', of: [{ function: 'MAX', of: [per(concurrency, IN_FLIGHT), needed] }] };
}

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
