import type { Handler, HandlerBundle, WorkerInput } from './configuration';
import { handlerKeys } from './schema/handler';

type HandlerKey = keyof typeof handlerKeys;

/** The keys of a worker that all workers have. */
export function withoutHandlerKeys(worker: WorkerInput): Omit<WorkerInput, HandlerKey> {
  const entries = Object.entries(worker).filter(([key]) => !Object.hasOwn(handlerKeys, key));
  return Object.fromEntries(entries) as Omit<WorkerInput, HandlerKey>;
}

/** Undefined where the worker has a command. */
export function completeHandler(worker: WorkerInput): Handler | undefined {
  const { handler, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory } = worker;
  if (handler === undefined) return undefined;
  const name = handler === true ? undefined : handler;
  return { name, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory };
}

/**
 * A file and what it exports. As Lambda's own client for Node takes it apart: at the first dot of the file's name.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
const HANDLER_FILE = /^((?:[^/\\]+\/)*[^./\\]+)\.([^./\\]+(?:\.[^./\\]+)*)$/;

/** Undefined where nothing is bundled. The rules have passed what is. */
export function completeBundle({ handler, image, bundle }: WorkerInput): HandlerBundle | undefined {
  if (typeof handler !== 'string' || image !== undefined) return undefined;
  const { source, exported } = handlerParts(handler) ?? { source: handler, exported: '' };
  const { external = [], allowScripts = {}, minify = false } = bundle ?? {};
  return { source, export: exported, external, allowScripts, minify };
}

/** Undefined where the text is not one that names a file below the service and an export. */
export function handlerParts(handler: string): { source: string; exported: string } | undefined {
  const [, source, exported] = HANDLER_FILE.exec(handler.replace(/^(\.\/)+/, '')) ?? [];
  if (source === undefined || exported === undefined) return undefined;
  return source.split('/').includes('..') ? undefined : { source, exported };
}
