import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { HandlerError } from './handler-error';
import type { Handler } from './call-handler';

/** In the order in which they are looked for. */
const EXTENSIONS = ['', '.mjs', '.cjs', '.js'];

/**
 * Loads `path/to/file.name.of.export` from below a folder, as Lambda's runtime for Node does.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @throws {HandlerError} where there is no such file, or no such function in it
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
  if (typeof found === 'function') return found as Handler;
  const text = found === undefined ? 'does not exist' : `is no function but ${typeof found}`;
  throw new HandlerError('Runtime.HandlerNotFound', `the handler ${handler} ${text}`);
}

async function load(file: string): Promise<Record<string, unknown>> {
  for (const extension of EXTENSIONS) {
    const candidate = file + extension;
    if (!(await isThere(candidate))) continue;
    return (await import(pathToFileURL(candidate).href)) as Record<string, unknown>;
  }
  throw new HandlerError(
    'Runtime.ImportModuleError',
    `there is no ${file}, nor one with ${EXTENSIONS.slice(1).join(', ')}`,
  );
}

const isThere = (file: string) =>
  access(file).then(
    () => path.extname(file) !== '',
    () => false,
  );

/** A CommonJS module is the default of what is imported, and may have a `default` of its own. */
function exportOf(loaded: Record<string, unknown>, names: readonly string[]): unknown {
  const found = follow(loaded, names);
  return typeof found === 'function' ? found : (follow(loaded.default, names) ?? found);
}

function follow(from: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
}
