import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from '../config/configuration';
import { logicalId } from '../config/logical-ids';
import { UserError } from '../errors/user-error';
import { containerEnvironment, localOverrides, withoutAws } from './container-environment';
import { createStack, type LocalStack } from './stack';
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
  /** Workers are killed. */
  kill(): void;
  /** Rejects when a watcher ends although nobody stopped it. */
  failed: Promise<never>;
}

/** Makes in the emulator what the template says, and starts a watcher for each worker. */
export async function startLocalService(parts: LocalServiceParts): Promise<LocalService> {
  const { template, clients, region, stackName } = parts;
  const stack = await createStack({ template, ...clients, region, stackName });
  const scratchFolder = await mkdtemp(path.join(tmpdir(), 'watchbot-local-'));
  const watchers = await Promise.all(
    parts.workers.map((worker) => startWorkerWatcher(worker, { ...parts, stack, scratchFolder })),
  );
  return {
    workers: parts.workers.map(({ name }) => ({
      name,
      queueUrl: stack.queueUrl(logicalId(name, 'queue')) ?? '',
      deadLetterQueueUrl: stack.queueUrl(logicalId(name, 'deadLetterQueue')),
    })),
    stop: async () => {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      await rm(scratchFolder, { recursive: true, force: true });
    },
    kill: () => watchers.forEach((watcher) => watcher.kill()),
    failed: Promise.race(
      watchers.map((watcher, index) => explainFailure(watcher, parts.workers[index]?.name ?? '')),
    ),
  };
}

async function startWorkerWatcher(
  worker: Worker,
  parts: LocalServiceParts & { stack: LocalStack; scratchFolder: string },
): Promise<WatcherProcess> {
  const { stack, shell, endpoint, region, credentials } = parts;
  const container = containerOf(parts.template, worker.name);
  const { variables, missing } = containerEnvironment(container, stack.scope, shell);
  missing.forEach(({ name, reason }) =>
    parts.onWarning(
      `${worker.name}: ${name} is not set: ${reason}; give it in the shell: ${name}=… sls watchbot local`,
    ),
  );
  // Each watcher empties its own.
  const scratchFolder = await mkdtemp(path.join(parts.scratchFolder, `${worker.name}-`));
  return startWatcher({
    watcherFile: parts.watcherFile,
    arguments: container.Command,
    environment: {
      ...withoutAws(shell),
      ...variables,
      ...localOverrides({ endpoint, region, credentials, scratchFolder, variables }),
    },
    workingFolder: path.resolve(parts.serviceFolder, worker.image.path),
    onLine: (line) => parts.onLine(worker.name, line),
  });
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
