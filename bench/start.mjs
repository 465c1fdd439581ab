// Measures how long the watcher takes from its start to its first receive, compared with a Node that does nothing.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { compare, pairs } from './measure.mjs';
import { spawnWatcher } from './watcher.mjs';

export const RUNS = 21;

export async function measure(runs) {
  let onReceive = () => undefined;
  // A fake of SQS that never answers is enough for the first poll.
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
    const child = spawnWatcher(endpoint, { queueUrl: `${endpoint}/000000000000/queue` });
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
