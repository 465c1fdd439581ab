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
  handlerVariables,
  localCommand,
  localOverrides,
  withoutAws,
  writeCommands,
  type LocalHandler,
  type MissingVariable,
} from './container';
import { queueNameIn } from '../stack/queues';
import type { Belongings } from './belongings';
import { startTables, type LocalTables } from './emulators';
import { explained } from './explain';
import { createStack, nameOfArn, type CompiledTemplate, type LocalStack } from './stack';

/** The steps of the start; a test hands in others, which fail. */
export const SERVICE_STEPS = { createStack, startTables, makeFolder, writeCommands, startWatcher };

/** A packaged service, and this machine. */
interface ServiceInput {
  steps: typeof SERVICE_STEPS;
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
  /** The names of a queue that exists in AWS, and of the topic before it. */
  namesOf: (worker: Worker) => { queueName: string; topicName: string | undefined };
  onLine: (worker: string, line: string) => void;
  /** A variable of the container is neither known here nor given in the shell. */
  onMissing: (worker: string, variable: MissingVariable) => void;
  /** The emulator of DynamoDB has refused a request, or something is known only in AWS: text for people. */
  onRefused: (text: string) => void;
  /** All is made in the emulator, and nothing runs yet. */
  onMade: (stack: LocalStack, workers: readonly LocalWorker[]) => Promise<void>;
}

export interface LocalWorker {
  name: string;
  queueUrl: string;
  deadLetterQueueUrl: string | undefined;
  /** Of a topic that exists in AWS: its stand-in. */
  topicArn?: string | undefined;
}

/** A packaged service that runs on this machine. */
export interface LocalService {
  workers: readonly LocalWorker[];
  /** Replaces the warm processes of a worker, each after its invocation, because its handler has changed. */
  reload(worker: string): void;
  /** Kills the workers. */
  kill(): void;
  /** Rejects if a watcher ends although nobody stopped it. */
  failed: Promise<never>;
}

/**
 * Makes in the emulator what the template says, and starts a watcher for each worker. At the end workers are told to stop,
 * and their messages given back, before the watchers end.
 */
export async function startLocalService(input: ServiceInput, own: Belongings): Promise<LocalService> {
  const { template, clients, region, stackName, steps, onRefused } = input;
  const given = { template, ...clients, region, stackName, onLeftOut: onRefused };
  const place = 'queues and topics in the emulator';
  const stack = await explained(place, () => steps.createStack(given));
  const workers = await explained(place, () =>
    Promise.all(
      input.workers.map(async (worker) => ({ name: worker.name, ...(await queuesOf(worker, input, stack)) })),
    ),
  );
  await input.onMade(stack, workers);
  const tables = await own.acquire(
    'the DynamoDB of this machine',
    () => steps.startTables(template, { scope: stack.scope, onRefused }),
    (started) => started?.stop(),
  );
  const scratchFolder = await own.acquire(
    `the folder of this run in ${tmpdir()}`,
    () => steps.makeFolder(path.join(tmpdir(), 'watchbot-local-')),
    (folder) => rm(folder, { recursive: true, force: true }),
  );
  const commandsFolder = await explained(`the commands in ${scratchFolder}`, () =>
    steps.writeCommands(scratchFolder, path.dirname(input.watcherFile)),
  );
  const watchers = await startWatchers(
    { ...input, stack, tables, scratchFolder, commandsFolder },
    workers,
    own,
  );
  const failed = Promise.race(
    watchers.map((watcher, index) => explainFailure(watcher, workers[index]?.name ?? '')),
  );
  // Nobody may be listening yet.
  failed.catch(() => undefined);
  return {
    workers,
    reload: (name) => watchers[workers.findIndex((worker) => worker.name === name)]?.reload(),
    kill: () => watchers.forEach((watcher) => watcher.kill()),
    failed,
  };
}

function startWatchers(
  input: Omit<WatcherInput, 'made'>,
  workers: readonly LocalWorker[],
  own: Belongings,
): Promise<WatcherProcess[]> {
  return Promise.all(
    input.workers.map((worker, index) =>
      own.acquire(
        'the watchers',
        () => startWorkerWatcher(worker, { ...input, made: workers[index]! }),
        (watcher) => watcher.stop(),
      ),
    ),
  );
}

function makeFolder(prefix: string): Promise<string> {
  return mkdtemp(prefix);
}

