import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { ContainerVariable } from '../../contract/environment';
import { WATCHER_NODE_OPTIONS } from '../../contract/image';
import { UserError } from '../../errors/user-error';
import {
  containerEnvironment,
  containerOf,
  localOverrides,
  withoutAws,
  writeCommands,
  type CompiledTemplate,
} from './container';
import { startTables, type LocalTables } from './emulators';
import { handlerVariables, localCommand, type LocalHandler } from './handler-process';
import { createStack, nameOfArn, type LocalStack } from './stack';

interface LocalServiceParts {
  template: CompiledTemplate;
  workers: readonly Worker[];
  watcherFile: string;
  serviceFolder: string;
  stackName: string;
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  clients: { sqs: SQSClient; sns: SNSClient };
  shell: Readonly<Record<string, string | undefined>>;
  /** By worker, of those that have a handler. */
  handlers: ReadonlyMap<string, LocalHandler>;
  /** The name of a queue that exists in AWS. */
  queueNameOf: (worker: Worker) => string;
  onLine: (worker: string, line: string) => void;
  onWarning: (text: string) => void;
}

export interface LocalWorker {
  name: string;
  queueUrl: string;
  deadLetterQueueUrl: string | undefined;
}

/** A packaged service that runs on this machine. */
export interface LocalService {
  workers: readonly LocalWorker[];
  /** Workers are told, messages go back, watchers end. */
  stop(): Promise<void>;
  /** Warm workers of the one named are replaced, each after its invocation: its handler is another one now. */
  reload(worker: string): void;
  /** Workers are killed. */
  kill(): void;
  /** Rejects when a watcher ends although nobody stopped it. */
  failed: Promise<never>;
}

/** Makes in the emulator what the template says, and starts a watcher for each worker. */
export async function startLocalService(parts: LocalServiceParts): Promise<LocalService> {
  const { template, clients, region, stackName } = parts;
  const stack = await createStack({ template, ...clients, region, stackName });
  const tables = await startTables(template, { scope: stack.scope, onRefused: parts.onWarning });
  const scratchFolder = await mkdtemp(path.join(tmpdir(), 'watchbot-local-'));
  const commandsFolder = await writeCommands(scratchFolder, path.dirname(parts.watcherFile));
  const workers = await Promise.all(
    parts.workers.map(async (worker) => ({ worker, ...(await queuesOf(worker, parts, stack)) })),
  );
  const watchers = await Promise.all(
    workers.map(({ worker, queueUrl }) =>
      startWorkerWatcher(worker, { ...parts, stack, tables, scratchFolder, commandsFolder, queueUrl }),
    ),
  );
  return {
    workers: workers.map(({ worker, ...queues }) => ({ name: worker.name, ...queues })),
    stop: async () => {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      await tables?.stop();
      await rm(scratchFolder, { recursive: true, force: true });
    },
    reload: (name) => watchers[workers.findIndex(({ worker }) => worker.name === name)]?.reload(),
    kill: () => watchers.forEach((watcher) => watcher.kill()),
    failed: Promise.race(
      watchers.map((watcher, index) => explainFailure(watcher, parts.workers[index]?.name ?? '')),
    ),
  };
}

/** The worker's queues in the emulator. One that is in AWS only has a stand-in. */
async function queuesOf(worker: Worker, { queueNameOf }: LocalServiceParts, stack: LocalStack) {
  const { arn, deadLetter } = worker.queue;
  const queueUrl =
    arn === undefined
      ? stack.queueUrl(logicalId(worker.name, 'queue'))
      : (await stack.standIns.queue(queueNameOf(worker))).url;
  const isKnown = typeof deadLetter === 'string' && arn === undefined;
  return {
    queueUrl: queueUrl ?? '',
    deadLetterQueueUrl: isKnown
      ? (await stack.standIns.queue(nameOfArn(deadLetter))).url
      : stack.queueUrl(logicalId(worker.name, 'deadLetterQueue')),
  };
}

async function startWorkerWatcher(
  worker: Worker,
  parts: LocalServiceParts & {
    stack: LocalStack;
    tables: LocalTables | undefined;
    scratchFolder: string;
    commandsFolder: string;
    queueUrl: string;
  },
): Promise<WatcherProcess> {
  const { stack, tables, shell, endpoint, region, credentials } = parts;
  const tablesEndpoint = tables?.endpoint;
  const container = containerOf(parts.template, worker.name);
  const { variables, missing } = containerEnvironment(container, stack.scope, shell);
  // Also where a function that only CloudFormation can work out names the queue.
  const queue = {
    [ContainerVariable.queueUrl]: parts.queueUrl,
    [ContainerVariable.queueName]: parts.queueUrl.split('/').at(-1) ?? '',
  };
  missing
    .filter(({ name }) => !(name in queue))
    .forEach((each) => parts.onWarning(describeMissing(worker, each)));
  // Each watcher empties its own.
  const scratchFolder = await mkdtemp(path.join(parts.scratchFolder, `${worker.name}-`));
  const handler = parts.handlers.get(worker.name);
  return startWatcher({
    watcherFile: parts.watcherFile,
    arguments: handler === undefined ? container.Command : localCommand(container.Command, handler),
    environment: {
      ...withoutAws(shell),
      ...variables,
      PATH: `${parts.commandsFolder}${path.delimiter}${variables.PATH ?? shell.PATH ?? ''}`,
      ...localOverrides({ endpoint, tablesEndpoint, region, credentials, scratchFolder, variables }),
      ...queue,
      ...(handler === undefined ? {} : handlerVariables(handler)),
    },
    workingFolder: handler?.folder ?? codeFolder(worker, parts.serviceFolder),
    onLine: (line) => parts.onLine(worker.name, line),
  });
}

const describeMissing = ({ name: worker }: Worker, { name, reason }: { name: string; reason: string }) =>
  `${worker}: ${name} is not set: ${reason}; give it in the shell: ${name}=… sls watchbot local`;

/** What stands for the image's working folder. What an image that is there already has in it is not on this machine. */
export function codeFolder({ image }: Worker, serviceFolder: string): string {
  return path.resolve(serviceFolder, image.kind === 'build' ? image.path : '.');
}

async function explainFailure(watcher: WatcherProcess, worker: string): Promise<never> {
  try {
    return await watcher.failed;
  } catch (error) {
    throw UserError.of(
      {
        code: 'WATCHBOT_LOCAL_WATCHER',
        place: `the watcher of worker ${worker}`,
        given: (error as Error).message,
        advice: 'its last lines above say why',
      },
      error,
    );
  }
}

/** A watcher that runs on this machine as ECS would run it, and is started again when it ends after one job. */
interface WatcherProcess {
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

function startWatcher(parts: {
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
