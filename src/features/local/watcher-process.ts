import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WATCHER_NODE_OPTIONS } from '../../contract/image';

/** A watcher that runs on this machine as ECS would run it, and is started again when it ends after one job. */
export interface WatcherProcess {
  /** Tells it to stop; resolves when it has, with nothing in hand. */
  stop(): Promise<void>;
  /** Lets it replace its warm workers, each when it is idle. */
  reload(): void;
  /** Kills its workers; then it ends by itself. */
  kill(): void;
  /** Rejects when it ends although nobody stopped it. */
  failed: Promise<never>;
}

/** A watcher that was told twice and goes on for this long is ended. */
const KILL_AFTER_MS = 15_000;

export function startWatcher(parts: {
  watcherFile: string;
  /** Of the container: `listen …`. */
  arguments: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  workingFolder: string;
  onLine: (line: string) => void;
}): WatcherProcess {
  let isStopping = false;
  let child = launch(parts);
  const failed = superviseUntilFailure();
  failed.catch(() => undefined);

  async function superviseUntilFailure(): Promise<never> {
    for (;;) {
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (isStopping) return new Promise(() => undefined);
      if (code !== 0) throw new Error(code === null ? `signal ${signal}` : `exit code ${code}`);
      child = launch(parts);
    }
  }

  return {
    failed,
    stop: async () => {
      isStopping = true;
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await ended;
      clearTimeout(timer);
    },
    reload: () => {
      if (!isStopping && !hasEnded(child)) child.kill('SIGHUP');
    },
    kill: () => {
      isStopping = true;
      if (!hasEnded(child)) child.kill('SIGINT');
    },
  };
}

function launch({
  watcherFile,
  environment,
  workingFolder,
  onLine,
  ...parts
}: Parameters<typeof startWatcher>[0]) {
  const child = spawn(process.execPath, [...WATCHER_NODE_OPTIONS, watcherFile, ...parts.arguments], {
    cwd: workingFolder,
    env: environment,
    // The channel tells the watcher when this process is gone; nothing is sent on it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches the terminal's whole group: the watcher is told by this process, once.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
  }
  return child;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
