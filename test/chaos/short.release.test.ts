import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { outputOfPassed, useMain } from '../helpers/run-main';
import { SEED } from '../helpers/seeded';

/** `npm run test:chaos`. */
const start = useMain(path.join(__dirname, 'main.mjs'));

it('loses no message while watchers are ended and SQS fails, in a short run', async () => {
  const stdout = await outputOfPassed(start('--short', '--seed', String(SEED)));
  expect(stdout.match(/│ (proxy|fifo|sigkill|sigterm) .*│ ok /g)).toHaveLength(4);
}, 180_000);

it('loses none and leaves no process while workers go their own ways, in a short run', async () => {
  const stdout = await outputOfPassed(start('--short', '--only', 'mixed', '--seed', String(SEED)));
  expect(stdout.match(/│ mixed .*│ ok /g)).toHaveLength(1);
}, 180_000);

const noGroups = whyNoGroups();
const itWithGroups = noGroups === '' ? it : it.skip;

itWithGroups(
  `gives no message up where ids and memory are used up, in a short run${noGroups && ` (${noGroups})`}`,
  async () => {
    const stdout = await outputOfPassed(start('--short', '--only', 'ids,memory', '--seed', String(SEED)));
    expect(stdout.match(/│ (ids|memory) .*│ ok /g)).toHaveLength(2);
  },
  180_000,
);

/** By a process of its own, since this is a module of Node's. */
function whyNoGroups(): string {
  const file = JSON.stringify(path.join(__dirname, 'cgroup.mjs'));
  const script = `console.log((await import(${file})).whyNoGroups() ?? '')`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  }).trim();
}

it('says which scenarios there are to whoever names another', async () => {
  const run = start('--only', 'flood');

  expect(await run.ended).toEqual([2, null]);
  expect(await run.output).toEqual([
    '',
    'no scenario flood: there are files, disk, ids, memory, clock, proxy, fifo, mixed, sigkill, sigterm\n',
  ]);
});
