// Measures messages per second of `command: true` in one task with a backlog, compared with Node's `spawn` of `sh -c
// true`, and with the system's limit. Also measures what the watcher itself needs for a message. SQS is a cheap fake in
// this process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeSqs } from './fake-sqs.mjs';
import { median } from './measure.mjs';
import { cpuMs, memoryMiB } from './processes.mjs';
import { spawnWatcher } from './watcher.mjs';

const here = import.meta.dirname;

export const RUNS = 11;

/** Few messages in many runs, since the machine may be slow for a while. */
const MESSAGES = 300;
/** A watcher runs for days, so it is measured after V8 has compiled its hot code, which takes about 10,000 messages. */
const WARM_UP_MESSAGES = 12_000;
const MANY_MESSAGES = 20_000;
/** After these, the heap has its final size. */
const SOME_MESSAGES = 2_000;
const CONCURRENCIES = [1, 2, 4, 8];
/** Concurrency for counting calls of SQS. */
const MOST_AT_ONCE = 10;

export async function measure(runs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  try {
    const limit = path.join(folder, 'posix-spawn');
    execFileSync('cc', ['-O2', '-o', limit, path.join(here, 'posix-spawn.c')]);
    const rows = [];
    for (const concurrency of CONCURRENCIES) rows.push(...(await throughput(runs, { concurrency, limit })));
    rows.push(...(await callsAndMemory()));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Measures everything in turn, so that other load of the machine affects all alike. */
async function throughput(runs, { concurrency, limit }) {
  const watcher = await startWatcher(concurrency);
  await watcher.sqs.drain(WARM_UP_MESSAGES);
  const spawner = path.join(here, 'node-spawn.mjs');
  let cpuPerMessage = 0;
  const ways = {
    node: () => timeOf(process.execPath, [spawner, MESSAGES, concurrency]),
    watcher: async () => {
      const before = cpuMs(watcher.pid);
      const ms = await watcher.sqs.drain(MESSAGES);
      cpuPerMessage = (cpuMs(watcher.pid) - before) / MESSAGES;
      return ms;
    },
    equipped: () => timeOf(limit, ['equipped', MESSAGES, concurrency]),
    bare: () => timeOf(limit, ['bare', MESSAGES, concurrency]),
  };
  const rates = { node: [], watcher: [], equipped: [], bare: [] };
  const cpu = [];
  for (let run = 0; run < runs + 1; run += 1) {
    for (const [name, measureOnce] of Object.entries(ways))
      rates[name].push((MESSAGES / (await measureOnce())) * 1000);
    cpu.push(cpuPerMessage);
  }
  watcher.stop();
  // The first round warms everything and does not count.
  [...Object.values(rates), cpu].forEach((samples) => samples.shift());
  return report({ rates, cpu, runs, at: `at ${concurrency}` });
}

function report({ rates, cpu, runs, at }) {
  const row = (name, samples, unit = '/s') => ({
    name: `${name}, ${at}`,
    unit,
    median: median(samples),
    runs,
  });
  const beside = (base, to) => ({
    ...row('watcher', rates.watcher),
    ratio: median(rates.watcher.map((rate, index) => rate / rates[base][index])),
    to,
  });
  return [
    row("Node's spawn", rates.node),
    row('posix_spawn, session and pipes', rates.equipped),
    row('posix_spawn, nothing else', rates.bare),
    beside('node', "Node's spawn"),
    beside('equipped', 'posix_spawn with session and pipes'),
    beside('bare', 'posix_spawn with nothing else'),
    row("the watcher's own CPU a message", cpu, 'ms'),
  ];
}

/** Measures calls of SQS for each message, and memory at the start, soon after, and at the end of one long run. */
async function callsAndMemory() {
  const watcher = await startWatcher(MOST_AT_ONCE);
  const idle = memoryMiB(watcher.pid);
  await watcher.sqs.drain(SOME_MESSAGES);
  const soon = memoryMiB(watcher.pid);
  await watcher.sqs.drain(MANY_MESSAGES - SOME_MESSAGES);
  const end = memoryMiB(watcher.pid);
  const { calls } = watcher.sqs;
  const callCount = Object.values(calls).reduce((sum, count) => sum + count, 0);
  watcher.stop();
  const row = (name, median, comparison = {}) => ({ name, unit: 'MiB', median, runs: 1, ...comparison });
  return [
    { name: `SQS calls a message, at ${MOST_AT_ONCE}`, unit: '', median: callCount / MANY_MESSAGES, runs: 1 },
    row('memory, idle', idle),
    row(`memory, after ${SOME_MESSAGES} messages`, soon, { ratio: soon / idle, to: 'idle' }),
    row(`memory, after ${MANY_MESSAGES} messages`, end, {
      ratio: end / soon,
      to: `after ${SOME_MESSAGES}`,
    }),
  ];
}

const timeOf = (program, args) => Number(execFileSync(program, args.map(String), { encoding: 'utf8' }));

/** Starts a watcher, and resolves when it polls, so that its start is not measured. */
async function startWatcher(concurrency) {
  const sqs = new FakeSqs();
  const endpoint = await sqs.listen();
  const environment = { PATH: process.env.PATH, WatchbotConcurrency: String(concurrency) };
  const child = spawnWatcher(endpoint, environment);
  while (sqs.calls.ReceiveMessage === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    pid: child.pid,
    sqs,
    stop: () => {
      child.kill('SIGKILL');
      sqs.close();
    },
  };
}
