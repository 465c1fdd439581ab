import { MAX_LEVELS } from '../limits';
import type { Formula, ScalingBounds, ScalingPolicy, Step } from '../policy';
import { backlogPolicy, IN_FLIGHT, plusInFlight, type Backlog } from './backlog';

export interface GivenStep {
  /** From so many messages on, waiting or in flight … */
  readonly messages: number;
  /** … so many tasks. */
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
  /** So many messages, waiting or in flight, are worth a task; at least `concurrency`. */
  readonly messagesPerTask: number;
  readonly keepIdleSeconds: number;
}

/** Tasks by backlog per task: as many as the messages need, the sooner the more there are. */
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

/** Never fewer than are busy: of them none is idle. */
function tasksNeeded(messages: Formula, { concurrency, messagesPerTask }: Grading): Formula {
  const needed = per(messagesPerTask, messages);
  if (messagesPerTask === concurrency) return concurrency === 1 ? needed : { function: 'CEIL', of: [needed] };
  return { function: 'CEIL', of: [{ function: 'MAX', of: [per(concurrency, IN_FLIGHT), needed] }] };
}

const per = (messages: number, formula: Formula): Formula =>
  messages === 1 ? formula : { operator: '/', of: [formula, { number: messages }] };

/** A need between two levels gets the upper one: no message waits for a task that was rounded away. */
function stepsTo(levels: readonly number[]): Step[] {
  return levels.map((tasks, index) => ({
    from: index === 0 ? 1 : levels[index - 1]! + 1,
    to: index === levels.length - 1 ? undefined : tasks + 1,
    adjust: tasks,
  }));
}

/**
 * The numbers of tasks that a policy can ask for, from the least to `max`: every one, or where those are more than AWS
 * takes, each greater than the one before by the same ratio, which is as small as can be.
 */
export function taskLevels({ min, max }: Pick<ScalingBounds, 'min' | 'max'>): number[] {
  let [tooLow, enough] = [1, max];
  // Halved until rounding hides the difference.
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
