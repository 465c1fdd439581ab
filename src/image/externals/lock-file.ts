import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMap } from '../../shared/json';
import type { Problem } from '../../errors/problem';

/**
 * What a lock file of npm says of a folder, by the folder's path below that of the file.
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json#packages
 */
export interface LockedPackage {
  /** Only if the folder has another name: an alias. */
  name?: string;
  version?: string;
  /** Its source. A lock file may leave it out for packages of a registry. */
  resolved?: string;
  integrity?: string;
  /** Whether it is a link to a folder of the user's. */
  link?: boolean;
  /** Whether it comes within the package that its folder is in. */
  inBundle?: boolean;
  bundleDependencies?: readonly string[] | boolean;
  dependencies?: Versions;
  optionalDependencies?: Versions;
  peerDependencies?: Versions;
  peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
  /** Only development dependencies need it. */
  dev?: boolean;
  /** Only development dependencies and optional ones need it. */
  devOptional?: boolean;
  hasInstallScript?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
  bin?: unknown;
}

type Versions = Readonly<Record<string, string>>;

export type LockedPackages = Readonly<Record<string, LockedPackage>>;

export interface Lock {
  /** The folder of the lock file. */
  folder: string;
  file: string;
  packages: LockedPackages;
  /** The service's folder, as `packages` would name it. */
  service: string;
}

/** In npm's own order. https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json */
const NPM_FILES = ['npm-shrinkwrap.json', 'package-lock.json'];
const OTHER_FILES = ['yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];

/** What is wrong with the lock file or its content. */
export type Fault = Pick<Problem, 'given' | 'allowed' | 'advice'>;

const ALLOWED = 'packages of which a lock file of npm says version, source and integrity';
const WITH_OTHERS =
  'have npm write one, too: npm install --package-lock-only; or give an `image` of your own, which installs what it likes';

/** The lock file of the service, or that of the workspace which it belongs to. */
export async function readLock(serviceFolder: string): Promise<Lock | Fault> {
  const service = await realpath(serviceFolder);
  const found = await findLockFile(service);
  if (found === undefined) {
    return {
      given: 'no lock file, neither in the folder of the service nor above it',
      allowed: ALLOWED,
      advice: 'npm install --package-lock-only, and keep package-lock.json with the sources',
    };
  }
  const { folder, file } = found;
  if (!NPM_FILES.includes(file)) return { given: file, allowed: ALLOWED, advice: WITH_OTHERS };
  const { packages, fault } = packagesIn(await readFile(path.join(folder, file), 'utf8'), file);
  if (packages === undefined) return fault;
  const below = path.relative(folder, service).replaceAll('\\', '/');
  return { folder, file, packages, service: below };
}

/** The folder and the name of the nearest lock file. */
export async function findLockFile(start: string): Promise<{ folder: string; file: string } | undefined> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    for (const file of [...NPM_FILES, ...OTHER_FILES]) {
      const found = await stat(path.join(folder, file)).catch(() => undefined);
      if (found?.isFile() === true) return { folder, file };
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

type Read = { packages: LockedPackages; fault?: never } | { packages?: never; fault: Fault };

function packagesIn(text: string, file: string): Read {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch (error) {
    const fault = {
      given: `${file}, which is not JSON: ${(error as Error).message}`,
      allowed: 'the file as npm has written it',
      // npm takes both sides of an unresolved merge, and reconciles them.
      advice: 'npm install --package-lock-only',
    };
    return { fault };
  }
  const { packages, lockfileVersion } = isMap(lock) ? lock : {};
  if (isMap(packages) && Object.values(packages).every(isMap)) {
    return { packages: packages as LockedPackages };
  }
  const fault = {
    given: `${file} of version ${String(lockfileVersion)}`,
    allowed: 'version 2 or 3, which npm 7 and newer write',
    advice: 'npm install --package-lock-only --lockfile-version 3',
  };
  return { fault };
}
