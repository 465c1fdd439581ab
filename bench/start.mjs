// How long the bundled watcher takes from its start to its first receive, beside a Node that does nothing.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { compare, pairs } from './measure.mjs';
import { WATCHER_NODE_OPTIONS } from '../dist/contract/image.js';

const watcher = path.resolve(import.meta.dirname, '../dist/layer/watcher.js');

export const RUNS = 21;

export async function measure(runs) {
  let onReceive = () => undefined;
  // SQS as far as a first poll needs it: it never answers.
  const server = createServer((request) => {
    request.resume();
    onReceive();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const firstReceive = async () => {
    const received = new Promise((resolve) => (onReceive = resolve));
    const begin = performance.now();
    const child = startWatcher(endpoint);
    await received;
    const took = performance.now() - begin;
    child.kill('SIGKILL');
    await once(child, 'exit');
    return took;
  };
  const samples = await pairs(runs, { base: bareNode, ours: firstReceive });
  server.closeAllConnections();
  server.close();
  return compare(samples, { base: 'node -e 0', ours: 'watcher, start to first receive' });
}

function bareNode() {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

function startWatcher(endpoint) {
  return spawn(process.execPath, [...WATCHER_NODE_OPTIONS, watcher, 'listen', 'true'], {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      QueueUrl: `${endpoint}/000000000000/queue`,
    },
    stdio: 'ignore',
  });
}
