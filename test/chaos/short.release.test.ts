import { expect, it } from '@jest/globals';
import path from 'node:path';
import { outputOfPassed, useMain } from '../helpers/run-main';
import { SEED } from '../helpers/seeded';

/** `npm run test:chaos`. */
const start = useMain(path.join(__dirname, 'main.mjs'));

it('loses no message while watchers are ended and SQS fails, in a short run', async () => {
  const stdout = await outputOfPassed(start('--short', '--seed', String(SEED)));
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