/** The worker's queues in the emulator. A queue that is only in AWS has a stand-in, and so has the topic before it. */
async function queuesOf(worker: Worker, { namesOf }: ServiceInput, stack: LocalStack) {
  const { arn, deadLetter } = worker.queue;
  const isKnown = typeof deadLetter === 'string' && arn === undefined;
  const main =
    arn === undefined
      ? { queueUrl: stack.queueUrl(logicalId(worker.name, 'queue')) ?? '' }
      : await existingQueueHere(namesOf(worker), stack);
  return {
    ...main,
    deadLetterQueueUrl: isKnown
      ? (await stack.standIns.queue(nameOfArn(deadLetter))).url
      : stack.queueUrl(logicalId(worker.name, 'deadLetterQueue')),
  };
}

async function existingQueueHere(
  { queueName, topicName }: ReturnType<ServiceInput['namesOf']>,
  { standIns }: LocalStack,
) {
  const queue = await standIns.queue(queueName);
  const topicArn = topicName === undefined ? undefined : await standIns.topicBefore(queue.arn, topicName);
  return { queueUrl: queue.url, topicArn };
}

/** What a worker's watcher needs beside the service. */
interface WatcherInput extends ServiceInput {
  stack: LocalStack;
  tables: LocalTables | undefined;
  scratchFolder: string;
  commandsFolder: string;
  made: LocalWorker;
}

async function startWorkerWatcher(worker: Worker, input: WatcherInput): Promise<WatcherProcess> {
  const { stack, tables, shell, endpoint, region, credentials } = input;
  const tablesEndpoint = tables?.endpoint;
  const container = containerOf(input.template, worker.name);
  const { variables, missing } = containerEnvironment(container, stack.scope, shell);
  const { queueUrl, topicArn } = input.made;
  // The template may name them by a function that only CloudFormation can work out.
  const queue = {
    [ContainerVariable.queueUrl]: queueUrl,
    [ContainerVariable.queueName]: queueNameIn(queueUrl),
    ...(topicArn === undefined ? {} : { [ContainerVariable.workTopic]: topicArn }),
  };
  missing
    .filter(({ name }) => !(name in queue))
    .forEach((each) => {
      input.onMissing(worker.name, each);
    });
  // Each watcher empties its own folder.
  const scratchFolder = await input.steps.makeFolder(path.join(input.scratchFolder, `${worker.name}-`));
  const handler = input.handlers.get(worker.name);
  return input.steps.startWatcher({
    watcherFile: input.watcherFile,
    arguments: handler === undefined ? container.Command : localCommand(container.Command, handler),
    environment: {
      ...withoutAws(shell),
      ...variables,
      PATH: `${input.commandsFolder}${path.delimiter}${variables.PATH ?? shell.PATH ?? ''}`,
      ...localOverrides({ endpoint, tablesEndpoint, region, credentials, scratchFolder, variables }),
      ...queue,
      ...(handler === undefined ? {} : handlerVariables(handler)),
    },
    workingFolder: handler?.folder ?? codeFolder(worker, input.serviceFolder),
    onLine: (line) => input.onLine(worker.name, line),
  });
}

/** What stands for the image's working folder. The files of an existing image are not on this machine. */
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

/** A watcher that runs on this machine as ECS would run it. It is started again when it ends after one job. */
interface WatcherProcess {
  /** Tells it to stop; resolves when it has ended, with nothing in flight. */
  stop(): Promise<void>;
  /** Lets it replace its warm processes, each when it is idle. */
  reload(): void;
  /** Kills its workers; it then ends by itself. */
  kill(): void;
  /** Rejects if it ends although nobody stopped it. */
  failed: Promise<never>;
}

/** A watcher that has been told to stop and goes on for this long is killed. */
const KILL_AFTER_MS = 15_000;

function startWatcher(command: {
  watcherFile: string;
  /** Of the container: `listen …`. */
  arguments: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  workingFolder: string;
  onLine: (line: string) => void;
}): WatcherProcess {
  let isStopping = false;
  let child = launch(command);
  const failed = superviseUntilFailure();
  failed.catch(() => undefined);

  async function superviseUntilFailure(): Promise<never> {
    for (;;) {
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (isStopping) return new Promise(() => undefined);
      if (code !== 0) throw new Error(code === null ? `signal ${signal}` : `exit code ${code}`);
      child = launch(command);
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
  ...command
}: Parameters<typeof startWatcher>[0]) {
  const child = spawn(process.execPath, [...WATCHER_NODE_OPTIONS, watcherFile, ...command.arguments], {
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

/** Or has never begun: then it has no id. */
function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
