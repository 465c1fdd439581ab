// Draws the pictures of the documentation anew, from what the commands show. Needs `script` of util-linux.
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { flow } from './pictures/flow.mjs';
import { record } from './pictures/record.mjs';
import { screenOf } from './pictures/screen.mjs';
import { statusScreen } from './pictures/status.mjs';
import { moving, still } from './pictures/terminal.mjs';

const FOLDER = 'docs/pictures';
const NEWLINE = /\n/g;

mkdirSync(FOLDER, { recursive: true });
write('flow.svg', flow());
drawScaling();
write('status.svg', await drawStatus());
write('local.svg', await drawLocal());

function write(name, text) {
  writeFileSync(path.join(FOLDER, name), text);
}

function drawScaling() {
  const load = ['--messages', '10000', '--job-duration', '30s', '--max', '100'];
  const plot = ['--plot', path.join(FOLDER, 'scaling.svg')];
  execFileSync('npx', ['osls', 'watchbot', 'simulate', ...load, ...plot], { stdio: 'inherit' });
}

async function drawStatus() {
  const columns = 84;
  const text = `$ sls watchbot status\n${await statusScreen()}\n`;
  const bytes = Buffer.from(text.replace(NEWLINE, '\r\n'));
  const { lines } = await screenOf([{ atMs: 0, bytes }], { columns, rows: 40 });
  return still({
    lines,
    columns,
    title: 'sls watchbot status',
    description: 'The state of one worker on one screen; the figures are invented.',
  });
}

async function drawLocal() {
  const size = { columns: 155, rows: 36 };
  const { lines, shownAtMs } = await screenOf(record('npm --silent start', size), size);
  return moving({
    lines,
    shownAtMs,
    ...size,
    longestPauseMs: 900,
    restMs: 8000,
    title: 'npm start',
    description:
      'The service of this folder on this machine: what the workers print, and what became of each message.',
  });
}
