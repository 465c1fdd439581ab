import { Autoscaler } from '../../scaling/aws/application-auto-scaling';
import { Metrics, type MetricValues } from '../../scaling/aws/cloudwatch';
import { toldByQueue } from '../../scaling/aws/sqs';
import type { ScalingBounds, ScalingPolicy } from '../../scaling/policy';
import { EventQueue, type SimulationEvent } from './events';
import { Fleet, type Job, type Task } from './fleet';
import { drawLoad, Random, type DrawnLoad, type Load } from './load';
import { MessageQueue } from './message-queue';
import { DEFAULT_WORLD, type World } from './world';

export interface SimulationInput {
  readonly policy: ScalingPolicy;
  readonly bounds: ScalingBounds;
  readonly load: Load;
  /** What differs from `DEFAULT_WORLD`. */
  readonly world?: Partial<World>;
  /** For everything that is drawn: the same input gives the same result. */
  readonly seed?: number;
}

/** Runs a policy against a load. Every policy meets the same messages, at the same moment of CloudWatch's minute. */
export function simulate({ policy, bounds, load, world, seed = 1 }: SimulationInput): SimulationResult {
  const random = new Random(seed);
  const drawn = drawLoad(load, random);
  return new Simulation({ policy, bounds, load: drawn, random, world: { ...DEFAULT_WORLD, ...world } }).run();
}

const MINUTE_SECONDS = 60;

interface SimulationSetup {
  readonly policy: ScalingPolicy;
  readonly bounds: ScalingBounds;
  readonly load: DrawnLoad;
  readonly world: World;
  readonly random: Random;
  /** Called when a job begins and when it ends. */
  readonly onWork?: ((atSeconds: number, inFlight: number) => void) | undefined;
}

/**
 * A simulation of discrete events: messages come, jobs end, metrics are sent, alarms evaluated, tasks start and stop.
 */
export class Simulation {
  private readonly recorder: Recorder;
  private readonly setup: SimulationSetup;
  private readonly events = new EventQueue<SimulationEvent>();
  private readonly queue: MessageQueue;
  private readonly fleet: Fleet;
  private readonly metrics = new Metrics();
  private readonly autoscaler: Autoscaler;
  private readonly giveUpSeconds: number;
  private nowSeconds = 0;
  /** The next message to come. */
  private next = 0;
  /** Messages before this one have been counted in the metric of sent messages. */
  private told = 0;

  constructor(setup: SimulationSetup) {
    const { load, world, random } = setup;
    this.setup = setup;
    this.recorder = new Recorder(load.arrivalSeconds);
    this.queue = new MessageQueue(load);
    this.fleet = new Fleet({ world, random, events: this.events });
    this.autoscaler = new Autoscaler({ ...setup, metrics: this.metrics });
    this.giveUpSeconds = (load.arrivalSeconds.at(-1) ?? 0) + world.patienceSeconds;
    this.fleet.startWarm(setup.bounds.min);
    this.events.add(world.metricPhaseSeconds ?? random.next() * MINUTE_SECONDS, { kind: 'measure' });
    this.events.add(0, { kind: 'sample' });
  }

  /** Orders tasks at second 0. */
  order(desired: number): this {
    this.fleet.want(desired, 0);
    return this;
  }

  /** Runs until all work is done and only `min` tasks are left, or until patience ends. */
  run(): SimulationResult {
    const { arrivalSeconds } = this.setup.load;
    while (!this.isOver()) {
      const arrivesAtSeconds = arrivalSeconds[this.next] ?? Infinity;
      this.nowSeconds = Math.min(arrivesAtSeconds, this.events.nextAtSeconds);
      if (arrivesAtSeconds <= this.events.nextAtSeconds) this.arrive();
      else this.handle(this.events.take()!);
    }
    const { maxTasks, startedTasks, interruptedTasks } = this.fleet;
    const taskSeconds = this.fleet.billedSecondsAt(this.nowSeconds);
    return this.recorder.result(
      { maxTasks, taskSeconds, startedTasks, interruptedTasks },
      this.setup.world.sampleSeconds,
    );
  }

  private isOver(): boolean {
    if (this.nowSeconds >= this.giveUpSeconds) return true;
    const isDone = this.recorder.done === this.setup.load.arrivalSeconds.length;
    return isDone && this.fleet.desired <= this.setup.bounds.min && this.fleet.isAsDesired;
  }

  private arrive(): void {
    this.queue.send(this.next);
    this.next += 1;
    this.dispatch();
  }

  private handle(event: SimulationEvent): void {
    switch (event.kind) {
      case 'measure':
        return this.measure();
      case 'evaluate':
        return this.evaluate(event.values);
      case 'sample':
        return this.sample();
      case 'ready':
        this.fleet.run(event.task, this.nowSeconds);
        return this.dispatch();
      case 'unprotected':
        return this.fleet.endIfIdle(event.task, this.nowSeconds);
      case 'done':
        return this.finish(event);
      case 'interrupt':
        return this.fleet.interrupt(event.task, this.nowSeconds);
      case 'take':
        return this.take(event.task);
    }
  }

  /** Gives the tasks that poll what can be received. */
  private dispatch(): void {
    const { free } = this.fleet;
    while (free.length > 0 && this.queue.canReceive) {
      const task = free.at(this.setup.random.below(free.length));
      const message = this.queue.receive()!;
      const job: Job = { kind: 'done', message, task, isLost: false };
      task.jobs.add(job);
      if (task.jobs.size === this.setup.bounds.concurrency) free.remove(task);
      this.recorder.started(message, this.nowSeconds);
      this.events.add(this.nowSeconds + this.setup.load.durationSeconds[message]!, job);
      this.setup.onWork?.(this.nowSeconds, this.queue.inFlight);
    }
  }

