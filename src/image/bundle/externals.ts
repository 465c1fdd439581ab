import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../errors/problem';

/** Packages by name, each with the version that the service has. */
export type Versions = Readonly<Record<string, string>>;

/** Where each package is installed: for the service, or for the workspace that it is a part of. */
export async function installedVersions(
  names: readonly string[],
  serviceFolder: string,
): Promise<{ versions: Versions; missing: readonly string[] }> {
  const found = await Promise.all(
    [...new Set(names)].sort().map(async (name) => [name, await versionOf(name, serviceFolder)] as const),
  );
  const isThere = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
    entry[1] !== undefined;
  return {
    versions: Object.fromEntries(found.filter(isThere)),
    missing: found.filter((entry) => !isThere(entry)).map(([name]) => name),
  };
}

async function versionOf(name: string, folder: string): Promise<string | undefined> {
  const text = await readFile(path.join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(
    () => undefined,
  );
  if (text !== undefined) return (JSON.parse(text) as { version?: string }).version;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : versionOf(name, parent);
}

export function missingExternal(name: string, worker: string): Problem {
  return {
    code: 'WATCHBOT_BUNDLE',
    place: `watchbot bundle.external of worker ${worker}`,
    given: `${name}, which is not installed`,
    allowed: 'packages of the service: the image gets the version that is installed here',
    advice: `npm install ${name}`,
  };
}
