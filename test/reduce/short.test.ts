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

it('reduces a job once, and whole, while its workers are killed', async () => {
  const given = ['--only', 'kills', '--parts', '100', '--workers', '8', '--lease', '2'];
  const run = spawn(process.execPath, [MAIN, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = run;
  const output = Promise.all([text(run.stdout), text(run.stderr)]);

  const [code] = (await once(run, 'exit')) as [number | null];
  const [stdout, stderr] = await output;

  // Together, so that what failed can be read, with the seed.
  expect({ code, failed: stdout.match(/.*FAILED.*/g), stderr, stdout }).toMatchObject({
    code: 0,
    failed: null,
    stderr: '',
  });
  expect(stdout).toMatch(/│ kills +│ 100 +│ 100 +│.*│ ok /);
}, 120_000);
