import { DAY_SECONDS } from '../../shared/durations';
import { FARGATE_LAUNCHES, SPOT_NOTICE_SECONDS } from '../../scaling/aws/ecs';

/** The delays and limits that a policy meets. Seconds, unless the name says otherwise. */
export interface World {
  /** From the moment of which SQS's metrics tell until an alarm acts on them. */
  readonly metricDelaySeconds: number;
  /** Where in CloudWatch's minute second 0 of the load falls, 0 to 60; undefined: drawn from the seed. */
  readonly metricPhaseSeconds: number | undefined;
  /** Until the first metrics of a queue that nobody has used for six hours: up to 900. */
  readonly wakeSeconds: number;
  /** From an order to ECS until the task's image is being pulled: placement, network interface. Not billed. */
  readonly provisionSeconds: number;
  /** From then until the watcher receives its first message: image pull and start. Billed. */
  readonly startSeconds: number;
  /** Tasks that may be launched at once, and from then on a second. */
  readonly launchBurst: number;
  readonly launchesPerSecond: number;
  /** Until a task that is idle lets go of its protection from scale-in. */
  readonly protectionSeconds: number;
  /** From the order to end a task that is not busy until it is billed no more. */
  readonly stopSeconds: number;
  /** How often Spot takes a running task back within an hour; 0: on demand. */
  readonly interruptionsPerHour: number;
  /** What a task's jobs get to finish before Spot takes it: what is still running begins anew elsewhere. */
  readonly noticeSeconds: number;
  /** The least that is billed for one task. */
  readonly minimumBilledSeconds: number;
  /** How long after the last arrival the simulation gives up on a load that does not drain. */
  readonly patienceSeconds: number;
  readonly sampleSeconds: number;
}

/**
 * What AWS states, and else what has been measured and published; no policy is favoured, since all meet the same.
 * - Metrics: SQS's come once a minute; a queue unused for six hours may take 15 minutes to be told of.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 *   That they are seen a minute after the moment they tell of is an assumption: AWS states no figure.
 * - Start: about a minute for an image of 400 MB, in which pulling is the greater part.
 *   https://elasticscale.com/blog/reduce-aws-fargate-pull-times-with-soci
 * - Launches and Spot's notice: `../aws/ecs.ts`.
 * - Bill: from the pull to the end of the task, at least a minute. https://aws.amazon.com/fargate/pricing/
 * - Protection: what the watcher does.
 */
export const DEFAULT_WORLD: World = {
  metricDelaySeconds: 60,
  metricPhaseSeconds: undefined,
  wakeSeconds: 0,
  provisionSeconds: 20,
  startSeconds: 40,
  launchBurst: FARGATE_LAUNCHES.burst,
  launchesPerSecond: FARGATE_LAUNCHES.perSecond,
  protectionSeconds: 10,
  stopSeconds: 5,
  interruptionsPerHour: 0,
  noticeSeconds: SPOT_NOTICE_SECONDS,
  minimumBilledSeconds: 60,
  patienceSeconds: 7 * DAY_SECONDS,
  sampleSeconds: 10,
};
