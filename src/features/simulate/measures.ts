import type { Sample } from './simulation/result';
import { countAxis, timeAxis, type Axis } from './axis';
import type { PolicyRun } from './policies';

/** What is drawn over time: a panel of the plot and of the chart each. */
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

/** When the last of the policies was done, its tasks ended. */
export const endSecondsOf = (runs: readonly PolicyRun[]): number =>
  Math.max(1, ...runs.map(({ result: { samples } }) => samples.at(-1)?.atSeconds ?? 0));

/** The greatest value that any of the policies came to. */
export function mostOf(runs: readonly PolicyRun[], { valueOf }: Measure): number {
  let most = 0;
  for (const { result } of runs) for (const sample of result.samples) most = Math.max(most, valueOf(sample));
  return most;
}

/** With the unit of its axis, where its name does not say it. */
export const titleOf = ({ title }: Measure, { unit }: Axis): string =>
  unit === '' ? title : `${title} (${unit})`;
