/** Seconds between two values of SQS's metrics: nothing faster is possible without code of one's own in the account. */
export const METRIC_PERIOD_SECONDS = 60;

/**
 * Step adjustments of one policy.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html
 */
export const MAX_STEPS = 20;

/** Numbers of tasks that a policy can ask for; one step more asks for none. */
export const MAX_LEVELS = MAX_STEPS - 1;

/** A task takes about this long to start: for a message that is done with sooner, another task would come too late. */
export const DEFAULT_LATENCY_SECONDS = 60;

/**
 * How often a queue is used so that its metrics do not fall asleep, which takes six hours: one call may fail for good, and
 * the next one still comes two hours before that. A call more a day costs nothing, and shows nothing either.
 */
export const AWAKE_EVERY_HOURS = 2;

/**
 * Long enough that the launches of a day whose load rises and falls are few, short enough that the tasks of a burst do not
 * cost more than the burst.
 */
export const DEFAULT_KEEP_IDLE_SECONDS = 240;

/** Whether an alarm with a period of more than an hour is looked at each minute, too, was not found. */
export const MAX_KEEP_IDLE_SECONDS = 3_600;
