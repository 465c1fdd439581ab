import {
  API_BUCKETS,
  bakeSeconds,
  chooseToStop,
  desiredDuringDeployment,
  failuresOfDeployment,
  FARGATE_LAUNCHES,
  HEALTHY_WITHOUT_CHECK_SECONDS,
  launchWaitSeconds,
  MAX_ACTIVE_DEPLOYMENTS,
  oldTasksToStop,
  tasksToStart,
  TokenBucket,
  whyNotProtected,
  type RollingUpdate,
} from '../../src/scaling/aws/ecs';
import type { WorldClock } from './clock';
import type { Violations } from './invariants';
import type { Timeline } from './timeline';

/** Why a task is stopped. */
export type StopCause = 'scale-in' | 'deploy' | 'unhealthy' | 'spot' | 'stop-task' | 'gone';

/** A protected task is not stopped for these causes. */
const HELD_OFF: readonly StopCause[] = ['scale-in', 'deploy'];

/** A revision of the task definition, and what its tasks do when they are started. */
export interface Version {
  name: string;
  /**
   * `no-image`: it cannot be pulled. `crashes`: it exits a second after its start. `unhealthy`: its health check fails.
   */
  kind: 'good' | 'no-image' | 'crashes' | 'unhealthy';
}

export interface Deployment {
  id: number;
  version: Version;
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  startedAtMs: number;
  /** Tasks that failed to start or to become healthy, in a row. Counted only while the deployment is in progress. */
  failures: number;
  /** Like `failures`, but counted after the deployment is complete, too. */
  failedStarts: number;
  /** Since when the deployment has been steady, and is only waiting for the end of its bake time. */
  steadySinceMs: number | undefined;
  /** Whether an alarm can fail the deployment. ECS ignores alarms that are up when the deployment begins. */
  watchesAlarms: boolean;
  /** Why the deployment has failed. */
  reason: string | undefined;
}

export const idOfDeployment = ({ id }: Deployment) => `ecs-svc/${id}`;

type TaskState = 'PENDING' | 'RUNNING' | 'STOPPING' | 'STOPPED';

export interface EcsTask {
  id: number;
  name: string;
  deployment: Deployment;
  state: TaskState;
  isHealthy: boolean;
  isUnhealthy: boolean;
  protectedUntilMs: number;
  stopCause: StopCause | undefined;
  /** When ECS began to pull the image: Fargate bills from then. */
  billedFromMs: number;
  container: ContainerOfTask | undefined;
}

/** The container of a task, as ECS sees it. */
export interface ContainerOfTask {
  start(): void;
  /** Sends SIGTERM. */
  terminate(): void;
  /** Sends SIGKILL. */
  kill(): void;
}

export type EcsCall = keyof typeof API_BUCKETS;

export interface ServiceSettings {
  rolling: RollingUpdate;
  stopTimeoutSeconds: number;
  hasHealthCheck: boolean;
  /** Time from the launch until the image is being pulled, in ms. */
  provisionMs: () => number;
  /** Time from then until the container runs, in ms. */
  pullMs: () => number;
  /** Whether a task can be placed now. */
  hasCapacity: () => boolean;
  /** The alarms of the deployment: whether one of them is in ALARM now, and what each evaluates. */
  alarms?:
    | { isUp: () => boolean; each: readonly { periodSeconds: number; evaluationPeriods: number }[] }
    | undefined;
  circuitBreaker: boolean;
  /**
   * Whether a rollback reuses the old version's deployment if it is still active. AWS does not say: worlds try both.
   */
  takesUpActive: boolean;
  /**
   * Whether a protected task may always renew its protection. AWS does not say; the default assumes that it may not.
   */
  grantsRenewals?: boolean;
}

interface ServiceDependencies {
  settings: ServiceSettings;
  clock: WorldClock;
  random: () => number;
  timeline: Timeline;
  violations: Violations;
  makeContainer: (task: EcsTask) => ContainerOfTask;
}

/** From a change until the scheduler acts on it. */
const SCHEDULER_MS = 1_000;
/** How long a task that could not be placed waits for the next attempt. */
const PLACE_AGAIN_MS = 30_000;

