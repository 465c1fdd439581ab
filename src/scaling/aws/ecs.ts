import { HOUR_SECONDS } from '../../shared/durations';
import { exponentialWait } from '../../shared/backoff';

/**
 * How a service replaces its tasks.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export interface RollingUpdate {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** Tasks that must run, rounded up. */
export const fewestTasks = (desired: number, { minimumHealthyPercent }: RollingUpdate) =>
  Math.ceil((desired * minimumHealthyPercent) / 100);

/** Tasks that may run or be pending, rounded down. */
export const mostTasks = (desired: number, { maximumPercent }: RollingUpdate) =>
  Math.floor((desired * maximumPercent) / 100);

/** What a service has, in tasks that are not told to stop. */
export interface ServiceTasks {
  readonly desired: number;
  /** Pending or running, of any deployment. */
  readonly alive: number;
  /** Those of them that are of the newest deployment. */
  readonly newest: number;
  /** Running and healthy, of any deployment. */
  readonly healthy: number;
}

/** New tasks start only within the upper bound, in which a protected old task counts. */
export const tasksToStart = (tasks: ServiceTasks, rolling: RollingUpdate) =>
  Math.max(
    0,
    Math.min(
      tasks.desired - tasks.newest,
      Math.max(tasks.desired, mostTasks(tasks.desired, rolling)) - tasks.alive,
    ),
  );

/** Healthy old tasks that may be stopped now. Those that do not run yet may be stopped at any time. */
export const oldTasksToStop = (tasks: ServiceTasks, rolling: RollingUpdate) =>
  Math.max(0, tasks.healthy - fewestTasks(tasks.desired, rolling));

/**
 * A task counts as healthy when its first health check has passed or, if it has none, 40 s after it began to run.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export const HEALTHY_WITHOUT_CHECK_SECONDS = 40;

/**
 * Scale-in and deployments stop no protected task. Of the others, those that do not run yet come first (inferred). AWS
 * documents no further order than a balance of the zones, so chance decides here.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service-parameters.html
 */
export function chooseToStop<Task extends { readonly isRunning: boolean; readonly isProtected: boolean }>(
  tasks: readonly Task[],
  count: number,
  random: () => number,
): Task[] {
  return tasks
    .filter(({ isProtected }) => !isProtected)
    .map((task) => ({ task, order: task.isRunning ? 1 + random() : random() }))
    .sort((one, other) => one.order - other.order)
    .slice(0, Math.max(0, count))
    .map(({ task }) => task);
}

/**
 * Minutes for which protection can be requested.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
 */
const MIN_PROTECTION_MINUTES = 1;
const MAX_PROTECTION_MINUTES = 2_880;

/**
 * Why protection is refused, or undefined. `DEPLOYMENT_BLOCKED`: the service would have more protected tasks than are
 * desired. The task that asks counts, and a renewal is refused too (assumed: AWS does not say).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function whyNotProtected(asked: {
  minutes: number;
  /** Without the task that asks. */
  protectedOthers: number;
  desired: number;
}): 'InvalidParameterException' | 'DEPLOYMENT_BLOCKED' | undefined {
  const isWhole = Number.isInteger(asked.minutes);
  if (!isWhole || asked.minutes < MIN_PROTECTION_MINUTES || asked.minutes > MAX_PROTECTION_MINUTES)
    return 'InvalidParameterException';
  return asked.protectedOthers + 1 > asked.desired ? 'DEPLOYMENT_BLOCKED' : undefined;
}

/** Seen in the field, with tasks that protect themselves: https://github.com/aws/containers-roadmap/issues/2836 */
export const MAX_ACTIVE_DEPLOYMENTS = 5;

/**
 * How many tasks may fail to start or be unhealthy before a deployment has failed: half of the desired ones, within
 * bounds. A task that becomes healthy resets the count.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html
 */
export const failuresOfDeployment = (desired: number) => Math.min(200, Math.max(3, Math.ceil(0.5 * desired)));

/** "The default bake time is less than 5 minutes." */
const LONGEST_BAKE_SECONDS = 300;

/**
 * How long ECS watches a deployment's alarms after the old tasks are gone. It is computed from the alarms, and AWS
 * does not say how. Inferred: the whole window of the alarms, since only after that have they seen nothing but the
 * new version, and less than five minutes. If one of them is in ALARM when a deployment begins, none is watched in
 * it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const bakeSeconds = (alarms: readonly { periodSeconds: number; evaluationPeriods: number }[]) =>
  Math.min(
    LONGEST_BAKE_SECONDS,
    Math.max(0, ...alarms.map(({ periodSeconds, evaluationPeriods }) => periodSeconds * evaluationPeriods)),
  );

/**
 * Fargate's launches: 500 a minute for a service, out of 100 at once for an account and region.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
 */
export const FARGATE_LAUNCHES: BucketSize = { burst: 100, perSecond: 500 / 60 };

/**
 * Tasks that fail to start again and again are launched less and less often, in the end every 27 minutes. AWS does
 * not say how the wait grows: here it is doubled.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
const MAX_LAUNCH_WAIT_SECONDS = 27 * 60;

export const launchWaitSeconds = (failedStarts: number) =>
  failedStarts < 3 ? 0 : exponentialWait(failedStarts - 3, { first: 10, most: MAX_LAUNCH_WAIT_SECONDS });

/**
 * Limits of calls to ECS, for an account and region.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
export const API_BUCKETS = {
  /** DescribeServices and ListServices share this bucket. */
  describeServices: { burst: 100, perSecond: 20 },
  describeTasks: { burst: 100, perSecond: 20 },
  taskProtection: { burst: 80, perSecond: 80 },
} as const satisfies Readonly<Record<string, BucketSize>>;

/**
 * Notice before Spot takes a task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export const SPOT_NOTICE_SECONDS = 120;

/**
 * Application Auto Scaling scales no service in while it is deployed.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-auto-scaling.html
 */
export const desiredDuringDeployment = (desired: number, wanted: number) => Math.max(desired, wanted);

/**
 * How long CloudFormation waits for a service's deployment to complete. After that the update has failed, and the
 * stack is rolled back. https://repost.aws/knowledge-center/cloudformation-ecs-service-stabilize
 */
export const SERVICE_WAIT_SECONDS = 3 * HOUR_SECONDS;

/**
 * A number at once, and then a number a second: how AWS limits launches and the calls of its APIs.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export class TokenBucket {
  private readonly size: BucketSize;
  /** Below 0 if more has been ordered than there was. */
  private tokens: number;
  private atSeconds = 0;

  constructor(size: BucketSize) {
    this.size = size;
    this.tokens = size.burst;
  }

  /** When something that is ordered now takes place: it waits for its turn. */
  orderedAt(nowSeconds: number): number {
    this.refill(nowSeconds);
    this.tokens -= 1;
    return this.tokens >= 0 ? nowSeconds : nowSeconds - this.tokens / this.size.perSecond;
  }

  /** Whether a call that is made now is let through: a call does not wait. */
  take(nowSeconds: number): boolean {
    this.refill(nowSeconds);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private refill(nowSeconds: number): void {
    const { burst, perSecond } = this.size;
    this.tokens = Math.min(burst, this.tokens + (nowSeconds - this.atSeconds) * perSecond);
    this.atSeconds = nowSeconds;
  }
}
