// Measures messages per second of an empty handler in a warm worker, compared with sqs-consumer, which calls the
// handler in its own process, on the same emulator. Also measures the time of an invocation, and the memory of a warm
// worker.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { invocationTimes } from './invocations.mjs';
import { compare, median } from './measure.mjs';
import { memoryMiB } from './processes.mjs';
import { spawnHandler } from './watcher.mjs';

const here = import.meta.dirname;
const CREDENTIALS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' };

export const RUNS = 5;

const MESSAGES = 3_000;
/** After these, V8 has compiled what matters. */
const WARM_UP_MESSAGES = 3_000;
const BATCH_SIZES = [1, 10];
const INVOCATIONS = 5_000;

export async function measure(runs) {
  Object.assign(process.env, CREDENTIALS, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  const emulator = await startEmulator();
  try {
    const rows = [];
    for (const batchSize of BATCH_SIZES) rows.push(...(await throughput(runs, { emulator, batchSize })));
    rows.push(...(await invocations()));
    return rows;
  } finally {
    emulator.process.disconnect();
  }
}

/** Measures both consumers in turn, each with its own queue. */
async function throughput(runs, { emulator, batchSize }) {
  const consumers = {
    base: await startSqsConsumer(emulator, batchSize),
    ours: await startWatcher(emulator, batchSize),
  };
  const samples = { base: [], ours: [] };
  for (const consumer of Object.values(consumers)) await consumer.drain(WARM_UP_MESSAGES);
  for (let run = 0; run < runs; run += 1) {
    for (const [name, consumer] of Object.entries(consumers)) {
      samples[name].push((MESSAGES / (await consumer.drain(MESSAGES))) * 1000);
    }
  }
  Object.values(consumers).forEach(({ stop }) => stop());
  const at = `batch ${batchSize}`;
  const row = (name, rates) => ({ name: `${name}, ${at}`, unit: '/s', median: median(rates), runs });
  return [
    row('sqs-consumer in process', samples.base),
    {
      ...row('handler', samples.ours),
      ratio: median(samples.ours.map((rate, index) => rate / samples.base[index])),
      to: 'sqs-consumer',
    },
  ];
}

/** Starts a watcher that SIGSTOP pauses while its queue is filled, so that it begins with a backlog. */
async function startWatcher(emulator, batchSize) {
  const queueUrl = await createQueue(emulator);
  const child = spawnHandler(emulator.endpoint, { queueUrl, batchSize });
  const lines = createInterface({ input: child.stdout });
  await new Promise((resolve) => {
    lines.on('line', (line) => line.includes('watching') && resolve());
  });
  return {
    drain: async (count) => {
      child.kill('SIGSTOP');
      await fill(emulator, queueUrl, count);
      const done = new Promise((resolve) => {
        let left = count;
        lines.removeAllListeners('line').on('line', (line) => {
          if (line.includes('[success]')) left -= 1;
          if (left === 0) resolve();
        });
      });
      const begin = performance.now();
      child.kill('SIGCONT');
      await done;
      return performance.now() - begin;
    },
    stop: () => child.kill('SIGINT'),
  };
}

async function startSqsConsumer(emulator, batchSize) {
  const queueUrl = await createQueue(emulator);
  const child = fork(path.join(here, 'sqs-consumer.mjs'), [queueUrl, emulator.endpoint, batchSize]);
  await once(child, 'message');
  return {
    drain: async (messages) => {
      await fill(emulator, queueUrl, messages);
      const done = once(child, 'message');
      const begin = performance.now();
      child.send({ messages });
      await done;
      return performance.now() - begin;
    },
    stop: () => child.disconnect(),
  };
}

/** Measures a warm worker without a queue: time from event to answer, and memory. */
async function invocations() {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  const { times, residentMiB } = await invocationTimes(INVOCATIONS, folder).finally(() => {
    rmSync(folder, { recursive: true });
  });
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const bareMiB = memoryMiB(bare.pid);
  bare.kill();
  const at = (share) => times[Math.floor(times.length * share)];
  const time = (name, value) => ({
    name: `an invocation, ${name}`,
    unit: 'ms',
    median: value,
    runs: INVOCATIONS,
  });
  const memory = compare(
    { base: [bareMiB], ours: [residentMiB] },
    { base: 'a bare node', ours: 'a warm worker' },
  );
  return [time('p50', at(0.5)), time('p99', at(0.99)), ...memory.map((row) => ({ ...row, unit: 'MiB' }))];
}

async function startEmulator() {
  const child = fork(path.resolve(here, '../test/helpers/emulator-process.mjs'));
  const [{ endpoint }] = await once(child, 'message');
  return { process: child, endpoint, sqs: new SQSClient({ endpoint, useQueueUrlAsEndpoint: false }) };
}

let queues = 0;
async function createQueue({ sqs }) {
  queues += 1;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `bench-${queues}` }));
  return QueueUrl;
}

async function fill({ sqs }, QueueUrl, count) {
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, index) => ({
      Id: String(index),
      MessageBody: '{"z":1}',
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}
