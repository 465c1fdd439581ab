import { expect, it } from '@jest/globals';
import path from 'node:path';
import { useMain } from '../helpers/run-main';
import { SEED } from '../helpers/seeded';

/** `npm run test:reduce`. */
const start = useMain(path.join(__dirname, 'main.mjs'));

it('reduces a job once, and whole, while its workers are killed', async () => {
  const run = start(
    '--only',
    'kills',
    '--parts',
    '100',
    '--workers',
    '8',
    '--lease',
    '2',
    '--seed',
    String(SEED),
  );

  const [code] = await run.ended;
  const [stdout, stderr] = await run.output;

  // Together, so that what failed can be read, with the seed.
  expect({ code, failed: stdout.match(/.*FAILED.*/g), stderr, stdout }).toMatchObject({
    code: 0,
    failed: null,
    stderr: '',
  });
  expect(stdout).toMatch(/│ kills +│ 100 +│ 100 +│.*│ ok /);
}, 120_000);
