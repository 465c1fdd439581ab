import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from './call-handler';

/** In the order in which AWS's client looks for them. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * Loads `path/to/file.name.of.export` from below a folder, as Lambda's runtime for Node does.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @throws {HandlerError} if there is no such file, or no such function in it
 * @throws what the file itself throws
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const folder = path.dirname(handler);
  const [, file, names] = /^([^.]+)\.(.+)$/.exec(path.basename(handler)) ?? [];
  if (file === undefined || names === undefined) {
    throw new HandlerError('Runtime.MalformedHandlerName', `"${handler}" is not path/to/file.export`);
  }
  const loaded = await load(path.resolve(taskRoot, folder, file));
  const found = exportOf(loaded, names.split('.'));
  if (isStreaming(found)) throw new HandlerError('Runtime.MalformedStreamingHandler', NO_STREAMING);
  if (typeof found === 'function') return found as Handler;
  const text = found === undefined ? 'does not exist' : `is no function but ${typeof found}`;
  throw new HandlerError('Runtime.HandlerNotFound', `the handler ${handler} ${text}`);
}

async function load(file: string): Promise<Record<string, unknown>> {
  for (const extension of EXTENSIONS) {
    const candidate = file + extension;
    if (!(await isThere(candidate))) continue;
    return importFile(candidate);
  }
  throw new HandlerError(
    'Runtime.ImportModuleError',
    `there is no ${file} with ${EXTENSIONS.join(', ')} behind it`,
  );
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const failure = new HandlerError('Runtime.UserCodeSyntaxError', String(error), error);
    // The stack begins with the file and line of the error.
    if (error.stack !== undefined) failure.stack = error.stack;
    throw failure;
  }
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** A CommonJS module is the default export of what is imported, and may have a `default` of its own. */
function exportOf(loaded: Record<string, unknown>, names: readonly string[]): unknown {
  const found = follow(loaded, names);
  return typeof found === 'function' ? found : (follow(loaded.default, names) ?? found);
}

function follow(from: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
}

/** The mark of AWS's client on handlers that stream their answer. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

const NO_STREAMING =
  'it streams its answer, and nobody reads one here: export a handler that returns a value, without awslambda.streamifyResponse';

/** Whether a handler streams its answer. Nothing but `batchItemFailures` is read of an answer here. */
const isStreaming = (handler: unknown): boolean =>
  typeof handler === 'function' && Boolean((handler as { [STREAMING]?: unknown })[STREAMING]);

/**
 * Offers what Lambda has as a global: otherwise a file with a streaming handler would fail with a ReferenceError, and its
 * other handlers could not be used.
 */
export function offerStreaming(global: object): void {
  const streamifyResponse = (handler: object) => Object.assign(handler, { [STREAMING]: 'response' });
  Object.assign(global, { awslambda: { streamifyResponse } });
}

/** A handler that cannot be called. Its types are those of Lambda's own runtime for Node. */
class HandlerError extends Error {
  override readonly name:
    | 'Runtime.ImportModuleError'
    | 'Runtime.HandlerNotFound'
    | 'Runtime.MalformedHandlerName'
    | 'Runtime.MalformedStreamingHandler'
    | 'Runtime.UserCodeSyntaxError';

  constructor(name: HandlerError['name'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}
