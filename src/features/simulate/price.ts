import type { Worker } from '../../config/configuration';
import { argumentProblem, type ProblemList } from '../common/collect-problems';
import type { Options } from '../common/command';
import { decimalOption } from './number-options';

const MOST = 1_000_000;
const PRICE = { above: 0, most: MOST, what: `a price, more than 0, at most ${MOST}: 0.0494` };
const MIB_PER_GB = 1_024;
const CPU_UNITS = 1_024;

/**
 * What an hour of a task costs, in whatever currency the price was given; undefined where none was given. AWS's prices
 * differ by region and change: none is built in.
 */
export function pricePerTaskHour(
  options: Options,
  problems: ProblemList,
  worker: Pick<Worker, 'cpu' | 'memory'> | undefined,
): number | undefined {
  const read = (name: string) => problems.read(() => decimalOption(options, name, PRICE));
  const [perTask, perCpu, perGigabyte] = [read('price'), read('vcpu-price'), read('gb-price')];
  addContradictions(options, problems);
  if (perTask !== undefined) return perTask;
  if (perCpu === undefined || perGigabyte === undefined || worker === undefined) return undefined;
  return (worker.cpu / CPU_UNITS) * perCpu + (worker.memory / MIB_PER_GB) * perGigabyte;
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
