// Processes messages while things go wrong, and counts what happened to each message from a ledger that workers write.
// Usage: npm run test:chaos [-- [--seed N] [--only NAME,…] [--messages N] [--minutes M] [--short] [--keep]]
import Table from 'cli-table3';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endOwned } from './owned.mjs';
import { startRun } from './run.mjs';
import { SCENARIOS } from './scenarios/index.mjs';
import { BUNDLE } from './watchers.mjs';

/**
 * Each scenario gets as many of its messages done as the time allows. On two idle processors, the last two scenarios
 * did all 20,000; on busy ones, try `--minutes 16`.
 */
const DEFAULTS = { messages: 20_000, minutes: 8 };
/** A run that is short enough for CI: it shows that the harness works, and ends a few watchers. */
const SHORT = { messages: 600, minutes: 2, only: 'proxy,fifo,sigkill,sigterm', outageSeconds: 4 };
const OUTAGE_SECONDS = 20;
/** Time after the run to empty the queue, and then to end what still runs. */
const GRACE_SECONDS = { drain: 20, end: 40 };

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const options = readOptions();
const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-chaos-'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(130));
process.on('uncaughtException', (error) => {
  console.error(error);
  void stop(1);
});

// Even if something hangs, the run ends after this time.
setTimeout(
  () => {
    console.error(`not over after ${options.minutes} minutes and ${GRACE_SECONDS.end} s`);
    void stop(1);
  },
  (options.minutes * 60 + GRACE_SECONDS.end) * 1000,
);

console.log(`seed ${options.seed}, ${options.messages} messages, ${cpus().length} processors`);
const results = [];
for (const scenario of options.scenarios) results.push(await play(scenario));
printTable(results);
await stop(results.some(({ problems }) => problems.length > 0) ? 1 : 0);

function readOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    options: { seed: text, only: text, messages: text, minutes: text, short: flag, keep: flag },
  });
  const given = { ...DEFAULTS, outageSeconds: OUTAGE_SECONDS, ...(values.short ? SHORT : {}), ...values };
  const only = given.only?.split(',') ?? Object.keys(SCENARIOS);
  const unknown = only.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0)
    fail(`no scenario ${unknown.join(', ')}: there are ${Object.keys(SCENARIOS).join(', ')}`);
  // Scenarios run in their own order, not in that of `--only`: those that take all remaining time come last.
  const scenarios = Object.entries(SCENARIOS)
    .filter(([name]) => only.includes(name))
    .map(([name, scenario]) => ({ name, ...scenario }));
  const numbers = { seed: given.seed ?? Math.floor(Math.random() * 1e6), ...given };
  for (const name of ['seed', 'messages', 'minutes']) {
    numbers[name] = Number(numbers[name]);
    if (!(numbers[name] >= 0)) fail(`--${name} is no number`);
  }
  if (!existsSync(BUNDLE)) fail(`${BUNDLE} is missing: npm run build`);
  return { ...numbers, scenarios };
}

function fail(text) {
  console.error(text);
  process.exit(2);
}

/** The scenario's share of the remaining time, in proportion to the scenarios after it. */
function secondsFor(scenario) {
  const { scenarios } = options;
  const after = scenarios.slice(scenarios.indexOf(scenario));
  const sum = after.reduce((all, { timeShare }) => all + timeShare, 0);
  return (secondsLeft() * scenario.timeShare) / sum;
}

function secondsLeft() {
  return options.minutes * 60 - performance.now() / 1000;
}

async function play(scenario) {
  const { name, play, messageShare, leastMessages = 20, queue } = scenario;
  const messages = Math.max(leastMessages, Math.round(options.messages * messageShare));
  try {
    const { seed, outageSeconds, short: isShort } = options;
    const times = { seconds: secondsFor(scenario), mostSeconds: secondsLeft() + GRACE_SECONDS.drain };
    const run = await startRun({ name, seed, messages, queue: queue?.(isShort), ...times, folder });
    return await play(Object.assign(run, { outageSeconds, isShort }));
  } catch (error) {
    return { name, problems: [error.stack] };
  } finally {
    await endOwned();
  }
}

function printTable(rows) {
  const counts = ['messages', 'done', 'lost', 'left', 'dead', 'twice', 'explained', 'receives', 'kills'];
  const table = new Table({
    head: ['scenario', ...counts, 'requests/s', 'per message', 's', 'verdict'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const rates = [row.requestsPerSecond, row.perMessage, row.seconds];
    const numbers = rates.map((rate, index) => rate?.toFixed(index === 1 ? 2 : 0) ?? '');
    const verdict = row.skipped ? 'skipped' : row.problems.length > 0 ? 'FAILED' : 'ok';
    table.push([row.name, ...counts.map((name) => row[name] ?? ''), ...numbers, verdict]);
  }
  console.log(table.toString());
  for (const { name, notes = [], problems, skipped } of rows) {
    for (const note of notes) console.log(`${name}: ${note}`);
    if (skipped) console.log(`${name}: skipped: ${skipped}`);
    for (const problem of problems) console.log(`${name}: FAILED: ${problem}`);
  }
}

/** Ends everything and exits. Ledgers and logs are kept if something failed. */
async function stop(code) {
  await endOwned();
  if (code === 1 || options.keep) console.log(`ledgers and logs: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
