import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { ContainerVariable } from '../../contract/environment';
import { UserError } from '../../errors/user-error';
import { containerEnvironment, localOverrides, withoutAws } from './container-environment';
import { handlerVariables, localCommand, type LocalHandler } from './handler-process';
import { nameOfArn } from './stand-ins';
import { createStack, type LocalStack } from './stack';
import { startTables, type LocalTables } from './tables';
import { writeCommands } from './commands';
import { containerOf, type CompiledTemplate } from './template';
import { startWatcher, type WatcherProcess } from './watcher-process';

export interface LocalServiceParts {
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
