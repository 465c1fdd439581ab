import { spanAxis } from '../axis';
import { endSecondsOf, MEASURES } from '../measures';
import { POLICY_LABELS, type PolicyRun } from '../policies';
import { panel, type Frame } from './panel';
import { STYLE } from './style';
import { element, escapeXml, textElement } from './svg';

/** What a plot says in words. */
export interface PlotTexts {
  heading: string;
  subheading: string;
  /** For who cannot see it: what the lines come to. */
  description: string;
}

const WIDTH = 960;
const LEFT = 72;
const RIGHT = 24;
const PANEL_WIDTH = WIDTH - LEFT - RIGHT;
const PANEL_HEIGHT = 150;
/** From the start of a panel to the start of the next one: labels, a gap, and the next one's title. */
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
/** Some more would not fit into a line. */
const MOST_LETTERS = { heading: 90, subheading: 130 };

/** An SVG document: a panel a measure, over one time axis, with all policies as lines. */
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
