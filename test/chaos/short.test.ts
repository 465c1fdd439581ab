import { afterEach, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = path.join(__dirname, 'main.mjs');

let child: ChildProcess | undefined;

// Told to end, it ends all that it has started.
afterEach(async () => {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
});

/** `npm run test:chaos`, without the build before it. */
function start(...args: string[]) {
  const started = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  const output = Promise.all([text(started.stdout), text(started.stderr)]);
  const ended = once(started, 'exit') as Promise<[number | null]>;
  return { process: started, output, ended };
}

it('loses no message while watchers are ended and SQS fails, in a short run', async () => {
  const run = start('--short');

  const [code] = await run.ended;
  const [stdout, stderr] = await run.output;

  // Together, so that what failed can be read.
  expect({ code, failed: stdout.match(/.*FAILED.*/g), stderr, stdout }).toMatchObject({
    code: 0,
    failed: null,
    stderr: '',
  });
  expect(stdout.match(/│ (proxy|fifo|sigkill|sigterm) .*│ ok /g)).toHaveLength(4);
}, 180_000);

it('says which scenarios there are to whoever names another', async () => {
  const run = start('--only', 'flood');

  expect(await run.ended).toEqual([2, null]);
  expect(await run.output).toEqual([
    '',
    'no scenario flood: there are files, disk, clock, proxy, fifo, sigkill, sigterm\n',
  ]);
});
