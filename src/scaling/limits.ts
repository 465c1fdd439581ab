/** Seconds between two values of SQS's metrics: nothing faster is possible without code of one's own in the account. */
export const METRIC_PERIOD_SECONDS = 60;

/**
 * Step adjustments of one policy.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html
 */
export const MAX_STEPS = 20;

/** A task takes about this long to start: for a message that is done with sooner, another task would come too late. */
export const DEFAULT_LATENCY_SECONDS = 60;
