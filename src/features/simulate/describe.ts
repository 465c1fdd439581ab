import type { Arrivals, Durations } from './simulation/load';
import { DEFAULT_WORLD, type World } from './simulation/world';
import { countOf, secondsOf } from './arrivals';
import type { SimulatePlan } from './plan';

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
export const numberText = (value: number): string => NUMBER.format(value);

/** In one unit, with a tenth where that is of interest: `0.3 s`, `38 s`, `24.6 min`, `5.5 h`. */
export function secondsText(seconds: number): string {
  const [unitSeconds, name] = UNITS.find(([each]) => seconds >= each * FEWEST_OF_UNIT) ?? [1, 's'];
  const value = seconds / unitSeconds;
  return `${numberText(unitSeconds === 1 && value >= 10 ? Math.round(value) : value)} ${name}`;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'days'],
  [3_600, 'h'],
  [60, 'min'],
];
/** `90 s` and `100 min` are as easy to read as `1.5 min`, and more exact. */
const FEWEST_OF_UNIT = 2;

/** What comes in, what jobs take, and on how many tasks. */
export function loadTexts({ load, bounds }: Pick<SimulatePlan, 'load' | 'bounds'>) {
  const { min, max, concurrency } = bounds;
  const groups = load.groups === undefined ? '' : `, in ${numberText(load.groups)} message groups`;
  const atOnce = concurrency === 1 ? '' : `, ${concurrency} jobs at once in each`;
  return {
    load: `${arrivalsText(load.arrivals)}${groups}`,
    jobs: durationsText(load.durations),
    tasks: `${numberText(min)} to ${numberText(max)}${atOnce}`,
  };
}

/** What is taken for granted of AWS, unless the command line says otherwise. */
export function worldText(given: Partial<World>): string {
  const { metricDelaySeconds, provisionSeconds, startSeconds, interruptionsPerHour } = {
    ...DEFAULT_WORLD,
    ...given,
  };
  return [
    `metrics are seen ${secondsText(metricDelaySeconds)} late`,
    `a task is placed in ${secondsText(provisionSeconds)} and starts in ${secondsText(startSeconds)}`,
    interruptionsPerHour === 0
      ? 'Spot takes none back'
      : `Spot takes back ${numberText(interruptionsPerHour * 100)} % an hour`,
  ].join(', ');
}

function arrivalsText(arrivals: Arrivals): string {
  const messages = `${numberText(Math.round(countOf(arrivals)))} messages`;
  switch (arrivals.kind) {
    case 'burst':
      return `${messages} at once`;
    case 'rate':
      return `${rateText(arrivals.perSecond)} for ${secondsText(secondsOf(arrivals))}`;
    case 'curve':
      return `about ${messages} in ${secondsText(secondsOf(arrivals))}, most in the afternoon`;
    case 'times':
      return `${messages} in ${secondsText(secondsOf(arrivals))}`;
  }
}

const RATE_UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [1, 'second'],
  [60, 'minute'],
  [3_600, 'hour'],
];

/** By the first unit in which it is one or more. */
function rateText(perSecond: number): string {
  const [seconds, name] = RATE_UNITS.find(([each]) => perSecond * each >= 1) ?? [86_400, 'day'];
  return `${numberText(perSecond * seconds)} messages a ${name}`;
}

function durationsText(durations: Durations): string {
  switch (durations.kind) {
    case 'constant':
      return `${secondsText(durations.seconds)} each`;
    case 'spread':
      return `half take ${secondsText(durations.medianSeconds)} or less, 95 % ${secondsText(durations.p95Seconds)} or less`;
    case 'samples':
      return `durations of ${numberText(durations.seconds.length)} jobs`;
  }
}
