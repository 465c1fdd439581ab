import { TokenBucket } from '../../scaling/aws/ecs';
import { HOUR_SECONDS } from '../../shared/durations';
import type { EventQueue, SimulationEvent } from './events';
import type { Random } from './load';
import type { World } from './world';

interface FleetSetup {
  readonly world: World;
  readonly events: EventQueue<SimulationEvent>;
  readonly random: Random;
}

/** The ECS service: it starts and ends tasks until there are as many as desired, and never ends one that is busy. */
export class Fleet {
  desired = 0;
  running = 0;
  maxTasks = 0;
  startedTasks = 0;
  interruptedTasks = 0;
  /** The bill of tasks that have ended. */
  private billedSeconds = 0;
  readonly free = new FreeTasks();
  private readonly setup: FleetSetup;
  private readonly launches: TokenBucket;
  /** In the order of their start. Some of them have ended since. */
  private tasks: Task[] = [];
  /** Tasks that start or run: those count towards the desired ones. */
  private alive = 0;

  constructor(setup: FleetSetup) {
    this.setup = setup;
    this.launches = new TokenBucket({
      burst: setup.world.launchBurst,
      perSecond: setup.world.launchesPerSecond,
    });
  }

  get isAsDesired(): boolean {
    return this.alive === this.desired && this.tasks.every(({ state }) => state !== 'draining');
  }

  private hasSurplus(): boolean {
    return this.alive > this.desired;
  }

  /** Adds tasks that run from the beginning. */
  startWarm(count: number): void {
    this.desired = count;
    for (let index = 0; index < count; index += 1) this.run(this.add(0), 0);
  }

  want(desired: number, nowSeconds: number): void {
    this.desired = desired;
    this.reconcile(nowSeconds);
  }

  /** The task takes messages from now on, unless it was ended before it had started. */
  run(task: Task, nowSeconds: number): void {
    if (task.state !== 'starting') return;
    task.state = 'running';
    this.running += 1;
    this.maxTasks = Math.max(this.maxTasks, this.running);
    this.free.add(task);
    const { world, events, random } = this.setup;
    if (world.interruptionsPerHour > 0) {
      const lifeSeconds = random.exponential(world.interruptionsPerHour / HOUR_SECONDS);
      events.add(nowSeconds + lifeSeconds, { kind: 'interrupt', task });
    }
  }

  /** The task has no work: ECS may end it when it gives up its protection. */
  idle(task: Task, nowSeconds: number): void {
    task.idleSinceSeconds = nowSeconds;
    if (this.hasSurplus()) this.watch(task);
  }

  endIfIdle(task: Task, nowSeconds: number): void {
    if (this.hasSurplus() && this.isEndable(task, nowSeconds)) this.end(task, nowSeconds);
  }

  /** Spot takes the task back: it takes no more messages, and another task is started in its place. */
  interrupt(task: Task, nowSeconds: number): void {
    if (task.state !== 'running') return;
    this.interruptedTasks += 1;
    this.leave(task);
    task.state = 'draining';
    if (task.jobs.size === 0) this.end(task, nowSeconds);
    else this.setup.events.add(nowSeconds + this.setup.world.noticeSeconds, { kind: 'take', task });
    this.reconcile(nowSeconds);
  }

  end(task: Task, nowSeconds: number): void {
    if (task.state === 'starting' || task.state === 'running') this.leave(task);
    task.state = 'ended';
    this.billedSeconds += this.billOf(task, nowSeconds + this.setup.world.stopSeconds);
  }

  /** What all tasks use together, each of them all of its own CPU at most; jobs are not slower for it. */
  cpuPercent(ofJob: number): number {
    return this.tasks
      .filter(({ state }) => state === 'running' || state === 'draining')
      .reduce((sum, { jobs }) => sum + Math.min(100, jobs.size * ofJob), 0);
  }