/** A service of ECS and its tasks: deployments, launches, health, protection and limits of the API. */
export class EcsService {
  desired: number;
  /** The newest, which is PRIMARY, comes first. The others are ACTIVE as long as they have tasks. */
  deployments: Deployment[];
  readonly tasks = new Set<EcsTask>();
  launches = 0;
  /** When a task last stopped for another reason than a scale-in or a deploy. */
  lostAtMs = -Infinity;
  readonly apiCalls: Record<EcsCall, number> = { describeServices: 0, describeTasks: 0, taskProtection: 0 };
  /** Requests for protection that were refused. */
  blocked = 0;
  /** Since when the newest deployment has run as many tasks as are desired. */
  replacedSinceMs: number | undefined;
  billedMs = 0;
  onChange: () => void = () => undefined;
  private readonly deps: ServiceDependencies;
  private readonly bucket = new TokenBucket(FARGATE_LAUNCHES);
  private readonly buckets: Readonly<Record<EcsCall, TokenBucket>> = {
    describeServices: new TokenBucket(API_BUCKETS.describeServices),
    describeTasks: new TokenBucket(API_BUCKETS.describeTasks),
    taskProtection: new TokenBucket(API_BUCKETS.taskProtection),
  };
  /** The version that a rollback goes back to. */
  private completed: Version;
  private isDue = false;
  private nextTask = 1;
  private nextDeployment = 1;
  /** Earlier desired counts, and until when each was in force. */
  private readonly earlier: { untilMs: number; desired: number }[] = [];

  constructor(desired: number, version: Version, deps: ServiceDependencies) {
    this.desired = desired;
    this.deps = deps;
    const first = this.newDeployment(version);
    first.state = 'COMPLETED';
    this.completed = version;
    this.deployments = [first];
    if (desired > 0) this.changed();
  }

  get newest(): Deployment {
    return this.deployments[0]!;
  }

  get isDeploying(): boolean {
    return this.newest.state === 'IN_PROGRESS';
  }

  get alive(): EcsTask[] {
    return [...this.tasks].filter(({ state }) => state === 'PENDING' || state === 'RUNNING');
  }

  get running(): number {
    let count = 0;
    for (const { state } of this.tasks) if (state === 'RUNNING') count += 1;
    return count;
  }

  /** Called by Application Auto Scaling. */
  setDesired(desired: number): void {
    const allowed = this.isDeploying ? desiredDuringDeployment(this.desired, desired) : desired;
    if (allowed === this.desired) return;
    this.deps.timeline.add(() => `scaling: ${this.desired} tasks → ${allowed}`);
    this.earlier.push({ untilMs: this.deps.clock.now(), desired: this.desired });
    this.desired = allowed;
    this.changed();
  }

  leastDesiredSince(sinceMs: number): number {
    while (this.earlier.length > 0 && this.earlier[0]!.untilMs < sinceMs) this.earlier.shift();
    return Math.min(this.desired, ...this.earlier.map(({ desired }) => desired));
  }

  /** @throws if the service already has as many active deployments as ECS allows */
  update(version: Version, { isForced = false } = {}): Deployment {
    const { timeline, settings } = this.deps;
    if (version === this.newest.version && !isForced && this.newest.state !== 'FAILED') return this.newest;
    const active = this.deployments.find((each) => each.version === version);
    if (settings.takesUpActive && active !== undefined && !isForced) {
      this.deployments = [active, ...this.deployments.filter((each) => each !== active)];
      active.state = 'IN_PROGRESS';
      this.replacedSinceMs = undefined;
      active.failures = 0;
      active.startedAtMs = this.deps.clock.now();
      timeline.add(() => `deployment ${active.id} of ${version.name} is taken up again`);
      this.changed();
      return active;
    }
    if (this.deployments.length >= MAX_ACTIVE_DEPLOYMENTS)
      throw new Error(`${MAX_ACTIVE_DEPLOYMENTS} active deployments exist, unable to create new deployment`);
    const deployment = this.newDeployment(version);
    this.deployments.unshift(deployment);
    this.replacedSinceMs = undefined;
    timeline.add(() => `deployment ${deployment.id} of ${version.name} begins`);
    this.changed();
    return deployment;
  }

