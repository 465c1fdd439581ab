import { DEFAULT_KEEP_IDLE_SECONDS, DEFAULT_LATENCY_SECONDS } from './limits';
import { watchbotPolicy } from './policies/predecessors';
import { givenStepsPolicy, gradedPolicy, type GivenStep } from './policies/steps';
import type { ScalingPolicy } from './policy';

/** What a user says of scaling: the key `scaling`, checked. */
export interface ScalingChoice {
  /** Tasks. */
  readonly min: number;
  readonly max: number;
  /** Seconds that a job usually takes. */
  readonly jobDuration?: number | undefined;
  /** Seconds for which a message may wait. */
  readonly latency?: number | undefined;
  /** Message groups that there usually are, of a FIFO queue. */
  readonly groups?: number | undefined;
  /** Seconds for which a task stays that was not needed. */
  readonly keepIdle?: number | undefined;
  readonly steps?: readonly GivenStep[] | undefined;
  readonly compatibility?: 'watchbot' | undefined;
}

export function choosePolicy(scaling: ScalingChoice, concurrency: number): ScalingPolicy {
  if (scaling.compatibility === 'watchbot') return watchbotPolicy(scaling);
  const rest = { min: scaling.min, keepIdleSeconds: scaling.keepIdle ?? DEFAULT_KEEP_IDLE_SECONDS };
  if (scaling.steps !== undefined) return givenStepsPolicy(scaling.steps, rest);
  return gradedPolicy({
    ...rest,
    max: usefulTasks(scaling, concurrency),
    concurrency,
    messagesPerTask: messagesPerTask(scaling, concurrency),
  });
}

/** What a task's workers can do one after the other while a message may wait; without more knowledge one each. */
export function messagesPerTask(
  { jobDuration, latency = DEFAULT_LATENCY_SECONDS }: Pick<ScalingChoice, 'jobDuration' | 'latency'>,
  concurrency: number,
): number {
  return jobDuration === undefined
    ? concurrency
    : Math.max(concurrency, Math.floor((concurrency * latency) / jobDuration));
}

/** A group is worked on by one worker at a time: more of them than groups have nothing to do. */
function usefulTasks({ min, max, groups }: ScalingChoice, concurrency: number): number {
  return groups === undefined ? max : Math.max(min, Math.min(max, Math.ceil(groups / concurrency)));
}

/** Tasks by the clock: from then on, until another entry says otherwise. */
interface ScheduledBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * The fewest tasks and the most that there may be at any time of the day: steps reach to both, since AWS keeps what a
 * policy asks for within those of the hour.
 */
export function widestBounds(scaling: {
  readonly min: number;
  readonly max: number;
  readonly schedule?: readonly ScheduledBounds[] | undefined;
}): { min: number; max: number } {
  const { schedule = [] } = scaling;
  return {
    min: schedule.reduce((least, { min = least }) => Math.min(least, min), scaling.min),
    max: schedule.reduce((most, { max = most }) => Math.max(most, max), scaling.max),
  };
}
