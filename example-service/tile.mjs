// GeoJSON polygons to the pixels of one map tile. tile.py is the same in Python.
import { deflateSync } from 'node:zlib';

// ---- Equal in tile.mjs and tile.py: both must draw the same pixels. ----------
const TILE = 256;
const MARGIN = 8; // the water lines of land just beyond the tile reach into it
const SIDE = TILE + 2 * MARGIN;
const WORLD = 2 ** 24; // the world's width and height in whole grid units
const MAX_LATITUDE = 85.05112877980659;
const PALETTE = '8cc3d4 82bacc a0d0dd b5dde5 3f6170 9dbd7c e6cb8b 7dab7a dcb07e cf9270 f5f7f6 b9c07a';
const [SEA, GRID, OFFSHORE, INSHORE, COAST, LAND] = [0, 1, 2, 3, 4, 5];
const TINTS = ['meadow', 'sand', 'forest', 'ochre', 'clay', 'ice', 'olive'];
const FAR = 255;
const STRAIGHT = 3; // distances count 3 for a step and 4 for a diagonal step
const DIAGONAL = 4;
const GRID_STEP = 64;
const PREVIEW_COLUMNS = 32;
const PREVIEW_ROWS = 8;
const QUADRANTS = '·▘▝▀▖▌▞▛▗▚▐▜▄▙▟█';
// -----------------------------------------------------------------------------

// Sine and logarithm may differ in the last bit from one language to the next.
// On whole grid units the difference is gone, and what follows is integer work.
function project([longitude, latitude]) {
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) throw new TypeError('not a position');
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude));
  const sine = Math.sin((clamped * Math.PI) / 180);
  const x = (longitude + 180) / 360;
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [Math.floor(x * WORLD + 0.5), Math.floor(y * WORLD + 0.5)];
}

function toLand({ properties, geometry }) {
  const { name = 'unnamed', continent = name, tint } = properties;
  const edges = [];
  for (const ring of geometry.coordinates) {
    const points = ring.map(project);
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1], points[i]];
      edges.push(from[1] < to[1] ? [...from, ...to] : [...to, ...from]);
    }
  }
  return { continent, color: LAND + Math.max(0, TINTS.indexOf(tint)), edges };
}

export function readLands(text) {
  const { features } = JSON.parse(text);
  return features.filter(({ geometry }) => geometry.type === 'Polygon').map(toLand);
}

function crossings(edges, y) {
  const xs = [];
  for (const [x0, y0, x1, y1] of edges) {
    if (y0 <= y && y < y1) xs.push(x0 + Math.floor(((y - y0) * (x1 - x0)) / (y1 - y0)));
  }
  return xs.sort((a, b) => a - b);
}

// Every cell of the tile and its margin: 0 for water, else 1 + the land's index.
function rasterise(lands, { z, x, y }) {
  const unit = WORLD / (TILE * 2 ** z);
  const left = (x * TILE - MARGIN) * unit + unit / 2;
  const top = (y * TILE - MARGIN) * unit + unit / 2;
  const column = (at) => Math.max(0, Math.min(SIDE, Math.ceil((at - left) / unit)));
  const cells = new Array(SIDE * SIDE).fill(0);
  for (const [index, land] of lands.entries()) {
    for (let row = 0; row < SIDE; row++) {
      const xs = crossings(land.edges, top + row * unit);
      for (let i = 0; i + 1 < xs.length; i += 2) {
        cells.fill(index + 1, row * SIDE + column(xs[i]), row * SIDE + column(xs[i + 1]));
      }
    }
  }
  return cells;
}

// A chamfer distance transform: one sweep forwards, one sweep backwards. What a
// sweep carries round the end of a row has faded before it has crossed the margin.
function distances(cells) {
  const far = cells.map((cell) => (cell > 0 ? 0 : FAR));
  const sweep = (at, step) => {
    const straight = Math.min(far[at - step], far[at - step * SIDE]) + STRAIGHT;
    const diagonal = Math.min(far[at - step * (SIDE + 1)], far[at - step * (SIDE - 1)]) + DIAGONAL;
    far[at] = Math.min(far[at], straight, diagonal);
  };
  for (let at = SIDE + 1; at < far.length; at++) sweep(at, 1);
  for (let at = far.length - SIDE - 2; at >= 0; at--) sweep(at, -1);
  return far;
}

function waterColor(distance, column, row) {
  if (distance <= STRAIGHT) return COAST;
  if (distance <= 3 * STRAIGHT) return INSHORE;
  if (distance <= 6 * STRAIGHT) return OFFSHORE;
  return column % GRID_STEP === 0 || row % GRID_STEP === 0 ? GRID : SEA;
}

export function drawTile(lands, tile) {
  const cells = rasterise(lands, tile);
  const far = distances(cells);
  const pixels = Buffer.alloc(TILE * TILE);
  const seen = new Set();
  for (let i = 0; i < pixels.length; i++) {
    const [column, row] = [i % TILE, Math.floor(i / TILE)];
    const at = (row + MARGIN) * SIDE + column + MARGIN;
    const land = lands[cells[at] - 1];
    if (land) seen.add(land.continent);
    pixels[i] = land ? land.color : waterColor(far[at], column, row);
  }
  return { pixels, continents: [...seen].sort() };
}

// The land's share of the tile in thousandths, rounded.
export function landShare(pixels) {
  const land = pixels.filter((pixel) => pixel >= LAND).length;
  return Math.floor((land * 1000) / pixels.length + 0.5);
}

// A character shows four points of the tile, one in each of its quarters.
export function preview(pixels) {
  const width = TILE / PREVIEW_COLUMNS / 2;
  const height = TILE / PREVIEW_ROWS / 2;
  const bit = (column, row) => {
    const at = (row * height + height / 2) * TILE + column * width + width / 2;
    return pixels[at] >= LAND ? 1 : 0;
  };
  const character = (column, row) =>
    QUADRANTS[
      bit(column, row) + 2 * bit(column + 1, row) + 4 * bit(column, row + 1) + 8 * bit(column + 1, row + 1)
    ];
  const line = (_, row) =>
    Array.from({ length: PREVIEW_COLUMNS }, (_, column) => character(2 * column, 2 * row)).join('');
  return Array.from({ length: PREVIEW_ROWS }, line);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(type, data) {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8);
  return bytes;
}

export function encodePng(pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(TILE, 0);
  header.writeUInt32BE(TILE, 4);
  header.set([8, 3], 8); // eight bits a pixel, each the number of a palette entry
  const rows = [];
  for (let at = 0; at < pixels.length; at += TILE) rows.push(Buffer.of(0), pixels.subarray(at, at + TILE));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(PALETTE.replaceAll(' ', ''), 'hex')),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
