// Kills workers of jobs in reduce mode all the time, and checks by their ledger that each job is reduced once, and with
// all of its parts. Usage: npm run test:reduce [-- [--seed N] [--only NAME,…] [--parts N] [--workers N] [--lease S]
// [--keep]]
import Table from 'cli-table3';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endOwned } from '../chaos/owned.mjs';
import { PROGRESS } from './dynamodb.mjs';
import { playJob } from './run.mjs';

/** The lease is short, since the next worker waits for its end. The table says how many workers were slower. */
const DEFAULTS = { parts: 1_000, workers: 20, lease: 5 };
/** Even if something hangs, the run ends after this time. */
const MOST_MINUTES = 15;

/**
 * killShare: share of workers that are killed. twiceShare: share of messages that two workers receive. accidents: where
 * the workers that get the answer `true` are killed, one after the other. partsShare: share of `--parts`.
 */
const SCENARIOS = {
  kills: { killShare: 0.4, twiceShare: 0.03, accidents: ['before-send'], totalOptions: '' },
  shards: {
    killShare: 0.4,
    twiceShare: 0.03,
    accidents: ['before-send', 'before-send'],
    totalOptions: '--sharded',
  },
  sent: { killShare: 0.1, twiceShare: 0.03, accidents: ['after-send'], totalOptions: '', partsShare: 0.05 },
};

const options = readOptions();
const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-reduce-'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(130));
process.on('uncaughtException', (error) => {
  console.error(error);
  void stop(1);
});
setTimeout(() => {
  console.error(`not over after ${MOST_MINUTES} minutes`);
  void stop(1);
}, MOST_MINUTES * 60_000);

const { seed, parts, workers, lease: leaseSeconds, only } = options;
console.log(`seed ${seed}, ${parts} parts, ${workers} workers at once, ${cpus().length} processors`);
const rows = [];
for (const name of only) {
  const { partsShare = 1, ...scenario } = SCENARIOS[name];
  const total = Math.max(1, Math.round(parts * partsShare));
  rows.push(await playJob({ name, seed, total, workers, leaseSeconds, folder, ...scenario }));
}
printTable();
await stop(rows.some(({ problems }) => problems.length > 0) ? 1 : 0);

function readOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    options: { seed: text, only: text, parts: text, workers: text, lease: text, keep: flag },
  });
  const only = values.only?.split(',') ?? Object.keys(SCENARIOS);
  const unknown = only.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0)
    fail(`no scenario ${unknown.join(', ')}: there are ${Object.keys(SCENARIOS).join(', ')}`);
  const given = { seed: Math.floor(Math.random() * 1e6), ...DEFAULTS, ...values, only };
  for (const name of ['seed', 'parts', 'workers', 'lease']) {
    given[name] = Number(given[name]);
    const least = name === 'seed' ? 0 : 1;
    if (!Number.isInteger(given[name]) || given[name] < least)
      fail(`--${name} is no whole number from ${least}`);
  }
  if (!existsSync(PROGRESS)) fail(`${PROGRESS} is missing: npm run build`);
  return given;
}

function fail(text) {
  console.error(text);
  process.exit(2);
}

function printTable() {
  const counts = ['parts', 'done', 'runs', 'kills', 'trues', 'slow', 'reduces'];
  const table = new Table({
    head: ['scenario', ...counts, 's', 'verdict'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const verdict = row.problems.length > 0 ? 'FAILED' : 'ok';
    table.push([row.name, ...counts.map((name) => row[name]), row.seconds.toFixed(0), verdict]);
  }
  console.log(table.toString());
  for (const { name, problems } of rows)
    for (const problem of problems) console.log(`${name}: FAILED: ${problem}`);
}

/** Ends everything and exits. Ledgers are kept if something failed. */
async function stop(code) {
  await endOwned();
  if (code === 1 || options.keep) console.log(`ledgers: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
