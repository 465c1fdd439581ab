import type { Handler, TextOrIntrinsic } from '../../config/configuration';
import { functionName } from '../../config/names';
import { ContainerVariable, RuntimeVariable } from '../../contract/environment';
import { ARGUMENTS_MARKER, HANDLE_COMMAND, RUNTIME_COMMAND } from '../../contract/image';
import { queueArn } from './queue-references';
import type { ConfiguredWorker } from './subject';

/** `handle -- program argument …`, or `handle` alone, where the image itself says what it starts. */
export function handlerCommand({ name, entryPoint }: Handler, isBundle: boolean): string[] {
  if (isBundle) return [HANDLE_COMMAND, ARGUMENTS_MARKER, ...RUNTIME_COMMAND];
  if (entryPoint === undefined) return [HANDLE_COMMAND];
  return [HANDLE_COMMAND, ARGUMENTS_MARKER, ...entryPoint, ...(name === undefined ? [] : [name])];
}

/** What the watcher must know of a handler, and what the runtime reads. Nothing where the worker has a command. */
export function handlerSettings(subject: ConfiguredWorker): Record<string, TextOrIntrinsic> {
  const { configuration, worker } = subject;
  const { handler } = worker;
  if (handler === undefined) return {};
  return {
    [ContainerVariable.queueArn]: queueArn(subject),
    [ContainerVariable.batchSize]: String(handler.batchSize),
    [ContainerVariable.batchWindowSeconds]: String(handler.batchWindow),
    [ContainerVariable.maxInvocations]: String(handler.maxInvocations),
    [ContainerVariable.workerMemoryMiB]: String(handler.workerMemory ?? 0),
    ...(handler.name === undefined ? {} : { [RuntimeVariable.handler]: handler.name }),
    [RuntimeVariable.functionName]: functionName(configuration.context, worker.name),
    [RuntimeVariable.memorySizeMiB]: String(
      handler.workerMemory ?? Math.floor(worker.memory / worker.concurrency),
    ),
  };
}
