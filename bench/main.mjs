// Runs the benchmarks. Each compares things in the same run, so that ratios count, not times.
// Usage: npm run bench [-- [NAME …] [--runs N] [--json FILE]]
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as handler from './handler.mjs';
import * as install from './install.mjs';
import * as packaging from './package.mjs';
import * as progress from './progress.mjs';
import * as scaling from './scaling.mjs';
import * as start from './start.mjs';
import * as throughput from './throughput.mjs';

const BENCHES = { install, start, throughput, handler, progress, package: packaging, scaling };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(1);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, medians of runs in turn`);
const rows = [];
for (const [name, { RUNS, measure }] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  for (const row of await measure(Number(values.runs ?? RUNS))) {
    rows.push({ bench: name, ...row });
    print(row);
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);

function print({ name, unit, median, runs, ratio, to }) {
  const comparison = ratio === undefined ? '' : `${ratio.toFixed(2)} × ${to}`;
  const line = `${name.padEnd(36)} ${median.toFixed(median < 10 ? 2 : 1).padStart(8)} ${unit}  (${runs} runs)  ${comparison}`;
  console.log(line.trimEnd());
}