  /** The whole bill so far, including tasks that go on. */
  billedSecondsAt(nowSeconds: number): number {
    return this.tasks
      .filter(({ state }) => state !== 'ended')
      .reduce((sum, task) => sum + Math.max(0, nowSeconds - task.billedFromSeconds), this.billedSeconds);
  }

  private reconcile(nowSeconds: number): void {
    while (this.alive < this.desired) this.launch(nowSeconds);
    if (!this.hasSurplus()) return;
    this.tasks = this.tasks.filter(({ state }) => state !== 'ended');
    // The youngest are ended first: those that still start have no work to lose.
    for (const task of this.tasks.toReversed()) {
      if (!this.hasSurplus()) return;
      if (this.isEndable(task, nowSeconds)) this.end(task, nowSeconds);
      else if (task.state === 'running' && task.jobs.size === 0) this.watch(task);
    }
  }

  private launch(nowSeconds: number): void {
    const { world, events } = this.setup;
    const billedFromSeconds = this.launches.orderedAt(nowSeconds) + world.provisionSeconds;
    const task = this.add(billedFromSeconds);
    events.add(billedFromSeconds + world.startSeconds, { kind: 'ready', task });
  }

  private add(billedFromSeconds: number): Task {
    const task = createTask(billedFromSeconds);
    this.tasks.push(task);
    this.alive += 1;
    this.startedTasks += 1;
    return task;
  }

  private leave(task: Task): void {
    this.alive -= 1;
    if (task.state === 'running') this.running -= 1;
    this.free.remove(task);
  }

  private isEndable({ state, jobs, idleSinceSeconds }: Task, nowSeconds: number): boolean {
    if (state === 'starting') return true;
    const isIdle = state === 'running' && jobs.size === 0;
    return isIdle && nowSeconds >= idleSinceSeconds + this.setup.world.protectionSeconds;
  }

  private watch(task: Task): void {
    this.setup.events.add(task.idleSinceSeconds + this.setup.world.protectionSeconds, {
      kind: 'unprotected',
      task,
    });
  }

  private billOf({ billedFromSeconds }: Task, endSeconds: number): number {
    if (endSeconds - this.setup.world.stopSeconds < billedFromSeconds) return 0;
    return Math.max(this.setup.world.minimumBilledSeconds, endSeconds - billedFromSeconds);
  }
}

/** A task of the service, from its order to its end. */
export interface Task {
  state: 'starting' | 'running' | 'draining' | 'ended';
  /** When its image begins to be pulled, from which on it is billed. */
  readonly billedFromSeconds: number;
  readonly jobs: Set<Job>;
  /** Since when it has had no job; -Infinity if it has had none, and so never was protected. */
  idleSinceSeconds: number;
  /** Its index among the free tasks; -1: it is not free. */
  freeIndex: number;
}

/** A job, which is also the event of its end. */
export interface Job {
  readonly kind: 'done';
  readonly message: number;
  readonly task: Task;
  /** Its task was taken before it ended. */
  isLost: boolean;
}

function createTask(billedFromSeconds: number): Task {
  return {
    state: 'starting',
    billedFromSeconds,
    jobs: new Set(),
    idleSinceSeconds: -Infinity,
    freeIndex: -1,
  };
}

/** Tasks that can take a message. SQS has no order among those that poll, so any of them may get the next message. */
class FreeTasks {
  private readonly tasks: Task[] = [];

  get length(): number {
    return this.tasks.length;
  }

  at(index: number): Task {
    return this.tasks[index]!;
  }

  add(task: Task): void {
    if (task.freeIndex >= 0) return;
    task.freeIndex = this.tasks.length;
    this.tasks.push(task);
  }

  remove(task: Task): void {
    if (task.freeIndex < 0) return;
    const last = this.tasks.pop()!;
    if (last !== task) {
      this.tasks[task.freeIndex] = last;
      last.freeIndex = task.freeIndex;
    }
    task.freeIndex = -1;
  }
}
