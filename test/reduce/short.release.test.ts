import { expect, it } from '@jest/globals';
import path from 'node:path';
import { outputOfPassed, useMain } from '../helpers/run-main';
import { SEED } from '../helpers/seeded';

/** Starts what `npm run test:reduce` runs. */
const start = useMain(path.join(__dirname, 'main.mjs'));

it('reduces a job once, with all parts, while its workers are killed', async () => {
  const small = ['--only', 'kills', '--parts', '100', '--workers', '8', '--lease', '2'];
  const stdout = await outputOfPassed(start(...small, '--seed', String(SEED)));
  expect(stdout).toMatch(/│ kills +│ 100 +│ 100 +│.*│ ok /);
}, 120_000);
