// Draws the lines of a terminal as SVG: as they stand, or scrolling by as they came.
const FONT_SIZE = 12;
const CELL_WIDTH = 7.22;
const LINE_HEIGHT = 16;
const MARGIN = 16;
const BAR_HEIGHT = 28;

const GROUND = '#0d1117';
const TEXT = '#d7dde4';
// The sixteen colours of a terminal, at 4.5:1 and better on that ground.
const PALETTE = [
  ['#8b949e', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#d7dde4'],
  ['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#76e3ea', '#ffffff'],
].flat();

/** A still picture of all lines. */
export function still({ lines, columns, title, description }) {
  return svg({ columns, rows: lines.length, title, description, body: lineTexts(lines) });
}

/**
 * The lines scroll by as they came, once and again; pauses are cut to `longestPauseMs`, and the end stays for `restMs`.
 * Who wants less motion sees the end alone.
 */
export function moving({ lines, shownAtMs, columns, rows, longestPauseMs, restMs, title, description }) {
  const times = withShortPauses(shownAtMs, longestPauseMs);
  const totalMs = times.at(-1) + restMs;
  const offset = (count) => ((rows - count) * LINE_HEIGHT).toFixed(0);
  const frames = times.flatMap((atMs, index) =>
    times[index + 1] === atMs
      ? []
      : [`${((atMs / totalMs) * 100).toFixed(2)}% { transform: translateY(${offset(index + 1)}px) }`],
  );
  const end = `translateY(${offset(lines.length)}px)`;
  const style = `.lines { transform: ${end}; animation: scroll ${(totalMs / 1000).toFixed(1)}s step-end infinite }
@keyframes scroll { 0% { transform: translateY(${offset(0)}px) } ${frames.join(' ')} 100% { transform: ${end} } }
@media (prefers-reduced-motion: reduce) { .lines { animation: none } }`;
  return svg({ columns, rows, title, description, style, body: lineTexts(lines) });
}

function withShortPauses(shownAtMs, longestPauseMs) {
  let cut = shownAtMs[0];
  return shownAtMs.map((atMs, index) => {
    cut += Math.max(0, atMs - (shownAtMs[index - 1] ?? atMs) - longestPauseMs);
    return atMs - cut;
  });
}

function svg({ columns, rows, title, description, style = '', body }) {
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const inside = rows * LINE_HEIGHT;
  const height = inside + 2 * MARGIN + BAR_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${escape(title)}</title>
<desc>${escape(description)}</desc>
<style>text { font: ${FONT_SIZE}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: ${TEXT}; white-space: pre }
.title { text-anchor: middle; fill: #9198a1 }
${style}</style>
<clipPath id="inside"><rect width="${width}" height="${inside}"/></clipPath>
<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${18 + index * 18}" cy="16" r="5.5" fill="${fill}"/>`).join('')}
<text class="title" x="${width / 2}" y="20">${escape(title)}</text>
<g transform="translate(0 ${BAR_HEIGHT + MARGIN / 2})" clip-path="url(#inside)"><g class="lines">
${body}
</g></g>
</svg>
`;
}

function lineTexts(lines) {
  return lines
    .flatMap((pieces, index) => pieces.map((piece) => pieceText(piece, (index + 0.75) * LINE_HEIGHT)))
    .join('\n');
}

// `textLength` keeps columns in line, whatever font is there.
function pieceText({ column, text, width, colour, bold, dim }, y) {
  const look = [
    colour === undefined ? '' : ` style="fill: ${PALETTE[colour] ?? TEXT}"`,
    bold ? ' font-weight="bold"' : '',
    dim ? ' opacity="0.65"' : '',
  ].join('');
  const x = (MARGIN + column * CELL_WIDTH).toFixed(1);
  const length = (width * CELL_WIDTH).toFixed(1);
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escape(text)}</text>`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