  /** @returns why ECS refuses the protection, or undefined if it is granted; no `minutes` means that it is given up */
  protect(task: EcsTask, minutes: number | undefined): string | undefined {
    const nowMs = this.deps.clock.now();
    if (!this.allows('taskProtection')) return 'ThrottlingException';
    if (minutes === undefined) {
      task.protectedUntilMs = 0;
      this.changed();
      return undefined;
    }
    const protectedOthers = [...this.tasks].filter(
      (other) => other !== task && this.isProtected(other),
    ).length;
    const isGranted = this.deps.settings.grantsRenewals && this.isProtected(task);
    const asked = { minutes, protectedOthers, desired: isGranted ? Infinity : this.desired };
    const refusal = whyNotProtected(asked);
    if (refusal === 'DEPLOYMENT_BLOCKED') this.blocked += 1;
    if (refusal !== undefined) return refusal;
    task.protectedUntilMs = nowMs + minutes * 60_000;
    this.deps.clock.quietly(minutes * 60_000 + 1, () => {
      if (task.state === 'RUNNING' && !this.isProtected(task)) this.changed();
    });
    return undefined;
  }

  /** What DescribeServices answers. */
  describe() {
    const tasks = [...this.tasks];
    return {
      runningCount: this.running,
      pendingCount: tasks.filter(({ state }) => state === 'PENDING').length,
      deployments: this.deployments.map((each) => ({
        id: idOfDeployment(each),
        status: each === this.newest ? 'PRIMARY' : 'ACTIVE',
        desiredCount: this.desired,
        runningCount: tasks.filter(({ deployment, state }) => deployment === each && state === 'RUNNING')
          .length,
        failedTasks: each.failures,
        rolloutState: each.state,
        createdAt: each.startedAtMs / 1000,
      })),
    };
  }

  /** Whether ECS accepts a call of its API now, or throttles it: all tasks share a bucket. */
  allows(call: EcsCall): boolean {
    this.apiCalls[call] += 1;
    return this.buckets[call].take(this.deps.clock.now() / 1000);
  }

  isProtected({ protectedUntilMs, state }: EcsTask): boolean {
    return protectedUntilMs > this.deps.clock.now() && (state === 'PENDING' || state === 'RUNNING');
  }

  stop(task: EcsTask, cause: StopCause): void {
    const { timeline, violations } = this.deps;
    if (task.state === 'STOPPING' || task.state === 'STOPPED') return;
    const isHeldOff = HELD_OFF.includes(cause);
    if (isHeldOff && this.isProtected(task)) violations.add('protectedStopped', task.name);
    if (!isHeldOff) this.lostAtMs = this.deps.clock.now();
    task.stopCause = cause;
    timeline.add(() => `${task.name} is stopped: ${cause}`);
    if (task.state === 'PENDING') this.end(task);
    else this.terminate(task);
  }

  private terminate(task: EcsTask): void {
    const { clock, settings } = this.deps;
    task.state = 'STOPPING';
    task.container?.terminate();
    clock.after(settings.stopTimeoutSeconds * 1000, () => {
      if (task.state === 'STOPPING') task.container?.kill();
    });
    this.changed();
  }

  /** The task's container has ended. */
  exited(task: EcsTask): void {
    if (task.state === 'STOPPED') return;
    const wasAsked = task.state === 'STOPPING';
    if (!wasAsked) {
      this.lostAtMs = this.deps.clock.now();
      task.stopCause ??= 'gone';
      if (!task.isHealthy) this.failed(task, 'a task ended before it was healthy');
    }
    this.end(task);
  }

  /** Takes a verdict of the container's health check. */
  judged(task: EcsTask, isHealthy: boolean): void {
    if (task.state !== 'RUNNING' || task.isUnhealthy) return;
    if (isHealthy) {
      if (!task.isHealthy) this.becomesHealthy(task);
      return;
    }
    task.isUnhealthy = true;
    task.isHealthy = false;
    this.deps.timeline.add(() => `${task.name} is unhealthy`);
    this.failed(task, 'a task failed its health check');
    this.changed();
  }

