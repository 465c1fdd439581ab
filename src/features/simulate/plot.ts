import { endSecondsOf, MEASURES, mostOf, spanAxis, titleOf, type Axis, type Measure } from './axes';
import { POLICY_LABELS, POLICY_NAMES, type PolicyName, type PolicyRun } from './compare';
import type { Sample } from './simulation';

/** What a plot says in words. */
export interface PlotTexts {
  heading: string;
  subheading: string;
  /** For people who cannot see the plot: what the lines show. */
  description: string;
}

const WIDTH = 960;
const LEFT = 72;
const RIGHT = 24;
const PANEL_WIDTH = WIDTH - LEFT - RIGHT;
const PANEL_HEIGHT = 150;
/** From the top of a panel to the top of the next one: labels, a gap, and the next title lie in between. */
const PANEL_PITCH = 218;
const HEADING_Y = 30;
const SUBHEADING_Y = 52;
const LEGEND_Y = 80;
const FIRST_PANEL_Y = 128;
const AXIS_TITLE_BELOW = 40;
const BOTTOM = 56;
const KEY_WIDTH = 28;
const KEY_GAP = 8;
const TIME_TICKS = 8;
/** How many letters fit into the line. */
const MOST_LETTERS = { heading: 90, subheading: 130 };

/** An SVG document: a panel for each measure, over one time axis, with a line for each policy. */
export function plot(runs: readonly PolicyRun[], { heading, subheading, description }: PlotTexts): string {
  const time = spanAxis(endSecondsOf(runs), TIME_TICKS);
  const frames = MEASURES.map((_, index): Frame => {
    return { left: LEFT, top: FIRST_PANEL_Y + index * PANEL_PITCH, width: PANEL_WIDTH, height: PANEL_HEIGHT };
  });
  const lastBottom = frames.at(-1)!.top + PANEL_HEIGHT;
  const height = lastBottom + BOTTOM;
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      role: 'img',
      'aria-labelledby': 'watchbot-title watchbot-description',
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: WIDTH,
      height,
    },
    element('title', { id: 'watchbot-title' }, escapeXml(heading)),
    element('desc', { id: 'watchbot-description' }, escapeXml(description)),
    element('style', {}, STYLE),
    element('rect', { class: 'ground', width: WIDTH, height }),
    textElement({ class: 'heading', x: LEFT, y: HEADING_Y }, cut(heading, MOST_LETTERS.heading)),
    textElement({ class: 'subheading', x: LEFT, y: SUBHEADING_Y }, cut(subheading, MOST_LETTERS.subheading)),
    ...legend(runs),
    ...MEASURES.map((measure, index) => panel(runs, { measure, time, frame: frames[index]! })),
    textElement(
      { class: 'axis-title', x: LEFT + PANEL_WIDTH / 2, y: lastBottom + AXIS_TITLE_BELOW },
      `Time since the first message (${time.unit})`,
    ),
  );
  return `${svg}\n`;
}