  private finish(job: Job): void {
    if (job.isLost) return;
    const { message, task } = job;
    this.queue.delete(message);
    this.recorder.finished(this.nowSeconds);
    this.setup.onWork?.(this.nowSeconds, this.queue.inFlight);
    task.jobs.delete(job);
    if (task.state === 'running') this.fleet.free.add(task);
    this.dispatch();
    if (task.jobs.size > 0) return;
    if (task.state === 'draining') this.fleet.end(task, this.nowSeconds);
    else this.fleet.idle(task, this.nowSeconds);
  }

  /** Spot's notice has passed: the messages of jobs that have not ended are visible again. */
  private take(task: Task): void {
    if (task.state !== 'draining') return;
    for (const job of task.jobs) {
      job.isLost = true;
      this.queue.giveBack(job.message);
    }
    task.jobs.clear();
    this.fleet.end(task, this.nowSeconds);
    this.dispatch();
  }

  private measure(): void {
    const { world } = this.setup;
    const values = this.nowSeconds < world.wakeSeconds ? {} : this.metricValues();
    this.events.add(this.nowSeconds + world.metricDelaySeconds, { kind: 'evaluate', values });
    this.events.add(this.nowSeconds + MINUTE_SECONDS, { kind: 'measure' });
  }

  private metricValues(): MetricValues {
    const { visible, inFlight } = this.queue;
    const sent = this.next - this.told;
    this.told = this.next;
    const age = this.queue.oldestAgeSeconds(this.nowSeconds);
    const { jobCpuPercent } = this.setup.world;
    // ECS has no metric of a service without tasks.
    const isTold = jobCpuPercent !== undefined && this.fleet.running > 0;
    return {
      ...toldByQueue({ visible, inFlight, sent, age }),
      ...(isTold && { cpu: this.fleet.cpuPercent(jobCpuPercent) }),
    };
  }

  private evaluate(values: MetricValues): void {
    this.metrics.tell(values);
    const desired = this.autoscaler.decide(this.nowSeconds, this.fleet);
    if (desired !== this.fleet.desired) this.fleet.want(desired, this.nowSeconds);
  }

  private sample(): void {
    this.recorder.sample({
      atSeconds: this.nowSeconds,
      visible: this.queue.visible,
      inFlight: this.queue.inFlight,
      tasks: this.fleet.running,
      desired: this.fleet.desired,
      oldestWaitSeconds: this.queue.oldestWaitSeconds(this.nowSeconds),
    });
    this.events.add(this.nowSeconds + this.setup.world.sampleSeconds, { kind: 'sample' });
  }
}

/** Collects the result of a simulation. */
class Recorder {
  done = 0;
  private lastDoneSeconds = 0;
  private readonly firstArrivalSeconds: number;
  /** By message: the wait until the start of its last job. */
  private readonly waits: Float64Array;
  private readonly samples: Sample[] = [];

  constructor(private readonly arrivalSeconds: Float64Array) {
    this.waits = new Float64Array(arrivalSeconds.length).fill(NaN);
    this.firstArrivalSeconds = arrivalSeconds[0] ?? 0;
  }

  started(message: number, nowSeconds: number): void {
    this.waits[message] = nowSeconds - this.arrivalSeconds[message]!;
  }

  finished(nowSeconds: number): void {
    this.done += 1;
    this.lastDoneSeconds = nowSeconds;
  }

  sample(sample: Sample): void {
    this.samples.push(sample);
  }

  result(
    fleet: Pick<SimulationResult, 'maxTasks' | 'taskSeconds' | 'startedTasks' | 'interruptedTasks'>,
    sampleSeconds: number,
  ): SimulationResult {
    const waits = this.waits.filter((wait) => !Number.isNaN(wait)).sort();
    const percentile = (share: number) => waits[Math.max(0, Math.ceil(share * waits.length) - 1)] ?? 0;
    const isDrained = this.done === this.arrivalSeconds.length;
    return {
      messages: this.arrivalSeconds.length,
      drainSeconds: isDrained ? Math.max(0, this.lastDoneSeconds - this.firstArrivalSeconds) : undefined,
      waitSeconds: { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) },
      ...fleet,
      sampleSeconds,
      samples: this.samples,
    };
  }
}

export interface SimulationResult {
  /** Messages of the load, each done once. */
  readonly messages: number;
  /** From the first arrival to the end of the last job; undefined if the load did not drain before patience ended. */
  readonly drainSeconds: number | undefined;
  /** From a message's arrival to the start of the job that finishes it. */
  readonly waitSeconds: { readonly p50: number; readonly p95: number; readonly max: number };
  readonly maxTasks: number;
  /** The sum over all tasks of the seconds that are billed, from the image pull to the end. */
  readonly taskSeconds: number;
  /** Tasks that were started, and those that Spot took back. */
  readonly startedTasks: number;
  readonly interruptedTasks: number;
  /** One sample every `sampleSeconds`. */
  readonly sampleSeconds: number;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly atSeconds: number;
  /** Messages. */
  readonly visible: number;
  readonly inFlight: number;
  /** Running tasks, and the desired count. */
  readonly tasks: number;
  readonly desired: number;
  /** How long the oldest of the messages that wait has waited. */
  readonly oldestWaitSeconds: number;
}