  /** Has the scheduler run soon, once for all changes until then. */
  changed(): void {
    this.onChange();
    if (this.isDue) return;
    this.isDue = true;
    this.deps.clock.quietly(SCHEDULER_MS, () => {
      this.isDue = false;
      this.reconcile();
    });
  }

  private reconcile(): void {
    const { settings } = this.deps;
    const alive = this.alive;
    const well = alive.filter(({ isUnhealthy }) => !isUnhealthy);
    const newest = well.filter(({ deployment }) => deployment === this.newest);
    const healthy = well.filter(({ isHealthy }) => isHealthy).length;
    const tasks = { desired: this.desired, alive: alive.length, newest: newest.length, healthy };
    const older = well.filter(({ deployment }) => deployment !== this.newest);
    if (this.newest.state !== 'FAILED') this.launch(tasksToStart(tasks, settings.rolling));
    this.replaceUnhealthy(tasks, alive);
    this.stopOlder(older, oldTasksToStop(tasks, settings.rolling));
    this.stopSurplus(newest, newest.length - this.desired);
    const isReplaced = newest.filter(({ state }) => state === 'RUNNING').length >= this.desired;
    if (!isReplaced || this.newest.failures > 0) this.replacedSinceMs = undefined;
    else this.replacedSinceMs ??= this.deps.clock.now();
    this.progress();
  }

  /** Stops unhealthy tasks; if there is room and capacity for more tasks, only after their replacements are healthy. */
  private replaceUnhealthy({ healthy }: { healthy: number }, alive: readonly EcsTask[]): void {
    const unhealthy = alive.filter(({ isUnhealthy }) => isUnhealthy);
    const hasRoom =
      alive.length < Math.floor((this.desired * this.deps.settings.rolling.maximumPercent) / 100);
    if (hasRoom && healthy < this.desired && this.deps.settings.hasCapacity()) return;
    unhealthy.forEach((task) => {
      this.stop(task, 'unhealthy');
    });
  }

  private stopOlder(older: readonly EcsTask[], most: number): void {
    const pending = older.filter(({ state }) => state === 'PENDING');
    const running = older.filter(({ state }) => state === 'RUNNING');
    const cause = this.newest.state === 'FAILED' ? undefined : 'deploy';
    if (cause === undefined) return;
    pending.forEach((task) => {
      this.stop(task, cause);
    });
    this.choose(running, most).forEach((task) => {
      this.stop(task, cause);
    });
  }

  private stopSurplus(newest: readonly EcsTask[], count: number): void {
    if (count <= 0) return;
    this.choose(newest, count).forEach((task) => {
      this.stop(task, 'scale-in');
    });
  }

  private choose(tasks: readonly EcsTask[], count: number): EcsTask[] {
    const choices = tasks.map((task) => ({
      task,
      isRunning: task.state === 'RUNNING',
      isProtected: this.isProtected(task),
    }));
    return chooseToStop(choices, count, this.deps.random).map(({ task }) => task);
  }

  /** Moves the newest deployment on: to failed, steady or complete. */
  private progress(): void {
    const { newest } = this;
    if (newest.state !== 'IN_PROGRESS') return;
    const tasks = [...this.tasks].filter(({ state }) => state !== 'STOPPED');
    this.deployments = this.deployments.filter(
      (each) => each === newest || tasks.some(({ deployment }) => deployment === each),
    );
    if (newest.watchesAlarms && this.deps.settings.alarms?.isUp()) this.fail(newest, 'an alarm is up');
    else if (this.isSteady(tasks)) this.bake();
    else newest.steadySinceMs = undefined;
  }

  private isSteady(tasks: readonly EcsTask[]): boolean {
    const ready = tasks.filter(({ isHealthy, deployment }) => isHealthy && deployment === this.newest).length;
    return this.deployments.length === 1 && ready >= this.desired && tasks.length === this.desired;
  }

  /** Completes a steady deployment, after the bake time if it watches alarms. */
  private bake(): void {
    const { clock, timeline, settings } = this.deps;
    const { newest } = this;
    newest.steadySinceMs ??= clock.now();
    const bakeMs = newest.watchesAlarms ? bakeSeconds(settings.alarms?.each ?? []) * 1000 : 0;
    if (clock.now() < newest.steadySinceMs + bakeMs) {
      clock.quietly(60_000, () => {
        this.changed();
      });
      return;
    }
    newest.state = 'COMPLETED';
    this.completed = newest.version;
    timeline.add(() => `deployment ${newest.id} of ${newest.version.name} is complete`);
    this.onChange();
  }

