import { POLICY_NAMES, type PolicyName } from '../policies';

/** A line's colour on light and on dark, and its dashes: lines differ where colours cannot be seen, too. */
interface LineStyle {
  light: string;
  dark: string;
  dashes: string | undefined;
}

/**
 * Colours that people with any colour blindness can tell apart, after Okabe and Ito, https://jfly.uni-koeln.de/color/;
 * made darker or lighter where the ground wants it.
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

/** The plot's own style sheet: it follows the reader's choice of light or dark, and asks for nothing from outside. */
export const STYLE = [
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
