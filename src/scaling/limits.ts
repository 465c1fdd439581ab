import { HOUR_SECONDS } from '../shared/durations';

/** Seconds between two values of SQS's metrics. Nothing reacts faster without code of its own in the account. */
export const METRIC_PERIOD_SECONDS = 60;

/**
 * Step adjustments of one policy.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html
 */
export const MAX_STEPS = 20;

/** Numbers of tasks that a policy can ask for; one step more asks for none. */
export const MAX_LEVELS = MAX_STEPS - 1;

/** A task takes about this long to start: it would come too late for a message that is done sooner. */
export const DEFAULT_LATENCY_SECONDS = 60;

/**
 * How often a queue is called so that its metrics do not fall asleep, as they do after six hours without a call. Even
 * if one call fails, the next one comes two hours before that. A few calls a day cost nothing.
 */
export const AWAKE_EVERY_HOURS = 2;

/**
 * Long enough that the launches of a day whose load rises and falls are few, short enough that the tasks of a burst
 * do not cost more than the burst.
 */
export const DEFAULT_KEEP_IDLE_SECONDS = 240;

/** AWS does not say whether an alarm with a period of more than an hour is evaluated each minute, too. */
export const MAX_KEEP_IDLE_SECONDS = HOUR_SECONDS;
