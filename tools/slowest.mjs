// Tells which test files take longest, by what each took when it last ran here. Usage: npm run slowest [-- 40]
import Table from 'cli-table3';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { TIMES } = createRequire(import.meta.url)('../test/helpers/count-reporter.js');
const most = Number(process.argv[2] ?? 20);

if (!existsSync(TIMES)) {
  console.error('no test has run here yet: npm test');
  process.exit(1);
}
// A file that has another name now, or none, is not told.
const times = Object.entries(JSON.parse(readFileSync(TIMES, 'utf8'))).filter(([file]) => existsSync(file));

const files = new Table({ head: ['seconds', 'tests', 'tier', 'file'], style: { head: [], border: [] } });
for (const [file, { tier, seconds, tests }] of times
  .sort(([, a], [, b]) => b.seconds - a.seconds)
  .slice(0, most)) {
  files.push([seconds.toFixed(1), tests, tier, file]);
}
console.log(files.toString());
for (const tier of ['unit', 'built', 'release']) {
  const own = times.filter(([, each]) => each.tier === tier);
  const seconds = own.reduce((all, [, each]) => all + each.seconds, 0);
  console.log(`${tier}: ${own.length} files, ${Math.round(seconds)} s of them one after another`);
}
