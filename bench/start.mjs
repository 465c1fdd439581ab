// How long the bundled watcher takes from its start to its first receive, beside a Node that does nothing.
// Usage: npm run bench [-- --runs N] [-- --json FILE]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '21' }, json: { type: 'string' } },
});
const runs = Number(values.runs);
const watcher = path.resolve(import.meta.dirname, '../dist/layer/watcher.js');

let onReceive = () => undefined;
// SQS as far as a first poll needs it: it never answers.
const server = createServer((request) => {
  request.resume();
  onReceive();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `http://127.0.0.1:${server.address().port}`;

function node() {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

async function firstReceive() {
  const received = new Promise((resolve) => (onReceive = resolve));
  const begin = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', watcher, 'listen', 'true'], {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      QueueUrl: `${endpoint}/000000000000/queue`,
    },
    stdio: 'ignore',
  });
  await received;
  const took = performance.now() - begin;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return took;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const samples = { node: [], watcher: [] };
for (let run = 0; run < runs + 1; run += 1) {
  const pair = [node(), await firstReceive()];
  // The first pair warms the file cache.
  if (run > 0) {
    samples.node.push(pair[0]);
    samples.watcher.push(pair[1]);
  }
}
server.closeAllConnections();
server.close();

const [bare, first] = [median(samples.node), median(samples.watcher)];
const rows = [
  { name: 'node -e 0', unit: 'ms', median: bare, runs },
  {
    name: 'watcher, start to first receive',
    unit: 'ms',
    median: first,
    runs,
    ratio: first / bare,
    to: 'node -e 0',
  },
];
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, medians of ${runs} pairs`);
for (const { name, unit, median: value, ratio, to } of rows) {
  const comparison = ratio === undefined ? '' : `  ${ratio.toFixed(2)} × ${to}`;
  console.log(`${name.padEnd(34)} ${value.toFixed(1).padStart(7)} ${unit}${comparison}`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
