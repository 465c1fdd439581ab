import { DEFAULT_KEEP_IDLE_SECONDS, DEFAULT_LATENCY_SECONDS } from './limits';
import { watchbotPolicy } from './policies/predecessors';
import { givenStepsPolicy, gradedPolicy, type GivenStep } from './policies/steps';
import type { Signals } from './policies/signals';
import type { ScalingPolicy } from './policy';

/** The key `scaling` of a worker, checked. */
export interface ScalingChoice extends Signals {
  /** Tasks. */
  readonly min: number;
  readonly max: number;
  /** Seconds that a job usually takes. */
  readonly jobDuration?: number | undefined;
  /** Seconds for which a message may wait. */
  readonly latency?: number | undefined;
  /** How many message groups a FIFO queue usually has. */
  readonly groups?: number | undefined;
  /** Seconds for which a task stays after it was last needed. */
  readonly keepIdle?: number | undefined;
  readonly steps?: readonly GivenStep[] | undefined;
  readonly compatibility?: 'watchbot' | undefined;
}

export function choosePolicy(scaling: ScalingChoice, concurrency: number): ScalingPolicy {
  if (scaling.compatibility === 'watchbot') return watchbotPolicy(scaling);
  const { min, keepIdle: keepIdleSeconds = DEFAULT_KEEP_IDLE_SECONDS, cpu, memory, age } = scaling;
  const rest = { min, keepIdleSeconds, age };
  if (scaling.steps !== undefined) return givenStepsPolicy(scaling.steps, rest);
  return gradedPolicy({
    ...rest,
    cpu,
    memory,
    max: usefulTasks(scaling, concurrency),
    concurrency,
    messagesPerTask: messagesPerTask(scaling, concurrency),
  });
}

/**
 * How many messages a task can begin within the latency; if nothing is known of the jobs, one for each of its
 * workers.
 */
export function messagesPerTask(
  { jobDuration, latency = DEFAULT_LATENCY_SECONDS }: Pick<ScalingChoice, 'jobDuration' | 'latency'>,
  concurrency: number,
): number {
  return jobDuration === undefined
    ? concurrency
    : Math.max(concurrency, Math.floor((concurrency * latency) / jobDuration));
}

/** Only one worker at a time works on a group: more workers than groups would have nothing to do. */
function usefulTasks({ min, max, groups }: ScalingChoice, concurrency: number): number {
  return groups === undefined ? max : Math.max(min, Math.min(max, Math.ceil(groups / concurrency)));
}

/** Bounds of an entry of the schedule, which hold until another entry changes them. */
interface ScheduledBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * The least and the greatest number of tasks at any time of the day. Steps reach to both, because AWS keeps what a
 * policy asks for within the bounds of the hour.
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
