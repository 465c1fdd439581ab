// Starts a built watcher as the image does.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { WATCHER_NODE_OPTIONS } from '../dist/contract/image.js';

const OWN_LAYER = path.resolve(import.meta.dirname, '../dist/layer');

/** @param folder a layer, or a `dist` that has one; absent: this checkout's own */
export function findLayer(folder) {
  if (folder === undefined) return OWN_LAYER;
  const found = [
    path.resolve(folder),
    path.resolve(folder, 'layer'),
    path.resolve(folder, 'dist/layer'),
  ].find((candidate) => existsSync(path.join(candidate, 'watcher.js')));
  if (found === undefined)
    throw new Error(`${folder}: neither a layer nor a folder with one (no watcher.js)`);
  return found;
}

/** Starts a watcher with a command as worker. */
export function spawnWatcher(endpoint, { queueUrl, layer = OWN_LAYER, command = 'true', environment = {} }) {
  return spawnBuilt(['listen', command], { endpoint, queueUrl, layer, environment });
}

/** Starts a watcher with warm workers of a handler of this folder. */
export function spawnHandler(endpoint, { queueUrl, layer = OWN_LAYER, handler, environment }) {
  const runtime = [process.execPath, '--enable-source-maps', path.join(layer, 'runtime.js')];
  return spawnBuilt(['handle', '--', ...runtime], {
    endpoint,
    queueUrl,
    layer,
    environment: {
      WatchbotQueueArn: `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split('/').at(-1)}`,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: import.meta.dirname,
      ...environment,
    },
  });
}

function spawnBuilt(args, { endpoint, queueUrl, layer, environment }) {
  return spawn(process.execPath, [...WATCHER_NODE_OPTIONS, path.join(layer, 'watcher.js'), ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      QueueUrl: queueUrl,
      Fifo: String(queueUrl.endsWith('.fifo')),
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
