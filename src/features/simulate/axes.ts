import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, unitOf } from '../../shared/durations';
import type { PolicyRun } from './compare';
import type { Sample } from './simulation';

/** What is drawn over time, each in a panel of the plot and of the chart. */
export interface Measure {
  name: 'backlog' | 'tasks' | 'wait';
  title: string;
  valueOf: (sample: Sample) => number;
  axis: (most: number, ticks: number) => Axis;
}

export const MEASURES: readonly Measure[] = [
  {
    name: 'backlog',
    title: 'Messages that wait',
    valueOf: ({ visible }) => visible,
    axis: (most, ticks) => countAxis(most, ticks),
  },
  {
    name: 'tasks',
    title: 'Running tasks',
    valueOf: ({ tasks }) => tasks,
    axis: (most, ticks) => countAxis(most, ticks),
  },
  {
    name: 'wait',
    title: 'Wait of the oldest message',
    valueOf: ({ oldestWaitSeconds }) => oldestWaitSeconds,
    axis: (most, ticks) => timeAxis(most, ticks),
  },
];

/** When the work was done and the tasks had ended under the last of the policies. */
export const endSecondsOf = (runs: readonly PolicyRun[]): number =>
  Math.max(1, ...runs.map(({ result: { samples } }) => samples.at(-1)?.atSeconds ?? 0));

/** The greatest value under any of the policies. */
export function mostOf(runs: readonly PolicyRun[], { valueOf }: Measure): number {
  let most = 0;
  for (const { result } of runs) for (const sample of result.samples) most = Math.max(most, valueOf(sample));
  return most;
}

/** The title, with the unit of its axis if it has one. */
export const titleOf = ({ title }: Measure, { unit }: Axis): string =>
  unit === '' ? title : `${title} (${unit})`;

/** An axis that begins at zero: the positions of its ticks, and their labels. */
export interface Axis {
  /** Ascending, from 0. */
  ticks: readonly number[];
  /** At the last tick, or beyond it. */
  end: number;
  /** The unit of time, for a title: `min`. Empty for counts. */
  unit: string;
  label: (value: number) => string;
}

/** An axis of counts, whose ticks are whole, and 1, 2 or 5 times a power of ten apart. */
export function countAxis(most: number, ticks: number): Axis {
  const rough = Math.max(most, 1) / ticks;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find((each) => each * magnitude >= rough)! * magnitude);
  return { ...multiples(step, Math.max(1, Math.ceil(most / step))), unit: '', label: countLabel };
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en');
/** Above this, a label is shortened: `150K`. */
const MOST_WRITTEN_OUT = 99_999;

const countLabel = (value: number) => (value > MOST_WRITTEN_OUT ? COMPACT : WHOLE).format(value);

/** Steps in which people count time, in seconds. */
const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_SECONDS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_SECONDS),
];
/** `90 s` and `100 min` are as easy to read as `1.5 min`, and more exact. */
const FEWEST_OF_UNIT = 2;

/** The unit in which a duration is written, and its name there. */
export function readableUnitOf(seconds: number): { seconds: number; name: string } {
  const unit = unitOf(seconds, FEWEST_OF_UNIT);
  return { seconds: unit.seconds, name: unit.seconds === DAY_SECONDS ? 'days' : unit.symbol };
}

/** An axis of seconds, written in the unit that suits the longest time. It ends at its last tick. */
export function timeAxis(mostSeconds: number, ticks: number): Axis {
  const rough = Math.max(mostSeconds, 1) / ticks;
  const step = TIME_STEPS.find((each) => each >= rough) ?? daysStep(rough);
  const count = Math.max(1, Math.ceil(mostSeconds / step));
  const unit = readableUnitOf(mostSeconds);
  const label = (seconds: number) => String(Number((seconds / unit.seconds).toFixed(2)));
  return { ...multiples(step, count), unit: unit.name, label };
}

function daysStep(roughSeconds: number): number {
  const { ticks } = countAxis(roughSeconds / DAY_SECONDS, 1);
  return ticks[1]! * DAY_SECONDS;
}

const multiples = (step: number, count: number) => ({
  ticks: Array.from({ length: count + 1 }, (_, n) => n * step),
  end: count * step,
});

/** An axis of seconds that ends where the lines end, rather than at a tick. */
export function spanAxis(spanSeconds: number, ticks: number): Axis {
  const axis = timeAxis(spanSeconds, ticks);
  return { ...axis, ticks: axis.ticks.filter((tick) => tick <= spanSeconds), end: spanSeconds };
}
