import { spawn } from 'node:child_process';
import path from 'node:path';
import { WATCHER_NODE_OPTIONS } from '../dist/contract/image.js';

const watcherFile = path.resolve(import.meta.dirname, '../dist/layer/watcher.js');

/** The built watcher as the image starts it, with `true` for a worker. */
export function spawnWatcher(endpoint, environment = {}) {
  return spawn(process.execPath, [...WATCHER_NODE_OPTIONS, watcherFile, 'listen', 'true'], {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      QueueUrl: `${endpoint}/000000000000/queue`,
      ...environment,
    },
    stdio: 'ignore',
  });
}
