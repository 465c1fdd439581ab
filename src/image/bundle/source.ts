import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** In this order: what is compiled may have its result beside it. */
export const SOURCE_ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'] as const;

export type ModuleFormat = 'esm' | 'cjs';

/** The file of a handler, with forward slashes, relative to the service, and what kind of module it is. */
export interface Source {
  file: string;
  format: ModuleFormat;
}

/** Undefined where there is none under any ending. */
export async function findSource(serviceFolder: string, name: string): Promise<Source | undefined> {
  for (const ending of SOURCE_ENDINGS) {
    const file = name + ending;
    const found = await stat(path.join(serviceFolder, file)).catch(() => undefined);
    if (found?.isFile() === true) return { file, format: await formatOf(path.join(serviceFolder, file)) };
  }
  return undefined;
}

/** As Node decides it, and TypeScript: by the ending, else by the nearest package.json. https://nodejs.org/api/packages.html#type */
async function formatOf(file: string): Promise<ModuleFormat> {
  if (/\.m[jt]s$/.test(file)) return 'esm';
  if (/\.c[jt]s$/.test(file)) return 'cjs';
  return (await isOfModules(path.dirname(file))) ? 'esm' : 'cjs';
}

async function isOfModules(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return typeOf(text) === 'module';
  const parent = path.dirname(folder);
  return parent === folder ? false : isOfModules(parent);
}

/** A package.json that cannot be read is npm's to tell. */
function typeOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}