  private failed({ deployment }: EcsTask, reason: string): void {
    deployment.failedStarts += 1;
    if (deployment.state !== 'IN_PROGRESS') return;
    deployment.failures += 1;
    if (this.deps.settings.circuitBreaker && deployment.failures >= failuresOfDeployment(this.desired))
      this.fail(deployment, reason);
  }

  private fail(deployment: Deployment, reason: string): void {
    deployment.state = 'FAILED';
    deployment.reason = reason;
    this.deps.timeline.add(
      () => `deployment ${deployment.id} of ${deployment.version.name} has failed: ${reason}`,
    );
    this.onChange();
    // The service rolls back by itself. If the stack rolls back, too, it finds this deployment in progress.
    this.deps.clock.quietly(SCHEDULER_MS, () => {
      if (this.newest === deployment && this.completed !== deployment.version) this.update(this.completed);
    });
  }

  private becomesHealthy(task: EcsTask): void {
    task.isHealthy = true;
    task.deployment.failures = 0;
    task.deployment.failedStarts = 0;
    this.changed();
  }

  private launch(count: number): void {
    const { clock, settings } = this.deps;
    const throttledMs = launchWaitSeconds(this.newest.failedStarts) * 1000;
    for (let index = 0; index < count; index += 1) {
      const task = this.add();
      const launchedMs = this.bucket.orderedAt(clock.now() / 1000) * 1000 - clock.now();
      clock.quietly(throttledMs + launchedMs + settings.provisionMs(), () => {
        this.place(task);
      });
    }
    if (count > 0) this.onChange();
  }

  private add(): EcsTask {
    const id = this.nextTask;
    this.nextTask += 1;
    this.launches += 1;
    const task: EcsTask = {
      id,
      name: `task ${id} (${this.newest.version.name})`,
      deployment: this.newest,
      state: 'PENDING',
      isHealthy: false,
      isUnhealthy: false,
      protectedUntilMs: 0,
      stopCause: undefined,
      billedFromMs: Infinity,
      container: undefined,
    };
    this.tasks.add(task);
    return task;
  }

  private place(task: EcsTask): void {
    const { clock, settings, timeline } = this.deps;
    if (task.state !== 'PENDING') return;
    if (!settings.hasCapacity()) {
      timeline.add(() => `${task.name} cannot be placed`);
      clock.quietly(PLACE_AGAIN_MS, () => {
        this.place(task);
      });
      return;
    }
    task.billedFromMs = clock.now();
    clock.after(settings.pullMs(), () => {
      this.run(task);
    });
  }

  private run(task: EcsTask): void {
    const { clock, settings, timeline, makeContainer } = this.deps;
    if (task.state !== 'PENDING') return;
    if (task.deployment.version.kind === 'no-image') {
      this.failed(task, 'CannotPullContainerError');
      this.end(task);
      return;
    }
    task.state = 'RUNNING';
    timeline.add(() => `${task.name} runs`);
    task.container = makeContainer(task);
    task.container.start();
    if (!settings.hasHealthCheck)
      clock.quietly(HEALTHY_WITHOUT_CHECK_SECONDS * 1000, () => {
        this.judged(task, true);
      });
    this.changed();
  }

  private end(task: EcsTask): void {
    const nowMs = this.deps.clock.now();
    task.state = 'STOPPED';
    if (task.billedFromMs < nowMs) this.billedMs += Math.max(60_000, nowMs - task.billedFromMs);
    this.tasks.delete(task);
    this.changed();
  }

  private newDeployment(version: Version): Deployment {
    const id = this.nextDeployment;
    this.nextDeployment += 1;
    return {
      id,
      version,
      state: 'IN_PROGRESS',
      startedAtMs: this.deps.clock.now(),
      failures: 0,
      failedStarts: 0,
      steadySinceMs: undefined,
      watchesAlarms: this.deps.settings.alarms?.isUp() === false,
      reason: undefined,
    };
  }
}
