import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WATCHER_NODE_OPTIONS } from '../../src/contract/image';
import { ContainerVariable } from '../../src/contract/environment';
import { REGION } from './emulator';
import { collectLines, type Lines } from './lines';
import { descendantsOf, processesWithVariable } from './processes';

const WATCHER_BUNDLE = path.resolve(__dirname, '../../dist/layer/watcher.js');
const WORKERS = path.resolve(__dirname, '../fixtures/workers');

const WATCHER_PROGRAM = [process.execPath, ...WATCHER_NODE_OPTIONS, WATCHER_BUNDLE] as const;

/** Shell line that runs a worker of test/fixtures/workers. */
export const worker = (name: string, ...args: string[]): string =>
  [process.execPath, path.join(WORKERS, name), ...args].map((part) => `'${part}'`).join(' ');

export interface TestWatcher extends Lines {
  process: ChildProcess;
  /** The watcher's whole environment. */
  environment: Record<string, string | undefined>;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  /** Sends the signal, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Running watchers, each with the URL of its queue, which its workers have in their environment. */
const running = new Map<ChildProcess, string>();

/** Starts the built watcher, as ECS does. */
export function startWatcher(parts: {
  endpoint: string;
  queueUrl: string;
  /** A shell line, or arguments that are run without a shell. */
  command: string | string[];
  /** With `handle`, the command starts warm workers. */
  verb?: 'listen' | 'handle';
  environment?: Record<string, string>;
  /** Which lines are kept, by default all: a test may write a hundred megabytes. */
  keep?: (line: string) => boolean;
  /** Working directory of the watcher and its workers. */
  folder?: string;
  /** What is started, before the verb; by default the bundle, as the test's own user. */
  program?: readonly [string, ...string[]];
}): TestWatcher {
  const { endpoint, queueUrl, command, verb = 'listen', folder, keep = () => true } = parts;
  const [program, ...before] = parts.program ?? WATCHER_PROGRAM;
  const args = typeof command === 'string' ? [verb, command] : [verb, '--', ...command];
  const environment: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [ContainerVariable.queueUrl]: queueUrl,
    ...parts.environment,
  };
  refuseSharedVolumes(environment[ContainerVariable.volumes]);
  const child = spawn(program, [...before, ...args], {
    env: environment,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.set(child, queueUrl);
  const lines = collectLines();
  const add = (line: string) => {
    if (keep(line)) lines.add(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', add);
  const ended = once(child, 'close').then((args) => {
    running.delete(child);
    const [code, signal] = args as [number | null, string | null];
    return code ?? signal ?? '';
  });
  return {
    ...lines,
    process: child,
    environment,
    ended,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * Throws if a volume is not a test's own folder. The watcher empties its volumes after each job. In a container they
 * are mounts, but on this machine `/tmp` is shared, so only folders that a test has made in it may be emptied.
 */
function refuseSharedVolumes(volumes = ''): void {
  for (const volume of volumes.split(',').filter((each) => each !== '')) {
    const below = path.relative(tmpdir(), path.resolve(volume));
    const isOwn = below.startsWith('watchbot-') && !below.split(path.sep).includes('..');
    if (!isOwn) throw new Error(`a test would empty ${volume} of this machine`);
  }
}

/** Kills all watchers, and their workers, which lead process groups. Call it in `afterEach`. */
export async function endWatchers(): Promise<void> {
  await Promise.all(
    [...running].map(async ([child, queueUrl]) => {
      const ended = once(child, 'close');
      const started = descendantsOf(child.pid!);
      child.kill('SIGKILL');
      started.forEach(killGroup);
      await ended;
      // What a shell was running when it was killed is no longer a descendant of the watcher.
      processesWithVariable(`${ContainerVariable.queueUrl}=${queueUrl}`).forEach(kill);
    }),
  );
}

const killGroup = (pid: number) => {
  kill(-pid);
};

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // The process may just have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
