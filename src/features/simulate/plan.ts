import path from 'node:path';
import { sureMemory, type Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { widestBounds } from '../../scaling/choose-policy';
import type { ScalingBounds } from '../../scaling/policy';
import { HOUR_SECONDS, parseDuration } from '../../shared/durations';
import type { CommandRun, Options } from '../command/command';
import { argumentProblem, durationOption, numberOption, ProblemList, textOption } from '../command/options';
import { chooseWorker } from '../stack/workers';
import { DEFAULT_JOB_SECONDS, MOST_TASKS } from './limits';
import { secondsOf, type Load } from './load';
import { readLoad } from './load-options';
import { DEFAULT_WORLD, type World } from './world';

/** What a call of `simulate` is to do, read from the command line and checked. */
export interface SimulatePlan {
  worker: Worker;
  bounds: ScalingBounds;
  load: Load;
  world: Partial<World>;
  seed: number;
  /** Undefined: no cost is shown. */
  pricePerTaskHour: number | undefined;
  /** An absolute path. */
  plotFile: string | undefined;
  /** Undefined: no search for steps. */
  search: SearchPlan | undefined;
}

const LONGEST_START = { mostSeconds: HOUR_SECONDS, most: '1h' };
const MOST_SEED = 4_294_967_295;
const JOB_CPU = { above: 0, most: 100, what: "percent of a task's CPU, more than 0, at most 100: 25, 12.5" };
const PERCENT = { most: 100, what: 'percent of the tasks in an hour, 0 to 100: 5, 12.5' };

/**
 * Reads the command line, and the files that it names.
 * @throws {UserError} with everything that is wrong
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

/** The worker's own bounds, or what the command line says instead. */
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
  const jobCpuPercent = problems.read(() => decimalOption(options, 'job-cpu', JOB_CPU));
  return {
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(jobCpuPercent === undefined ? {} : { jobCpuPercent }),
    ...(percent === undefined ? {} : { interruptionsPerHour: percent / 100 }),
  };
}

/** One sample for each pixel of a plot is enough; a month of the default's samples would not fit into memory. */
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

const MOST = 1_000_000;
const PRICE = { above: 0, most: MOST, what: `a price, more than 0, at most ${MOST}: 0.0494` };
const MIB_PER_GB = 1_024;
const CPU_UNITS = 1_024;

/**
 * What an hour of a task costs, in the currency of the given price; undefined if none was given. No price is built in,
 * because AWS's prices differ by region and change.
 */
function pricePerTaskHour(
  options: Options,
  problems: ProblemList,
  worker: Pick<Worker, 'cpu' | 'memory' | 'softMemory'> | undefined,
): number | undefined {
  const read = (name: string) => problems.read(() => decimalOption(options, name, PRICE));
  const [perTask, perCpu, perGigabyte] = [read('price'), read('vcpu-price'), read('gb-price')];
  addContradictions(options, problems);
  if (perTask !== undefined) return perTask;
  if (perCpu === undefined || perGigabyte === undefined || worker === undefined) return undefined;
  return (worker.cpu / CPU_UNITS) * perCpu + (sureMemory(worker) / MIB_PER_GB) * perGigabyte;
}

function addContradictions(options: Options, problems: ProblemList): void {
  const has = (name: string) => options[name] !== undefined;
  const [hasTask, hasCpu, hasGigabyte] = [has('price'), has('vcpu-price'), has('gb-price')];
  const rules: [boolean, string, string, string][] = [
    [hasTask && (hasCpu || hasGigabyte), '--price', 'with --vcpu-price or --gb-price', 'one way'],
    [hasCpu && !hasGigabyte, '--vcpu-price', 'without --gb-price', 'both'],
    [hasGigabyte && !hasCpu, '--gb-price', 'without --vcpu-price', 'both'],
  ];
  for (const [isBroken, place, given, allowed] of rules) {
    if (isBroken) problems.add(argumentProblem(place, { given, allowed }));
  }
}

interface SearchPlan {
  /** Undefined: as much as Watchbot takes. */
  budgetTaskSeconds: number | undefined;
}

const MONEY = /^\d{1,12}(\.\d{1,9})?$/;

/** The form of a budget says whether it is task-hours or money, so that no other option changes its meaning. */
function searchOf(
  options: Options,
  problems: ProblemList,
  price: number | undefined,
): SearchPlan | undefined {
  const text = problems.read(() => textOption(options, 'budget'));
  if (text === undefined) return options.search === true ? { budgetTaskSeconds: undefined } : undefined;
  const wrong = (given: string, allowed: string) =>
    void problems.add(argumentProblem('--budget', { given, allowed }));
  if (options.search !== true) wrong('without --search', 'with --search');
  const taskSeconds = parseDuration(text);
  if (taskSeconds !== undefined && taskSeconds > 0) return { budgetTaskSeconds: taskSeconds };
  if (!MONEY.test(text) || Number(text) === 0) {
    wrong(text, 'task-hours as a duration (40h), or money as a number (12.50); more than none');
  } else if (price === undefined) {
    wrong(`${text}, with no price`, 'with --price, or --vcpu-price and --gb-price; or task-hours: 40h');
  } else return { budgetTaskSeconds: (Number(text) / price) * HOUR_SECONDS };
  return undefined;
}

const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/;

/** A number that may have a fraction; undefined if the option is not given. */
function decimalOption(
  options: Options,
  name: string,
  { above = -Infinity, most, what }: { above?: number; most: number; what: string },
): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (DECIMAL.test(text) && value > above && value <= most) return value;
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed: what }));
}
