import type { ScalingPolicy } from '../policy';
import { backlogPolicy, type Backlog } from './backlog';
import { plusInFlight } from './queue-formulas';

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
