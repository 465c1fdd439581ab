// Measures messages per second of short commands from a FIFO queue, by how many groups its messages have, beside one message
// at a time: the watcher itself at concurrency 1, and sqs-consumer. SQS delivers by AWS's rule: as many of one group as it
// can.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildsOf, compile, startSqsConsumer, startWatcher, warmUp } from './consumers.mjs';
import { startSqs } from './fake-sqs.mjs';
import { consumerRow, inTurn } from './runs.mjs';

export const RUNS = 5;

const LATENCIES_MS = [0, 15];
const GROUPS = [1, 10, 100];
const CONCURRENCIES = [4, 16];

/** In each group, so that it is not empty before a run is over. */
const BACKLOG = 20;

const BODY = '{"ms":0}';
const WARM_UP_MESSAGES = 2_000;
const WARM_UP_GROUPS = 100;

/** Of one message at a time. */
const expectedRate = (latencyMs) => 1000 / (3 * latencyMs + 2);

export async function* measure(runs, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  const sqs = await startSqs();
  const bench = { sqs, folder, runs, seconds: 1, warmUp: WARM_UP_MESSAGES, ...options };
  compile(folder, 'job');
  try {
    const consumers = await startConsumers(bench);
    for (const groups of options.groups ?? GROUPS) {
      for (const latencyMs of options.latency ?? LATENCIES_MS)
        yield* await throughput(bench, { consumers, groups, latencyMs });
    }
    await Promise.all(consumers.map(({ stop }) => stop()));
  } finally {
    sqs.stop();
    rmSync(folder, { recursive: true });
  }
}

/** All at once: who has nothing to do waits for messages. Concurrency 1 is always among them. */
async function startConsumers(bench) {
  const { sqs, folder, concurrency = CONCURRENCIES, warmUp: messages } = bench;
  const command = `${folder}/job ${folder}/none`;
  const consumers = [
    { name: ONE_BY_ONE, ...(await startSqsConsumer(sqs, { batchSize: 1, command, isFifo: true })) },
  ];
  for (const atOnce of new Set([1, ...concurrency])) {
    for (const { build, layer } of buildsOf(bench)) {
      const options = { folder, layer, command: 'job', concurrency: atOnce, isFifo: true };
      const watcher = await startWatcher(sqs, options);
      await warmUp(watcher, { messages, body: BODY, groups: WARM_UP_GROUPS });
      consumers.push({ name: nameOf(build, atOnce), build, atOnce, ...watcher });
    }
  }
  return consumers;
}

const ONE_BY_ONE = 'sqs-consumer, one by one';
const nameOf = (build, atOnce) => `${build} at ${atOnce}`;

/** Measures all consumers in turn. */
async function throughput(bench, { consumers, groups, latencyMs }) {
  const ways = consumers.map(({ name, drain }) => [
    name,
    {
      expected: expectedRate(latencyMs),
      run: (count) => drain(count, { latencyMs, body: BODY, groups, backlog: groups * BACKLOG }),
    },
  ]);
  const results = await inTurn(Object.fromEntries(ways), bench);
  return consumers.map(({ name, build, atOnce }) => {
    const others = [
      ...(name === ONE_BY_ONE ? [] : [ONE_BY_ONE]),
      ...(atOnce > 1 ? [nameOf(build, 1)] : []),
      ...(build === 'watcher' && bench.against !== undefined
        ? [...new Set([nameOf('against', 1), nameOf('against', atOnce)])]
        : []),
    ];
    const beside = Object.fromEntries(others.map((other) => [other, results[other]]));
    return consumerRow(`${name}, SQS ${latencyMs} ms, FIFO, ${groups} groups`, results[name], beside);
  });
}
