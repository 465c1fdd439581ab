import { FARGATE_LAUNCHES, SPOT_NOTICE_SECONDS } from '../../scaling/aws/ecs';
import { DAY_SECONDS } from '../../shared/durations';

/** The delays and limits under which a policy works. In seconds, unless the name says otherwise. */
export interface World {
  /** From the moment that SQS's metrics describe until an alarm acts on them. */
  readonly metricDelaySeconds: number;
  /** At which second of CloudWatch's minute the load begins, 0 to 60; undefined: drawn from the seed. */
  readonly metricPhaseSeconds: number | undefined;
  /** Until the first metrics of a queue that has not been used for six hours: up to 900. */
  readonly wakeSeconds: number;
  /** From an order to ECS until the task's image is being pulled: placement, network interface. Not billed. */
  readonly provisionSeconds: number;
  /** From then until the watcher receives its first message: image pull and start. Billed. */
  readonly startSeconds: number;
  /** How many tasks may be launched at once, and then per second. */
  readonly launchBurst: number;
  readonly launchesPerSecond: number;
  /** Until an idle task gives up its protection from scale-in. */
  readonly protectionSeconds: number;
  /** From the order to end an idle task until it is no longer billed. */
  readonly stopSeconds: number;
  /** What each job takes of its task's CPU while it runs; undefined: nothing is known of it, and the CPU has no say. */
  readonly jobCpuPercent: number | undefined;
  /** How often Spot takes a running task back in an hour; 0: on demand. */
  readonly interruptionsPerHour: number;
  /**
   * How long a task's jobs may go on before Spot takes it. Jobs that have not ended then begin again in another task.
   */
  readonly noticeSeconds: number;
  /** The least time that is billed for one task. */
  readonly minimumBilledSeconds: number;
  /** How long after the last arrival the simulation gives up on a load that does not drain. */
  readonly patienceSeconds: number;
  readonly sampleSeconds: number;
}

/**
 * What AWS states or, failing that, what others have measured and published. No policy is favoured, because all of them
 * work in the same world.
 * - Metrics: SQS sends them once a minute; those of a queue unused for six hours may take 15 minutes to come.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 *   That they are seen a minute after the moment that they describe is an assumption: AWS states no figure.
 * - Start: about a minute for an image of 400 MB, in which pulling is the greater part.
 *   https://elasticscale.com/blog/reduce-aws-fargate-pull-times-with-soci
 * - Launches and Spot's notice: `src/scaling/aws/ecs.ts`.
 * - Bill: from the image pull to the end of the task, at least a minute. https://aws.amazon.com/fargate/pricing/
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
  jobCpuPercent: undefined,
  interruptionsPerHour: 0,
  noticeSeconds: SPOT_NOTICE_SECONDS,
  minimumBilledSeconds: 60,
  patienceSeconds: 7 * DAY_SECONDS,
  sampleSeconds: 10,
};
