// What drains a queue of the bench's SQS: watchers of one build or two, and sqs-consumer. What is measured of it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cpuMs, familyCpuMs, memoryMiB } from './processes.mjs';
import { findLayer, spawnHandler, spawnWatcher } from './watcher.mjs';

const here = import.meta.dirname;

/** A watcher runs for days, so it is measured after V8 has compiled its hot code, which takes about 10,000 messages. */
const WARM_UP_MESSAGES = 12_000;
const WARM_UP_STEP = 1_000;
/** Where messages take longer, much of that code is not what counts. */
const WARM_UP_MS = 10_000;

/** The builds that are compared: this one, and the one that `--against` names. */
export const buildsOf = ({ layer, against }) => [
  { build: 'watcher', layer: findLayer(layer) },
  ...(against === undefined ? [] : [{ build: 'against', layer: findLayer(against) }]),
];

let queues = 0;
const newQueue = (isFifo) => `bench-${(queues += 1)}${isFifo ? '.fifo' : ''}`;

/** Compiles a program of this folder. Without libraries to load, it starts faster. */
export function compile(folder, name) {
  const program = path.join(folder, name);
  execFileSync('cc', ['-O2', '-static', '-o', program, path.join(here, `${name}.c`)]);
  return program;
}

/**
 * Starts a watcher, and resolves when it polls, so that its start is not measured.
 * @param folder where it notes when its workers start
 * @param command `true`, or `job`: `job.c`, which takes as long as the message says; absent if `batchSize` is given
 * @param batchSize a handler's
 */
export async function startWatcher(sqs, { folder, layer, command, batchSize, concurrency, isFifo = false }) {
  const queue = newQueue(isFifo);
  const queueUrl = sqs.queueUrl(queue);
  const stamps = path.join(folder, queue);
  writeFileSync(stamps, '');
  const environment = { WatchbotConcurrency: String(concurrency), BENCH_STAMPS: stamps };
  const child =
    command === undefined
      ? spawnHandler(sqs.endpoint, {
          queueUrl,
          layer,
          handler: 'stamp.handler',
          environment: { ...environment, WatchbotBatchSize: String(batchSize) },
        })
      : spawnWatcher(sqs.endpoint, {
          queueUrl,
          layer,
          command: command === 'job' ? `${folder}/job ${stamps}` : command,
          environment,
        });
  await sqs.polled(queue);
  const hasStamps = command !== 'true';
  return {
    pid: child.pid,
    queue,
    drain: (count, options) =>
      drainMeasured(sqs, { child, queue, count, options, stamps: hasStamps && stamps }),
    /** When messages were handed out, as SQS noted it, and until their workers had started. */
    waitsOf: async (handedMs) => waits(await stampsOf(stamps, handedMs.length), new Map(handedMs)),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Lets V8 compile what is hot, with an SQS that answers at once. */
export async function warmUp({ drain }, { messages = WARM_UP_MESSAGES, ...options } = {}) {
  const end = performance.now() + WARM_UP_MS;
  for (let done = 0; done < messages && performance.now() < end; done += WARM_UP_STEP)
    await drain(Math.min(WARM_UP_STEP, messages), options);
}

/** Starts sqs-consumer, which runs its handler in its own process. With `--spawn` the handler runs a command. */
export async function startSqsConsumer(sqs, { batchSize, command = '', isFifo = false }) {
  const queue = newQueue(isFifo);
  const words = [sqs.queueUrl(queue), sqs.endpoint, batchSize, command].map(String);
  const child = spawn(process.execPath, [path.join(here, 'sqs-consumer.mjs'), ...words], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await sqs.polled(queue);
  return {
    pid: child.pid,
    drain: (count, options) => drainMeasured(sqs, { child, queue, count, options }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** @param stamps the file in which workers note their starts, if they do */
async function drainMeasured(sqs, { child, queue, count, options, stamps }) {
  if (stamps) writeFileSync(stamps, '');
  const cpu = () => ({ own: cpuMs(child.pid), family: familyCpuMs(child.pid), sqs: cpuMs(sqs.pid) });
  const before = cpu();
  const { ms, deleted, calls, firstIndex, handedMs } = await sqs.drain(queue, { count, ...options });
  const after = cpu();
  const started = stamps ? await stampsOf(stamps, deleted) : new Map();
  const each = (name) => (after[name] - before[name]) / deleted;
  return {
    rate: (count / ms) * 1000,
    calls: Object.values(calls).reduce((sum, number) => sum + number, 0) / deleted,
    cpuMs: each('own'),
    familyCpuMs: each('family'),
    sqsCpuMs: each('sqs'),
    memoryMiB: memoryMiB(child.pid),
    waitsMs: waits(started, new Map(handedMs)),
    outOfOrder: outOfOrder([...started.keys()], { firstIndex, groups: options.groups }),
  };
}

/** From the answer that brought a message until its worker had started. */
const waits = (started, handedMs) =>
  [...started].filter(([index]) => handedMs.has(index)).map(([index, ms]) => ms - handedMs.get(index));

/** Handlers write their notes a little later. */
const STAMPS_MS = 1_000;
const LOOK_MS = 10;

/** @returns first starts by the messages' indices, in the order in which they were noted */
async function stampsOf(file, count) {
  const end = performance.now() + STAMPS_MS;
  for (;;) {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    if (lines.length >= count || performance.now() > end) {
      const starts = new Map();
      for (const line of lines) {
        const [id, ms] = line.split(' ');
        const index = Number(id.split('-').at(-1));
        if (!starts.has(index)) starts.set(index, Number(ms));
      }
      return starts;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** @returns how many messages began before an earlier one of their group had */
function outOfOrder(indices, { firstIndex, groups }) {
  if (groups === undefined) return 0;
  const last = new Map();
  return indices.filter((index) => {
    const group = (index - firstIndex) % groups;
    const isLate = index < (last.get(group) ?? 0);
    last.set(group, Math.max(index, last.get(group) ?? 0));
    return isLate;
  }).length;
}
