// Draws one map tile for one message. render.py is the same program in Python.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawTile, encodePng, landShare, preview, readLands } from './tile.mjs';

const MAX_ZOOM = 6;
const RETRY = 1;
const REJECT = 3;

class Failure extends Error {
  constructor(exitCode, line) {
    super(line);
    this.exitCode = exitCode;
  }
}
const retry = (line) => new Failure(RETRY, line);
const reject = (line) => new Failure(REJECT, `rejected: ${line}`);

function readMessage() {
  const text = process.env.Message ?? readFileSync(process.env.MessageFile, 'utf8');
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw reject('the message is not JSON');
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    throw reject('the message is not a JSON object');
  }
  return message;
}

function checkMessage({ z, x, y, source = 'world', sourceBusyFor = 0 }) {
  if (![z, x, y].every(Number.isSafeInteger)) throw reject('z, x and y must be integers');
  if (z < 0 || z > MAX_ZOOM) throw reject(`zoom ${z} is not between 0 and ${MAX_ZOOM}`);
  if (Math.min(x, y) < 0 || Math.max(x, y) >= 2 ** z)
    throw reject(`tile ${z}/${x}/${y} is outside the world`);
  if (typeof source !== 'string' || !/^[a-z0-9-]+$/.test(source)) {
    throw reject('source must match /^[a-z0-9-]+$/');
  }
  if (!Number.isSafeInteger(sourceBusyFor) || sourceBusyFor < 0) {
    throw reject('sourceBusyFor must be a whole number');
  }
  return { z, x, y, source, sourceBusyFor };
}

function waitForSource(busyFor) {
  const count = process.env.ApproximateReceiveCount ?? '';
  const attempt = /^[0-9]{1,9}$/.test(count) ? Number(count) : 1;
  if (attempt <= busyFor) throw retry(`source is busy (attempt ${attempt} of ${busyFor + 1} needed)`);
}

function readSource(name) {
  let text;
  try {
    text = readFileSync(new URL(`${name}.geojson`, import.meta.url), 'utf8');
  } catch {
    throw retry(`source ${name}.geojson is not there`);
  }
  try {
    return readLands(text);
  } catch {
    throw retry(`source ${name}.geojson is not usable GeoJSON`);
  }
}

// Another copy of the same message may be at work: whoever looks at the folder
// only ever sees a whole tile, whichever of the copies comes last.
function writeTile({ z, x, y }, png) {
  const folder = join(process.env.TILES || join(tmpdir(), 'tiles'), `${z}`, `${x}`);
  const temporary = join(folder, `.${y}.${randomUUID()}.tmp`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(temporary, png);
  renameSync(temporary, join(folder, `${y}.png`));
}

function summary({ z, x, y }, { pixels, continents }, png) {
  const share = landShare(pixels);
  const land = `${Math.floor(share / 10)}.${share % 10} % land`;
  const count = continents.length === 1 ? '1 continent' : `${continents.length} continents`;
  const where = continents.length === 0 ? 'open sea' : `${count} (${continents.join(', ')})`;
  return `tile ${z}/${x}/${y}: ${land}, ${where}, ${png.length} bytes, drawn by node`;
}

function main() {
  const message = checkMessage(readMessage());
  waitForSource(message.sourceBusyFor);
  const tile = drawTile(readSource(message.source), message);
  const png = encodePng(tile.pixels);
  writeTile(message, png);
  console.log([...preview(tile.pixels), summary(message, tile, png)].join('\n'));
}

try {
  main();
} catch (error) {
  console.error(error instanceof Failure ? error.message : `failed: ${error.message}`);
  process.exitCode = error.exitCode ?? RETRY;
}
