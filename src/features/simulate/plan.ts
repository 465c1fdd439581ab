import path from 'node:path';
import type { Worker } from '../../config/configuration';
import { chooseWorker } from '../common/choose-worker';
import type { ScalingBounds } from '../../scaling/policy';
import { widestBounds } from '../../scaling/schedule';
import type { Load } from './simulation/load';
import { DEFAULT_WORLD, type World } from './simulation/world';
import { argumentProblem, ProblemList } from '../common/collect-problems';
import type { CommandRun, Options } from '../common/command';
import { durationOption } from '../common/durations';
import { numberOption, textOption } from '../common/options';
import { secondsOf } from './arrivals';
import { DEFAULT_JOB_SECONDS, MOST_TASKS } from './limits';
import { readLoad } from './load';
import { decimalOption } from './number-options';
import { pricePerTaskHour } from './price';
import { searchOf, type SearchPlan } from './search-plan';

/** What a call of `simulate` is to do, checked. */
export interface SimulatePlan {
  worker: Worker;
  bounds: ScalingBounds;
  load: Load;
  world: Partial<World>;
  seed: number;
  /** Undefined: no cost is shown. */
  pricePerTaskHour: number | undefined;
  /** Absolute. */
  plotFile: string | undefined;
  /** Undefined: no steps are looked for. */
  search: SearchPlan | undefined;
}

const LONGEST_START = { mostSeconds: 3_600, most: '1h' };
const MOST_SEED = 4_294_967_295;
const PERCENT = { most: 100, what: 'percent of the tasks in an hour, 0 to 100: 5, 12.5' };

/**
 * All of the command line, and the files that it names.
 * @throws {UserError} with all that is wrong
 */
export async function planSimulation(run: CommandRun): Promise<SimulatePlan> {
  const { options, configuration, serviceFolder } = run;
  const problems = new ProblemList();
  const worker = problems.read(() => chooseWorker(configuration, textOption(options, 'worker')));
  const load = await readLoad(run, problems, {
    jobSeconds: worker?.scaling.jobDuration ?? DEFAULT_JOB_SECONDS,
    groups: worker?.scaling.groups,
    isFifo: worker?.queue.fifo,
  });
  const price = pricePerTaskHour(options, problems, worker);
  const bounds = boundsOf(options, problems, worker);
  const given = {
    world: { ...worldOf(options, problems), sampleSeconds: sampleSecondsOf(load) },
    seed:
      problems.read(() => numberOption(options, 'seed', { least: 0, most: MOST_SEED, otherwise: 1 })) ?? 1,
    plotFile: problems.read(() => plotFileOf(options, serviceFolder)),
    search: searchOf(options, problems, price),
  };
  if (worker === undefined || load === undefined) return problems.throwThem();
  problems.throwIfAny();
  return { worker, bounds, load, pricePerTaskHour: price, ...given };
}

/** The worker's own, or what the command line would have instead. */
function boundsOf(options: Options, problems: ProblemList, worker: Worker | undefined): ScalingBounds {
  const { concurrency = 1 } = worker ?? {};
  const scaling = widestBounds(worker?.scaling ?? { min: 0, max: 1 });
  const read = (name: 'min' | 'max', least: number) => {
    const limits = { least, most: MOST_TASKS, otherwise: scaling[name] };
    return problems.read(() => numberOption(options, name, limits)) ?? scaling[name];
  };
  const [min, max] = [read('min', 0), read('max', 1)];
  if (min > max) {
    const allowed = 'a min that is at most max';
    problems.add(argumentProblem('--min, --max', { given: `min ${min}, max ${max}`, allowed }));
  }
  return { min, max, concurrency };
}

function worldOf(options: Options, problems: ProblemList): Partial<World> {
  const startSeconds = problems.read(() => durationOption(options, 'start-time', LONGEST_START));
  const percent = problems.read(() => decimalOption(options, 'interruptions', PERCENT));
  return {
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(percent === undefined ? {} : { interruptionsPerHour: percent / 100 }),
  };
}

/** A sample for each pixel of a plot is enough; a month has more of the default's than fit into memory. */
const MOST_SAMPLES = 3_000;

function sampleSecondsOf(load: Load | undefined): number {
  const { sampleSeconds } = DEFAULT_WORLD;
  const seconds = load === undefined ? 0 : secondsOf(load.arrivals);
  return sampleSeconds * Math.max(1, Math.ceil(seconds / sampleSeconds / MOST_SAMPLES));
}

function plotFileOf(options: Options, serviceFolder: string): string | undefined {
  const file = textOption(options, 'plot');
  return file === undefined ? undefined : path.resolve(serviceFolder, file);
}
