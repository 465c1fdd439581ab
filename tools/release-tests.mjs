// What is tested each night and before a release, beside the gate: what takes minutes, with seeds drawn anew.
// Usage: npm run test:release [-- --ci], which takes fixed seeds and leaves out what has no place in CI's time.
// TEST_SEED=N draws as an earlier run did, which printed it.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const FIXED_SEED = 1;

const { values } = parseArgs({ options: { ci: { type: 'boolean', default: false } } });
const drawn = values.ci ? FIXED_SEED : Math.floor(Math.random() * 1e9);
const seed = String(process.env.TEST_SEED ?? drawn);

const jest = (...tiers) => ['npx', 'jest', '--selectProjects', ...tiers];
const script = (file) => [process.execPath, file, '--seed', seed];

const IN_CI = [['what takes minutes', jest('release')]];
const AT_NIGHT = [
  ['what is drawn at random, from other seeds', jest('unit', 'built')],
  ['npm run test:chaos', script('test/chaos/main.mjs')],
  ['npm run test:reduce', script('test/reduce/main.mjs')],
];

console.log(`TEST_SEED=${seed}`);
// All of them, so that one night tells all that is wrong.
const failed = [...IN_CI, ...(values.ci ? [] : AT_NIGHT)].filter(([name, [program, ...args]]) => {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, TEST_SEED: seed } });
  return status !== 0;
});

if (values.ci) for (const [name] of AT_NIGHT) console.log(`left out here: ${name}`);
for (const [name] of failed) console.log(`failed: ${name} (TEST_SEED=${seed})`);
process.exitCode = failed.length > 0 ? 1 : 0;
