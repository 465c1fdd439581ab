import { cyan, green, plot, yellow } from 'asciichart';
import type { TextStyle } from '../command/terminal-text';
import { endSecondsOf, MEASURES, mostOf, spanAxis, titleOf, type Axis, type Measure } from './axes';
import { POLICY_LABELS, type PolicyName, type PolicyRun } from './compare';
import type { Sample } from './simulation';

const WIDEST = 120;
const NARROWEST = 40;
const DEFAULT_WIDTH = 80;
/** Rows from one label of the vertical axis to the next. `TICKS` says about how many labels there are. */
const ROWS_A_TICK = 2;
const TICKS = 3;
/** Room for one label of the time axis, and a gap. */
const TIME_LABEL_WIDTH = 12;

/** The policies that are drawn, each above the one before it. The few rows of a terminal cannot show more. */
const DRAWN: readonly PolicyName[] = ['watchbot', 'proposal', 'serverless-watchbot'];
const COLOURS: Partial<Record<PolicyName, { code: string; name: 'cyan' | 'green' | 'yellow' }>> = {
  watchbot: { code: yellow, name: 'yellow' },
  proposal: { code: green, name: 'green' },
  'serverless-watchbot': { code: cyan, name: 'cyan' },
};

/** Backlog, tasks and wait, one below the other, over one time axis. */
export function chart(runs: readonly PolicyRun[], { colours, width = DEFAULT_WIDTH }: TextStyle): string {
  const hasColours = colours.isColorSupported;
  // Two lines cannot be told apart without colours.
  const drawn = DRAWN.filter((policy) => hasColours || policy === 'serverless-watchbot');
  const shown = drawn.flatMap((policy) => runs.filter((run) => run.policy === policy));
  const axes = MEASURES.map((measure) => ({ measure, axis: measure.axis(mostOf(shown, measure), TICKS) }));
  const labelWidth = Math.max(
    ...axes.flatMap(({ axis: { ticks, label } }) => ticks.map((tick) => label(tick).length)),
  );
  const columns = Math.min(Math.max(width, NARROWEST), WIDEST) - labelWidth;
  const time = spanAxis(endSecondsOf(shown), Math.floor(columns / TIME_LABEL_WIDTH));
  const grid = { stepSeconds: time.end / (columns - 1), count: columns };
  const panels = axes.map((each) => panel(shown, { ...each, grid, labelWidth, hasColours }));
  const legend = shown
    .map(({ policy }) => colours[COLOURS[policy]!.name](`── ${POLICY_LABELS[policy]}`))
    .reverse();
  const indent = ' '.repeat(labelWidth);
  return [
    ...panels.flatMap(({ title, text }) => [`${indent}${colours.bold(title)}`, text, '']).slice(0, -1),
    ...timeLines(time, grid).map((line) => `${indent}${line}`),
    `${indent}${legend.join('   ')}`,
  ].join('\n');
}

interface PanelInput {
  measure: Measure;
  axis: Axis;
  grid: Grid;
  labelWidth: number;
  hasColours: boolean;
}

function panel(
  runs: readonly PolicyRun[],
  { measure, axis, grid, labelWidth, hasColours }: PanelInput,
): { title: string; text: string } {
  const series = runs.map(({ result }) => evenValues(result.samples, measure, grid));
  const text = plot(series, {
    min: 0,
    max: axis.end,
    height: (axis.ticks.length - 1) * ROWS_A_TICK,
    // The label has its own cell, and the axis the next one.
    offset: 2,
    colors: hasColours ? runs.map(({ policy }) => COLOURS[policy]!.code) : [],
    format: (value, row) => (row % ROWS_A_TICK === 0 ? axis.label(value) : '').padStart(labelWidth),
  });
  return { title: titleOf(measure, axis), text: text.replaceAll(/ +$/gm, '') };
}

/** The axis that all panels share: a rule with a mark for each tick, and labels below. */
function timeLines({ ticks, label, unit }: Axis, { stepSeconds, count }: Grid): string[] {
  const columns = ticks.map((tick) => Math.round(tick / stepSeconds));
  const mark = (column: number) => (columns.includes(column) ? '┴' : '─');
  const rule = Array.from({ length: count }, (_, column) => (column === 0 ? '└' : mark(column)));
  let labels = '';
  ticks.forEach((tick, index) => {
    const text = index === 0 ? `${label(tick)} ${unit}` : label(tick);
    const centred = columns[index]! - Math.floor(text.length / 2);
    const start = Math.min(Math.max(centred, 0), count - text.length);
    // A label that would touch the one before it is left out.
    if (index === 0 || start > labels.length) labels = labels.padEnd(start) + text;
  });
  return [rule.join(''), labels];
}

/** Where the columns of a chart are in time. */
interface Grid {
  stepSeconds: number;
  count: number;
}

/**
 * A measure's values at even distances from the start, up to the last sample. Each is the greatest value up to the next
 * one, so that no peak is lost. If there is no sample in between, the value before it holds.
 */
export function evenValues(
  samples: readonly Sample[],
  { valueOf }: Pick<Measure, 'valueOf'>,
  { stepSeconds, count }: Grid,
): number[] {
  const lastSeconds = samples.at(-1)?.atSeconds;
  if (lastSeconds === undefined) return [];
  const values: (number | undefined)[] = Array.from({
    length: Math.min(count, Math.floor(lastSeconds / stepSeconds) + 1),
  });
  for (const sample of samples) {
    const index = Math.min(Math.floor(sample.atSeconds / stepSeconds), values.length - 1);
    values[index] = Math.max(values[index] ?? 0, valueOf(sample));
  }
  let held = 0;
  return values.map((value) => (held = value ?? held));
}