function legend(runs: readonly PolicyRun[]): string[] {
  const columnWidth = PANEL_WIDTH / Math.max(runs.length, 4);
  return runs.map(({ policy }, index) => {
    const x = LEFT + index * columnWidth;
    return element(
      'g',
      { class: 'legend' },
      element('line', {
        class: `key ${policy}`,
        x1: x,
        x2: x + KEY_WIDTH,
        y1: LEGEND_Y - 4,
        y2: LEGEND_Y - 4,
      }),
      textElement({ x: x + KEY_WIDTH + KEY_GAP, y: LEGEND_Y }, POLICY_LABELS[policy]),
    );
  });
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The position and size of a panel, in pixels. */
interface Frame {
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
function panel(runs: readonly PolicyRun[], { measure, time, frame }: PanelInput): string {
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
    // The first policy is the service's own, so it is drawn last, above the others.
    ...runs.map((run) => line(run, { measure, scale, points: frame.width })).reverse(),
  );
}

interface PanelInput {
  measure: Measure;
  /** Shared by all panels. */
  time: Axis;
  frame: Frame;
}

interface Scale {
  x: (seconds: number) => number;
  y: (value: number) => number;
}

/** A frame, and the scale that leads into it. */
interface Grid {
  frame: Frame;
  scale: Scale;
}

function valueTick({ label }: Axis, tick: number, { frame, scale }: Grid): string {
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

function timeTick({ label }: Axis, tick: number, { frame, scale }: Grid): string {
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

interface Point {
  atSeconds: number;
  value: number;
}

/**
 * The samples as points of a line, at most about `most` of them. The greatest of several neighbours stays, so that no
 * peak is lost, and so do the first and the last.
 */
export function pointsOf(
  samples: readonly Sample[],
  { valueOf }: Pick<Measure, 'valueOf'>,
  most: number,
): Point[] {
  const points = samples.map((sample) => ({ atSeconds: sample.atSeconds, value: valueOf(sample) }));
  const groupSize = Math.ceil(points.length / most);
  if (groupSize <= 1) return points;
  const inner = points.slice(1, -1);
  const greatest = Array.from({ length: Math.ceil(inner.length / groupSize) }, (_, group) =>
    inner
      .slice(group * groupSize, (group + 1) * groupSize)
      .reduce((highest, point) => (point.value > highest.value ? point : highest)),
  );
  return [points[0]!, ...greatest, points.at(-1)!];
}

/** Leaves out points that a straight line through their neighbours shows anyway. */
export function withoutMiddles(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    return before?.value !== point.value || after?.value !== point.value;
  });
}

/** A line's colour on a light and on a dark ground, and its dashes, by which lines differ even without colours. */
interface LineStyle {
  light: string;
  dark: string;
  dashes: string | undefined;
}

/**
 * Colours that people with any colour blindness can tell apart, after Okabe and Ito,
 * https://jfly.uni-koeln.de/color/; some are darker or lighter, to suit the ground.
 */
const LINES: Readonly<Record<PolicyName, LineStyle>> = {
  'serverless-watchbot': { light: '#0072b2', dark: '#56b4e9', dashes: undefined },
  proposal: { light: '#a0437a', dark: '#e394c2', dashes: '10 3' },
  watchbot: { light: '#d55e00', dark: '#f0883e', dashes: '7 3' },
  copilot: { light: '#00805e', dark: '#2fc79a', dashes: '2 3' },
  'lower-bound': { light: '#57606a', dark: '#c9d1d9', dashes: '9 3 2 3' },
};

interface Ground {
  ground: string;
  text: string;
  muted: string;
  grid: string;
}

const LIGHT: Ground = { ground: '#ffffff', text: '#1f2328', muted: '#59636e', grid: '#e4e8ec' };
const DARK: Ground = { ground: '#0d1117', text: '#e6edf3', muted: '#9198a1', grid: '#262c36' };

/** The plot's own style sheet, which follows the reader's choice of light or dark, and loads nothing from outside. */
const STYLE = [
  'text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }',
  '.heading { font-size: 16px; font-weight: 600; }',
  '.panel-title { font-weight: 600; }',
  '.value { text-anchor: end; font-size: 12px; }',
  '.time { text-anchor: middle; font-size: 12px; }',
  '.axis-title { text-anchor: middle; }',
  'polyline, .key { fill: none; stroke-width: 2; stroke-linejoin: round; }',
  '.grid, .axis { stroke-width: 1; }',
  ...POLICY_NAMES.flatMap((policy) => {
    const { dashes } = LINES[policy];
    return dashes === undefined ? [] : [`.${policy} { stroke-dasharray: ${dashes}; }`];
  }),
  ...rules('light'),
  '@media (prefers-color-scheme: dark) {',
  ...rules('dark'),
  '}',
].join('\n');

function rules(scheme: 'light' | 'dark'): string[] {
  const { ground, text, muted, grid } = scheme === 'light' ? LIGHT : DARK;
  return [
    `.ground { fill: ${ground}; }`,
    `text { fill: ${text}; }`,
    `.value, .time, .axis-title, .subheading { fill: ${muted}; }`,
    `.grid { stroke: ${grid}; }`,
    `.axis { stroke: ${muted}; }`,
    ...POLICY_NAMES.map((policy) => `.${policy} { stroke: ${LINES[policy][scheme]}; }`),
  ];
}

type Attributes = Readonly<Record<string, string | number>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML does not allow, not even escaped: https://www.w3.org/TR/xml/#charsets */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const escapeXml = (text: string): string =>
  text.replaceAll(NOT_IN_XML, '').replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);

/** @param inner markup: escape text with `escapeXml` before */
function element(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(value)}"`);
  const start = `<${name}${written.join('')}`;
  if (inner.length === 0) return `${start}/>`;
  return inner.length === 1 && !inner[0]!.startsWith('<')
    ? `${start}>${inner[0]!}</${name}>`
    : [`${start}>`, ...inner, `</${name}>`].join('\n');
}

const textElement = (attributes: Attributes, text: string): string =>
  element('text', attributes, escapeXml(text));

const attributeText = (value: string | number) =>
  typeof value === 'number' ? round(value) : escapeXml(value);

/** A tenth of a pixel is finer than a screen. */
const round = (value: number): string => String(Number(value.toFixed(1)));
