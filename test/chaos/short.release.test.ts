import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { outputOfPassed, useMain } from '../helpers/run-main';
import { SEED } from '../helpers/seeded';

/** Starts what `npm run test:chaos` runs. */
const start = useMain(path.join(__dirname, 'main.mjs'));

it('loses no message in a short run, while watchers are ended and SQS fails', async () => {
  const stdout = await outputOfPassed(start('--short', '--seed', String(SEED)));
  expect(stdout.match(/│ (proxy|fifo|sigkill|sigterm) .*│ ok /g)).toHaveLength(4);
}, 180_000);

it('loses no message and leaves no process in a short run with workers of all kinds', async () => {
  const stdout = await outputOfPassed(start('--short', '--only', 'mixed', '--seed', String(SEED)));
  expect(stdout.match(/│ mixed .*│ ok /g)).toHaveLength(1);
}, 180_000);

const noGroups = whyNoGroups();
const itWithGroups = noGroups === '' ? it : it.skip;

itWithGroups(
  `gives up no message in a short run that uses up process ids and memory${noGroups && ` (${noGroups})`}`,
  async () => {
    const stdout = await outputOfPassed(start('--short', '--only', 'ids,memory', '--seed', String(SEED)));
    expect(stdout.match(/│ (ids|memory) .*│ ok /g)).toHaveLength(2);
  },
  180_000,
);

/** Asks in a new process, since Jest cannot load ES modules here. */
function whyNoGroups(): string {
  const file = JSON.stringify(path.join(__dirname, 'cgroup.mjs'));
  const script = `console.log((await import(${file})).whyNoGroups() ?? '')`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  }).trim();
}

it('lists the scenarios if an unknown one is named', async () => {
  const run = start('--only', 'flood');

  expect(await run.ended).toEqual([2, null]);
  expect(await run.output).toEqual([
    '',
    'no scenario flood: there are files, disk, ids, memory, clock, proxy, fifo, mixed, sigkill, sigterm\n',
  ]);
});
