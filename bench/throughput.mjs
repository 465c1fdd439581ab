// Measures messages per second of commands in one task with a backlog, by how long SQS takes to answer, beside Node's
// `spawn` and the system's limit, which have no queue. A command of 0 ms is `true`; others are `job.c`, a small program that
// sleeps. SQS is a process of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildsOf, compile, startWatcher, warmUp } from './consumers.mjs';
import { startSqs } from './fake-sqs.mjs';
import { memoryMiB } from './processes.mjs';
import { consumerRow, inTurn, rowOf } from './runs.mjs';

export const RUNS = 5;

const CONCURRENCIES = [1, 2, 4, 8, 16, 50];
const COMMANDS_MS = [0, 5, 100];
const LATENCIES_MS = [0, 15];

/** After these, the heap has its final size. */
const SOME_MESSAGES = 2_000;
const MANY_MESSAGES = 20_000;
/** Concurrency for what memory a long run needs. */
const MEMORY_AT = 10;

/** How a first run of a way is sized: the machine's time for a message, and what else it takes. */
const OWN_MS = 2;
const expectedRate = (concurrency, ms) => Math.min(500, (concurrency * 1000) / (ms + OWN_MS));

export async function* measure(runs, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  const sqs = await startSqs();
  const bench = { sqs, folder, runs, seconds: 1, latency: LATENCIES_MS, ...options };
  compile(folder, 'job');
  bench.limit = compile(folder, 'posix-spawn');
  try {
    for (const ms of options.command ?? COMMANDS_MS) {
      for (const concurrency of options.concurrency ?? CONCURRENCIES)
        yield* await throughput(bench, { ms, concurrency });
    }
    if (options.command === undefined && options.concurrency === undefined) yield* await memory(bench);
  } finally {
    sqs.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Measures everything in turn, so that other load of the machine affects all alike. */
async function throughput(bench, { ms, concurrency }) {
  const { folder, latency: latencies } = bench;
  const command = ms === 0 ? 'true' : 'job';
  const watchers = await startWatchers(bench, { command, concurrency });
  const shell = ms === 0 ? 'true' : `${folder}/job ${folder}/none`;
  const rival = (program, ...words) => ({
    expected: expectedRate(concurrency, ms),
    run: (count) => timeOf(program, [...words, count, concurrency, shell], { count, ms }),
  });
  const results = await inTurn(
    {
      node: rival(process.execPath, path.join(import.meta.dirname, 'node-spawn.mjs')),
      equipped: rival(bench.limit, 'equipped'),
      bare: rival(bench.limit, 'bare'),
      ...drains(watchers, { latencies, ms, concurrency }),
    },
    bench,
  );
  await Promise.all(watchers.map(({ stop }) => stop()));
  const at = `${ms} ms, at ${concurrency}`;
  return [
    rowOf(`Node's spawn, ${at}`, results.node),
    rowOf(`posix_spawn, session and pipes, ${at}`, results.equipped),
    rowOf(`posix_spawn, nothing else, ${at}`, results.bare),
    ...watcherRows(watchers, { latencies, results, at }),
    ...(ms === 0 ? await starts(bench, { concurrency }) : []),
  ];
}

/** `true` does not tell when it starts: another command does. */
async function starts(bench, { concurrency }) {
  const { latency: latencies, runs } = bench;
  const watchers = await startWatchers(bench, { command: 'job', concurrency, messages: SOME_MESSAGES });
  const few = { ...bench, runs: Math.min(2, runs) };
  const results = await inTurn(drains(watchers, { latencies, ms: 0, concurrency }), few);
  await Promise.all(watchers.map(({ stop }) => stop()));
  return watchers.flatMap(({ build }) =>
    latencies.map((latencyMs) => {
      const row = consumerRow('', results[`${build} ${latencyMs}`]);
      return { ...row, name: `${build} with job.c, SQS ${latencyMs} ms, 0 ms, at ${concurrency}` };
    }),
  );
}

const drains = (watchers, { latencies, ms, concurrency }) =>
  Object.fromEntries(
    latencies.flatMap((latencyMs) =>
      watchers.map(({ build, drain }) => [
        `${build} ${latencyMs}`,
        {
          expected: expectedRate(concurrency, ms + latencyMs),
          run: (count) => drain(count, { latencyMs, body: bodyOf(ms) }),
        },
      ]),
    ),
  );

function watcherRows(watchers, { latencies, results, at }) {
  const { node, equipped, bare } = results;
  const rivals = {
    "Node's spawn": node,
    'posix_spawn with session and pipes': equipped,
    'posix_spawn with nothing else': bare,
  };
  return latencies.flatMap((latencyMs) =>
    watchers.map(({ build }) => {
      const other = results[`against ${latencyMs}`];
      const beside =
        build === 'watcher' && other !== undefined ? { ...rivals, 'the other build': other } : rivals;
      return consumerRow(`${build}, SQS ${latencyMs} ms, ${at}`, results[`${build} ${latencyMs}`], beside);
    }),
  );
}

const bodyOf = (ms) => JSON.stringify({ ms });

async function startWatchers(bench, { command, concurrency, messages = bench.warmUp }) {
  const { sqs, folder } = bench;
  const watchers = [];
  for (const { build, layer } of buildsOf(bench)) {
    const watcher = await startWatcher(sqs, { folder, layer, command, concurrency });
    await warmUp(watcher, { messages, body: bodyOf(0) });
    watchers.push({ build, ...watcher });
  }
  return watchers;
}

/** Measures memory at the start, soon after, and at the end of one long run. */
async function memory(bench) {
  const { sqs, folder } = bench;
  const rows = [];
  for (const { build, layer } of buildsOf(bench)) {
    const watcher = await startWatcher(sqs, { folder, layer, command: 'true', concurrency: MEMORY_AT });
    const idle = memoryMiB(watcher.pid);
    const { memoryMiB: soon } = await watcher.drain(SOME_MESSAGES, {});
    const { memoryMiB: end } = await watcher.drain(MANY_MESSAGES - SOME_MESSAGES, {});
    await watcher.stop();
    const row = (name, median, ratios = []) => ({
      name: `${build}, memory ${name}`,
      unit: 'MiB',
      median,
      runs: 1,
      ratios,
    });
    const [first, last] = [`after ${SOME_MESSAGES} messages`, `after ${MANY_MESSAGES} messages`];
    rows.push(
      row('idle', idle),
      row(first, soon, [{ ratio: soon / idle, to: 'idle' }]),
      row(last, end, [{ ratio: end / soon, to: first }]),
    );
  }
  return rows;
}

function timeOf(program, args, { count, ms }) {
  const env = { PATH: process.env.PATH, Message: bodyOf(ms) };
  const took = Number(execFileSync(program, args.map(String), { encoding: 'utf8', env }));
  return { rate: (count / took) * 1000 };
}
