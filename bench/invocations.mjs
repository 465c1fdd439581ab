// Measures how long a warm worker takes from an event to its answer.
import { build } from 'esbuild';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { memoryMiB } from './processes.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const RUNTIME = path.join(ROOT, 'dist/layer/runtime.js');
const WARM_UP = 2_000;

/** Bundles and loads modules of the watcher, which are published only as a part of its bundle. */
async function loadModules(folder) {
  const outfile = path.join(folder, 'modules.mjs');
  const contents = `
    export { steadyClock } from './src/shared/clock';
    export { startByNode } from './src/watcher/worker/node-spawn';
    export { WarmWorker } from './src/watcher/worker/warm/warm-worker';
  `;
  const stdin = { contents, resolveDir: ROOT, loader: 'ts' };
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile });
  return import(pathToFileURL(outfile).href);
}

/** @returns sorted times of the invocations in ms, and the worker's memory after them */
export async function invocationTimes(count, folder) {
  const { steadyClock, startByNode, WarmWorker } = await loadModules(folder);
  let onReady = () => undefined;
  let isReady = false;
  const ready = async () => {
    if (!isReady) await new Promise((resolve) => (onReady = resolve));
    isReady = false;
  };
  const worker = await WarmWorker.start({
    start: startByNode,
    command: { program: process.execPath, arguments: [RUNTIME], text: '' },
    environment: { PATH: process.env.PATH, _HANDLER: 'noop.handler', LAMBDA_TASK_ROOT: import.meta.dirname },
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
    clock: steadyClock,
    writeLines: (lines) => console.error(lines.join('\n')),
    onReady: () => {
      isReady = true;
      onReady();
    },
    onGone: () => undefined,
  });
  const times = [];
  for (let index = 0; index < WARM_UP + count; index += 1) {
    await ready();
    const begin = performance.now();
    await worker.invoke({
      requestId: `request-${index}`,
      event: '{"Records":[]}',
      deadlineMs: Date.now() + 60_000,
    });
    if (index >= WARM_UP) times.push(performance.now() - begin);
  }
  const residentMiB = memoryMiB(worker.groupId);
  await ready();
  worker.retire();
  await worker.ended;
  return { times: times.sort((a, b) => a - b), residentMiB };
}
