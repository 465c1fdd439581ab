import { METRIC_PERIOD_SECONDS } from '../limits';
import type { Formula } from '../policy';
import { either } from './backlog';

/** What else than the number of messages has a say. */
export interface Signals {
  /** Percent of a task's CPU and memory that is to be in use, in the mean of all tasks. */
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  /** Seconds for which the oldest message may have been in the queue. */
  readonly age?: number | undefined;
}

/** SQS has no age of an empty queue, and ECS no use of a service without tasks. */
const orNone = (metric: 'age' | 'cpu' | 'memory'): Formula => ({
  function: 'FILL',
  of: [{ metric }, { number: 0 }],
});

/**
 * What the messages are worth, times the age of the oldest divided by what it may be, once it is older. So nothing asks
 * for fewer tasks again before the age has fallen.
 */
export function hurried(messages: Formula, age: number | undefined): Formula {
  if (age === undefined) return messages;
  const limit: Formula = { number: age };
  const times: Formula = { operator: '/', of: [orNone('age'), limit] };
  return either(
    { operator: '-', of: [orNone('age'), limit] },
    { operator: '*', of: [messages, times] },
    messages,
  );
}

/**
 * The tasks among which what is in use would be at its target, for CPU and for memory. They are a part of the one number
 * that is asked for, and no policies of their own: each of these policies asks for an exact number once a minute, in its
 * own second, and would take back what another has just added. AWS, too, warns of target tracking beside step scaling.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 * ECS measures each task once a minute, so the sum over them is what all of them use (inferred from the minimum and the
 * maximum, which AWS says are those of one task).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
 * No more tasks than messages: another one would have nothing to do, and what idle tasks use would keep them for ever.
 */
export function tasksByUse(
  messages: Formula,
  signals: Pick<Signals, 'cpu' | 'memory'>,
  periodSeconds: number,
): Formula[] {
  const minutes = periodSeconds / METRIC_PERIOD_SECONDS;
  return (['cpu', 'memory'] as const).flatMap((metric): Formula[] => {
    const target = signals[metric];
    if (target === undefined) return [];
    const tasks: Formula = { operator: '/', of: [orNone(metric), { number: target * minutes }] };
    return [{ function: 'MIN', of: [messages, tasks] }];
  });
}
