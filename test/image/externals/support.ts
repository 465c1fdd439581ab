import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Architecture } from '../../../src/config/configuration';
import { isMade } from '../../../src/image/context';
import { installationOf, type Installation } from '../../../src/image/externals/installation';
import type { LockedPackage } from '../../../src/image/externals/lock-file';

export type Locked = Record<string, LockedPackage>;

/** A package as npm writes it, from the public registry. */
export const locked = (version: string, more: LockedPackage = {}): LockedPackage => ({
  version,
  resolved: `https://registry.npmjs.org/x/-/x-${version}.tgz`,
  integrity: `sha512-${version}`,
  ...more,
});

export function putLock(folder: string, packages: Locked, file = 'package-lock.json'): void {
  const lock = { name: 'tiles', lockfileVersion: 3, requires: true, packages: { '': {}, ...packages } };
  writeFileSync(path.join(folder, file), JSON.stringify(lock));
}

interface Wanted {
  allowScripts?: Record<string, boolean>;
  architecture?: Architecture;
}

export const install = (
  serviceFolder: string,
  external: readonly string[],
  { allowScripts = {}, architecture = 'x86_64' }: Wanted = {},
) => installationOf({ external, allowScripts }, { serviceFolder, architecture });

/** What is installed where no fault is expected. */
export async function installed(...wanted: Parameters<typeof install>) {
  const result = await install(...wanted);
  if (!('files' in result)) throw new Error(JSON.stringify(result, undefined, 2));
  const read = (name: string): unknown => JSON.parse(textOf(result, name));
  const { packages } = read('package-lock.json') as { packages: Record<string, Record<string, unknown>> };
  return { ...result, packages, project: read('package.json') as Record<string, unknown> };
}

function textOf({ files }: Installation, name: string): string {
  const file = files.find((each) => each.path === name);
  return file !== undefined && isMade(file) ? Buffer.from(file.content).toString() : '';
}
