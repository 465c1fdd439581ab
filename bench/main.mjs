// Runs the benchmarks. Each compares things in the same run, so that ratios count, not times.
// Usage: npm run bench [-- [NAME …] [OPTION …]]; `options.mjs` has the options.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import * as fifo from './fifo.mjs';
import * as handler from './handler.mjs';
import * as idle from './idle.mjs';
import * as install from './install.mjs';
import * as layer from './layer.mjs';
import { parseOptions } from './options.mjs';
import * as packaging from './package.mjs';
import * as progress from './progress.mjs';
import * as scaling from './scaling.mjs';
import * as start from './start.mjs';
import * as throughput from './throughput.mjs';

const BENCHES = {
  install,
  layer,
  start,
  throughput,
  handler,
  fifo,
  idle,
  progress,
  package: packaging,
  scaling,
};

const short = (value) => value.toFixed(value < 10 ? 2 : 1);

const range = ({ least, most }) =>
  least === undefined ? '' : ` (${least.toFixed(2)} to ${most.toFixed(2)})`;

const { names, json, runs, options } = parseOptions(process.argv.slice(2), Object.keys(BENCHES));
const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0]}`;
console.log(`${machine}; medians of runs in turn, and of their ratios (the least to the most)`);
const rows = [];
for (const [name, { RUNS, measure }] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  // Some give rows as they have them, others at the end.
  for await (const row of await measure(runs ?? RUNS, options)) {
    rows.push({ bench: name, ...row });
    print(row);
  }
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);

function print({ name, unit, median, runs: count, ratio, to, ratios = [{ ratio, to }], details = {} }) {
  const comparisons = ratios.filter((each) => each.ratio !== undefined);
  const texts = comparisons.map((each) => `${each.ratio.toFixed(2)}${range(each)} × ${each.to}`);
  const extras = Object.entries(details).map(([what, value]) => `${short(value)} ${what}`);
  const rest = [texts.join(', '), extras.join(', ')].filter((text) => text !== '').join('; ');
  console.log(`${name.padEnd(48)} ${short(median).padStart(8)} ${unit}  (${count} runs)  ${rest}`.trimEnd());
}
