import type { ScalingPolicy } from '../policy';
import { backlogPolicy } from './backlog';
import { TOTAL_MESSAGES } from './queue-formulas';

export interface GivenStep {
  /** From so many messages on, waiting or in flight … */
  readonly messages: number;
  /** … so many tasks. */
  readonly tasks: number;
}

/** The user's own steps, which ascend. */
export function givenStepsPolicy(given: readonly GivenStep[]): ScalingPolicy {
  return backlogPolicy(
    'steps',
    { label: 'TotalMessages', formula: TOTAL_MESSAGES },
    given.map(({ messages, tasks }, index) => ({
      from: messages,
      to: given[index + 1]?.messages,
      adjust: tasks,
    })),
  );
}
