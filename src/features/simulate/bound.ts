import type { ScalingBounds } from '../../scaling/policy';
import { drawLoad, Random } from './load';
import { Simulation, type Sample, type SimulationInput, type SimulationResult } from './simulation';
import { DEFAULT_WORLD, type World } from './world';

/**
 * A bound that no scaling policy can beat: the result of one that knows at second 0 all that will come, and never
 * errs.
 * - Time: it orders `max` tasks at second 0, and they start as fast as ECS starts them. From then on, a message waits
 *   only if all of them are busy, or if another message of its group is in flight. Messages are taken in the order in
 *   which the queue gives them, as any policy must take them, so that each begins no later than under any policy.
 *   With message groups there are rare exceptions: a message that is passed over because its group is busy changes
 *   the order, and fewer workers may happen upon a better one (R. L. Graham, Bounds on Multiprocessing Timing
 *   Anomalies, 1969). Of 2,000 loads with four to eight groups for four workers, 15 were such exceptions, by 1.1 % of
 *   the time to drain at most, and by 5 % of the longest wait. Twice the bound is a limit for them: while a worker is
 *   idle, the longest chain goes on.
 * - Task-hours: those of exactly this schedule. At each moment as many tasks are paid as are busy, although jobs
 *   would have to move between tasks for that; the start of each is paid; and idle time is paid only if it is cheaper
 *   than to stop a task and to start it again. A policy that lets messages wait longer may need fewer.
 * - Spot takes none of its tasks.
 */
export function lowerBound({
  bounds,
  load,
  world,
  seed = 1,
}: Omit<SimulationInput, 'policy'>): SimulationResult {
  const random = new Random(seed);
  const whole: World = { ...DEFAULT_WORLD, ...world, interruptionsPerHour: 0 };
  const bill = new ClairvoyantBill(bounds, whole);
  const result = new Simulation({
    policy: { name: 'bound', parts: [] },
    bounds,
    load: drawLoad(load, random),
    world: whole,
    random,
    onWork: (atSeconds, inFlight) => {
      bill.work(atSeconds, inFlight);
    },
  })
    .order(bounds.max)
    .run();
  return { ...result, ...bill.total(), samples: result.samples.map((sample) => bill.ofSample(sample)) };
}

/** What is paid if there are always exactly as many tasks as are busy. */
class ClairvoyantBill {
  private readonly bounds: ScalingBounds;
  private readonly world: World;
  /** When each task last had work, the first busy task first. Tasks beyond them have not been started. */
  private readonly idleSince: number[] = [];
  private readonly busySince: number[] = [];
  private busy = 0;
  private lastWorkSeconds = 0;
  private taskSeconds = 0;
  private startedTasks = 0;

  constructor(bounds: ScalingBounds, world: World) {
    this.bounds = bounds;
    this.world = world;
  }

  work(atSeconds: number, inFlight: number): void {
    this.lastWorkSeconds = atSeconds;
    const busy = Math.ceil(inFlight / this.bounds.concurrency);
    for (; this.busy < busy; this.busy += 1) this.begin(this.busy, atSeconds);
    for (; this.busy > busy; this.busy -= 1) this.end(this.busy - 1, atSeconds);
  }

  total(): Pick<SimulationResult, 'taskSeconds' | 'startedTasks' | 'maxTasks'> {
    return {
      taskSeconds: this.taskSeconds + this.restSeconds(),
      startedTasks: this.startedTasks,
      maxTasks: Math.max(this.bounds.min, this.idleSince.length),
    };
  }

  ofSample(sample: Sample): Sample {
    const tasks = Math.max(this.bounds.min, Math.ceil(sample.inFlight / this.bounds.concurrency));
    return { ...sample, tasks, desired: tasks };
  }

  /** For the tasks that `min` keeps: from their last work until the end of all work. */
  private restSeconds(): number {
    return Array.from({ length: this.bounds.min }, (_, task) => this.idleSince[task] ?? 0).reduce(
      (sum, idleSince) => sum + this.lastWorkSeconds - idleSince,
      0,
    );
  }

  private begin(task: number, atSeconds: number): void {
    const { startSeconds, stopSeconds } = this.world;
    const idleSeconds = atSeconds - (this.idleSince[task] ?? (task < this.bounds.min ? 0 : -Infinity));
    const isKept = task < this.bounds.min || idleSeconds <= startSeconds + stopSeconds;
    this.taskSeconds += isKept ? idleSeconds : startSeconds + stopSeconds;
    if (!isKept) this.startedTasks += 1;
    this.busySince[task] = atSeconds;
  }

  private end(task: number, atSeconds: number): void {
    this.taskSeconds += atSeconds - this.busySince[task]!;
    this.idleSince[task] = atSeconds;
  }
}
