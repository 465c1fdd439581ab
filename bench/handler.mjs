// Measures messages per second of an empty handler in warm workers, by how long SQS takes to answer, beside sqs-consumer,
// which calls the handler in its own process, on the same SQS. Also measures the time of an invocation, and the memory of a
// warm worker.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildsOf, startSqsConsumer, startWatcher, warmUp } from './consumers.mjs';
import { startSqs } from './fake-sqs.mjs';
import { invocationTimes } from './invocations.mjs';
import { compare, percentile } from './measure.mjs';
import { memoryMiB } from './processes.mjs';
import { consumerRow, inTurn } from './runs.mjs';

export const RUNS = 5;

const LATENCIES_MS = [0, 15];
const BATCH_SIZES = [1, 10];
const CONCURRENCIES = [1, 4, 10];
const INVOCATIONS = 5_000;

const BODY = '{"z":1}';

/** How a first run is sized. */
const expectedRate = (batchSize, latencyMs) => (1000 * batchSize) / (2 * latencyMs + batchSize);

export async function* measure(runs, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  const sqs = await startSqs();
  const bench = { sqs, folder, runs, seconds: 1, latency: LATENCIES_MS, ...options };
  try {
    for (const batchSize of options.batch ?? BATCH_SIZES) {
      for (const concurrency of options.concurrency ?? CONCURRENCIES)
        yield* await throughput(bench, { batchSize, concurrency });
    }
    yield* await invocations(folder);
  } finally {
    sqs.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Measures all consumers in turn, each with its own queue. */
async function throughput(bench, { batchSize, concurrency }) {
  const { sqs, folder, latency: latencies, warmUp: messages } = bench;
  const consumers = [{ build: 'sqs-consumer', ...(await startSqsConsumer(sqs, { batchSize })) }];
  for (const { build, layer } of buildsOf(bench))
    consumers.push({ build, ...(await startWatcher(sqs, { folder, layer, batchSize, concurrency })) });
  for (const consumer of consumers) await warmUp(consumer, { messages, body: BODY });
  const ways = latencies.flatMap((latencyMs) =>
    consumers.map(({ build, drain }) => [
      `${build} ${latencyMs}`,
      {
        expected: expectedRate(batchSize, latencyMs),
        run: (count) => drain(count, { latencyMs, body: BODY }),
      },
    ]),
  );
  const results = await inTurn(Object.fromEntries(ways), bench);
  await Promise.all(consumers.map(({ stop }) => stop()));
  return latencies.flatMap((latencyMs) =>
    consumers.map(({ build }) => {
      const of = (other) => results[`${other} ${latencyMs}`];
      const beside = {
        ...(build !== 'sqs-consumer' && { 'sqs-consumer': of('sqs-consumer') }),
        ...(build === 'watcher' && bench.against !== undefined && { 'the other build': of('against') }),
      };
      const what = build === 'sqs-consumer' ? `batch ${batchSize}` : `batch ${batchSize}, at ${concurrency}`;
      return consumerRow(`${build}, SQS ${latencyMs} ms, handler, ${what}`, of(build), beside);
    }),
  );
}

/** Measures a warm worker without a queue: time from event to answer, and memory. */
async function invocations(folder) {
  const { times, residentMiB } = await invocationTimes(INVOCATIONS, folder);
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const bareMiB = memoryMiB(bare.pid);
  bare.kill();
  const time = (name, share) => ({
    name: `an invocation, ${name}`,
    unit: 'ms',
    median: percentile(times, share),
    runs: INVOCATIONS,
  });
  const memory = compare(
    { base: [bareMiB], ours: [residentMiB] },
    { base: 'a bare node', ours: 'a warm worker' },
  );
  return [time('p50', 0.5), time('p99', 0.99), ...memory.map((row) => ({ ...row, unit: 'MiB' }))];
}
