import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CREDENTIALS, REGION } from './emulator.mjs';
import { own } from './owned.mjs';
import { killTree } from './processes.mjs';

export const BUNDLE = path.resolve(import.meta.dirname, '../../dist/layer/watcher.js');
const LINE = `. '${path.join(import.meta.dirname, 'worker.sh')}'`;

/** Short enough that messages of a killed watcher soon come back, long enough for heartbeats on a busy machine. */
const VISIBILITY_SECONDS = 10;

/** Starts the built watcher for a scenario. Each watcher has its own name in the ledger. */
export function createWatchers({ endpoint, queue, ledger, folder }) {
  const running = new Set();
  const all = [];
  let count = 0;
  /**
   * @param line shell line that is run for each message
   * @param group the group that all processes of the watcher belong to: see cgroup.mjs
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
      // Because of the IPC channel, the watcher stops if this process ends.
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
    // Written before the kill, so that it comes after all earlier lines of the ledger, and no later than the next tick.
    const recordKill = () => {
      watcher.isEnding = true;
      ledger.write('killed', name);
    };
    watcher.kill = async () => {
      recordKill();
      await watcher.dispose();
    };
    /** Kills the watcher, but nothing that it has started. */
    watcher.killAlone = async () => {
      recordKill();
      child.kill('SIGKILL');
      await watcher.ended;
    };
    // The watcher handles signals when it writes its first line. Before that, SIGTERM simply ends it, without a
    // message.
    watcher.isReady = () => statSync(logFile).size > 0;
    watcher.signal = (signal) => child.kill(signal);
    watcher.dispose = own(end);
    return watcher;
  };
  return {
    start,
    running: () => [...running],
    /** All watchers in the order in which they were started, including those that have ended. */
    all: () => [...all],
    /** Sends SIGINT to all: with it, a watcher does not wait for its poll of an empty queue. */
    stopAll: async () => {
      const left = [...running];
      left.forEach((watcher) => watcher.signal('SIGINT'));
      await Promise.all(left.map(({ ended }) => ended));
      return left;
    },
  };
}
