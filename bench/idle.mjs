// Measures what a watcher costs that has little to do: calls a minute after a burst, when nothing comes; then calls and
// starts of one message a second. All watchers wait side by side, each on its own queue.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildsOf, compile, startWatcher } from './consumers.mjs';
import { startSqs } from './fake-sqs.mjs';
import { percentile } from './measure.mjs';
import { cpuMs } from './processes.mjs';

export const RUNS = 1;

const LATENCY_MS = 15;
const CONCURRENCIES = [1, 16];
/** So many that code is compiled, and that the watcher has seen what a backlog is. */
const BURST = 300;
const BURST_GROUPS = 10;
const BODY = '{"ms":0}';
/** Three of the longest polls. */
const IDLE_MS = 60_000;
const TRICKLE_MESSAGES = 30;
const TRICKLE_MS = 1_000;

export async function* measure(runs, { concurrency = CONCURRENCIES, latency = [LATENCY_MS], ...options }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  const sqs = await startSqs();
  compile(folder, 'job');
  try {
    const latencyMs = latency.at(-1);
    const watchers = await startWatchers(sqs, { folder, options, concurrency });
    const burst = { latencyMs, body: BODY, groups: BURST_GROUPS };
    await Promise.all(watchers.map(({ drain }) => drain(BURST, burst)));
    for (let run = 0; run < runs; run += 1) {
      yield* await over(sqs, { watchers, what: 'idle' }, () => pause(IDLE_MS));
      yield* await over(sqs, { watchers, what: 'a message a second' }, () =>
        trickle(sqs, { watchers, latencyMs }),
      );
    }
    await Promise.all(watchers.map(({ stop }) => stop()));
  } finally {
    sqs.stop();
    rmSync(folder, { recursive: true });
  }
}

async function startWatchers(sqs, { folder, options, concurrency }) {
  const kinds = [
    { kind: 'command', command: 'job' },
    { kind: 'handler, batch 10', batchSize: 10 },
    { kind: 'command, FIFO', command: 'job', isFifo: true },
  ];
  const watchers = [];
  for (const { kind, ...rest } of kinds) {
    for (const atOnce of concurrency) {
      for (const { build, layer } of buildsOf(options)) {
        const watcher = await startWatcher(sqs, { folder, layer, concurrency: atOnce, ...rest });
        watchers.push({ name: `${build}, ${kind}, at ${atOnce}`, ...watcher });
      }
    }
  }
  return watchers;
}

/** Sends to one queue after another, so that no two messages come at once. */
async function trickle(sqs, { watchers, latencyMs }) {
  for (let sent = 0; sent < TRICKLE_MESSAGES; sent += 1) {
    for (const { queue } of watchers) {
      void sqs.send(queue, { body: BODY, latencyMs });
      await pause(TRICKLE_MS / watchers.length);
    }
  }
}

/** Measures what all watchers do while something else is done. */
async function over(sqs, { watchers, what }, act) {
  const lookAt = ({ queue, pid }) => sqs.counts(queue).then((counts) => ({ ...counts, cpuMs: cpuMs(pid) }));
  const before = await Promise.all(watchers.map(lookAt));
  const begin = performance.now();
  await act();
  const minutes = (performance.now() - begin) / 60_000;
  const after = await Promise.all(watchers.map(lookAt));
  return Promise.all(
    watchers.map(async ({ name, waitsOf }, index) => {
      const since = (valueOf) => valueOf(after[index]) - valueOf(before[index]);
      const handed = after[index].handedMs.slice(before[index].handedMs.length);
      return row(`${name}: ${what}`, {
        minutes,
        messages: handed.length,
        waitsMs: await waitsOf(handed),
        receives: since(({ calls }) => calls.ReceiveMessage ?? 0),
        empty: since(({ emptyReceives }) => emptyReceives),
        all: since(({ calls }) => Object.values(calls).reduce((sum, count) => sum + count, 0)),
        cpu: since((counts) => counts.cpuMs),
      });
    }),
  );
}

function row(name, { minutes, messages, waitsMs, receives, empty, all, cpu }) {
  const sorted = waitsMs.sort((a, b) => a - b);
  return {
    name,
    unit: 'receives a minute',
    median: receives / minutes,
    runs: 1,
    details: {
      'of them empty': empty / minutes,
      ...(messages > 0 && { 'calls a message': all / messages }),
      ...(sorted.length > 0 && {
        'start p50 ms': percentile(sorted, 0.5),
        'p99 ms': percentile(sorted, 0.99),
      }),
      'ms of CPU a minute': cpu / minutes,
    },
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
