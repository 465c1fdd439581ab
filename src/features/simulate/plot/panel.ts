import type { Axis } from '../axis';
import { mostOf, titleOf, type Measure } from '../measures';
import { POLICY_LABELS, type PolicyRun } from '../policies';
import { pointsOf, withoutMiddles } from './point';
import { element, escapeXml, round, textElement } from './svg';

/** Where a panel stands, in pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

const TICKS = 4;
const TITLE_ABOVE = 10;
/** From an axis to the middle of its labels. */
const LABEL_GAP = 8;
const HALF_A_LETTER = 4;
const LABELS_BELOW = 18;

/** One measure of all policies over time: title, grid, labels, lines. */
export function panel(runs: readonly PolicyRun[], { measure, time, frame }: PanelParts): string {
  const axis = measure.axis(mostOf(runs, measure), TICKS);
  const scale: Scale = {
    x: (seconds) => frame.left + (seconds / time.end) * frame.width,
    y: (value) => frame.top + frame.height - (value / axis.end) * frame.height,
  };
  return element(
    'g',
    { class: 'panel' },
    textElement({ class: 'panel-title', x: frame.left, y: frame.top - TITLE_ABOVE }, titleOf(measure, axis)),
    ...axis.ticks.map((tick) => valueTick(axis, tick, { frame, scale })),
    ...time.ticks.map((tick) => timeTick(time, tick, { frame, scale })),
    // The first policy is the one that it is about: it is drawn last, above the others.
    ...runs.map((run) => line(run, { measure, scale, points: frame.width })).reverse(),
  );
}

export interface PanelParts {
  measure: Measure;
  /** Shared by all panels. */
  time: Axis;
  frame: Frame;
}

interface Scale {
  x: (seconds: number) => number;
  y: (value: number) => number;
}

type Placed = Pick<PanelParts, 'frame'> & { scale: Scale };

function valueTick({ label }: Axis, tick: number, { frame, scale }: Placed): string {
  const y = scale.y(tick);
  return [
    element('line', {
      class: tick === 0 ? 'axis' : 'grid',
      x1: frame.left,
      x2: frame.left + frame.width,
      y1: y,
      y2: y,
    }),
    textElement({ class: 'value', x: frame.left - LABEL_GAP, y: y + HALF_A_LETTER }, label(tick)),
  ].join('\n');
}

function timeTick({ label }: Axis, tick: number, { frame, scale }: Placed): string {
  const x = scale.x(tick);
  const bottom = frame.top + frame.height;
  return [
    element('line', { class: tick === 0 ? 'axis' : 'grid', x1: x, x2: x, y1: frame.top, y2: bottom }),
    textElement({ class: 'time', x, y: bottom + LABELS_BELOW }, label(tick)),
  ].join('\n');
}

function line(
  { policy, result }: PolicyRun,
  { measure, scale, points }: { measure: Measure; scale: Scale; points: number },
): string {
  const shown = withoutMiddles(pointsOf(result.samples, measure, points));
  const path = shown.map(({ atSeconds, value }) => `${round(scale.x(atSeconds))},${round(scale.y(value))}`);
  return element(
    'polyline',
    { class: policy, points: path.join(' ') },
    element('title', {}, escapeXml(POLICY_LABELS[policy])),
  );
}
