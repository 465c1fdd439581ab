import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CREDENTIALS, REGION } from './emulator.mjs';
import { own } from './owned.mjs';
import { killTree } from './processes.mjs';

export const BUNDLE = path.resolve(import.meta.dirname, '../../dist/layer/watcher.js');
const LINE = `. '${path.join(import.meta.dirname, 'worker.sh')}'`;

/** Short, so that what a killed watcher held soon comes back; long enough for heartbeats on a busy machine. */
export const VISIBILITY_SECONDS = 10;

/** Watchers of one scenario: the built bundle, each with a name of its own in the ledger. */
export function createWatchers({ endpoint, queue, ledger, folder }) {
  const running = new Set();
  const all = [];
  let count = 0;
  /**
   * @param line for the shell, of each message
   * @param group of processes to which all of it belongs: see cgroup.mjs
   */
  const start = ({
    concurrency,
    environment = {},
    nodeArguments = [],
    line = LINE,
    bundle = BUNDLE,
    group,
  }) => {
    count += 1;
    const name = `watcher-${count}`;
    const temporary = path.join(folder, name);
    mkdirSync(temporary);
    const logFile = path.join(folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const words = [...(group?.enter ?? []), process.execPath, ...nodeArguments, bundle, 'listen', line];
    const child = spawn(words[0], words.slice(1), {
      env: {
        PATH: process.env.PATH,
        TMPDIR: temporary,
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        QueueUrl: queue.url,
        Fifo: String(queue.isFifo),
        WatchbotConcurrency: String(concurrency),
        WatchbotVisibilityTimeout: String(VISIBILITY_SECONDS),
        CHAOS_LEDGER: ledger.file,
        CHAOS_WATCHER: name,
        ...environment,
      },
      // With a channel, it also stops by itself when this process is gone.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const watcher = { name, pid: child.pid, logFile, group, log: () => readFileSync(logFile, 'utf8') };
    running.add(watcher);
    all.push(watcher);
    watcher.ended = once(child, 'exit').then(([code, signal]) => {
      running.delete(watcher);
      watcher.end = signal ?? code;
      return watcher.end;
    });
    const end = async () => {
      if (running.has(watcher)) killTree(child.pid);
      await group?.kill();
      await watcher.ended;
    };
    // Written first: the kill comes after all that is in the ledger by then, and no later than at the next tick.
    const tell = () => {
      watcher.isEnding = true;
      ledger.write('killed', name);
    };
    watcher.kill = async () => {
      tell();
      await watcher.dispose();
    };
    /** The watcher, and nothing that it has started. */
    watcher.killAlone = async () => {
      tell();
      child.kill('SIGKILL');
      await watcher.ended;
    };
    // Its first line comes with its handlers of signals; before that, SIGTERM just ends it, with nothing in hand.
    watcher.isReady = () => statSync(logFile).size > 0;
    watcher.signal = (signal) => child.kill(signal);
    watcher.dispose = own(end);
    return watcher;
  };
  return {
    start,
    running: () => [...running],
    /** Also those that have ended, in the order in which they were started. */
    all: () => [...all],
    /** SIGINT: a poll on an empty queue is not waited for. */
    stopAll: async () => {
      const left = [...running];
      left.forEach((watcher) => watcher.signal('SIGINT'));
      await Promise.all(left.map(({ ended }) => ended));
      return left;
    },
  };
}
