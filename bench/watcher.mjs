import { spawn } from 'node:child_process';
import path from 'node:path';
import { WATCHER_NODE_OPTIONS } from '../dist/contract/image.js';

const layer = path.resolve(import.meta.dirname, '../dist/layer');

/** Starts the built watcher as the image does, with `true` as worker. */
export function spawnWatcher(endpoint, environment = {}) {
  const queueUrl = `${endpoint}/000000000000/queue`;
  return spawnBuilt(['listen', 'true'], { endpoint, queueUrl, environment, stdio: 'ignore' });
}

/** Starts the built watcher with warm workers of an empty handler. Its log is readable. */
export function spawnHandler(endpoint, { queueUrl, batchSize }) {
  const environment = {
    PATH: process.env.PATH,
    WatchbotQueueArn: `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split('/').at(-1)}`,
    WatchbotBatchSize: String(batchSize),
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    _HANDLER: 'noop.handler',
    LAMBDA_TASK_ROOT: import.meta.dirname,
  };
  const runtime = [process.execPath, '--enable-source-maps', path.join(layer, 'runtime.js')];
  const stdio = ['ignore', 'pipe', 'inherit'];
  return spawnBuilt(['handle', '--', ...runtime], { endpoint, queueUrl, environment, stdio });
}

function spawnBuilt(args, { endpoint, queueUrl, environment, stdio }) {
  return spawn(process.execPath, [...WATCHER_NODE_OPTIONS, path.join(layer, 'watcher.js'), ...args], {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      QueueUrl: queueUrl,
      ...environment,
    },
    stdio,
  });
}
