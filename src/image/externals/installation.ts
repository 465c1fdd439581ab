import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import type { ContextFile } from '../context';
import { type Closure, closureOf, type Missing, nameOf, registryName } from './closure';
import { type Fault, type Lock, type LockedPackage, readLock } from './lock-file';
import { place, type Placed } from './placement';

/** The packages that npm installs in an image, and how. */
export interface Installation {
  /** By their paths in the folder in which npm runs. */
  files: readonly ContextFile[];
  /** Packages whose install scripts are run. */
  withScripts: readonly string[];
  warnings: readonly string[];
}

interface Wanted {
  external: readonly string[];
  /** Whether the install scripts of packages may run, by name. */
  allowScripts: Readonly<Record<string, boolean>>;
}

/** By the key of `bundle` that causes them. */
interface Faults {
  external: readonly Fault[];
  allowScripts: readonly Fault[];
}

/**
 * Makes a lock file of its own of what the lock file of a service says of the named packages: these and all that they need, in
 * the same versions, from the same sources, with the same hashes, for the image's machine.
 */
export async function installationOf(
  { external, allowScripts }: Wanted,
  { serviceFolder, architecture }: { serviceFolder: string; architecture: Architecture },
): Promise<Installation | Faults> {
  const lock = await readLock(serviceFolder);
  if (!('packages' in lock)) return { external: [lock], allowScripts: [] };
  const closure = closureOf(external, lock, architecture);
  const faults = faultsOf(closure, lock);
  const scripted = packagesWithScripts(closure);
  const misnamed = Object.keys(allowScripts).filter((name) => !scripted.has(name));
  if (faults.length > 0 || misnamed.length > 0) {
    const none = faults.length > 0 ? [] : misnamed.map((name) => misnamedFault(name, scripted));
    return { external: faults, allowScripts: none };
  }
  const placed = place(closure);
  if (placed === undefined) return { external: [versionsFault(closure)], allowScripts: [] };
  const withScripts = [...scripted.keys()].filter((name) => allowScripts[name] === true).sort();
  return {
    files: filesOf(closure, { lock, placed, withScripts }),
    withScripts,
    warnings: [
      ...undecided(scripted, allowScripts),
      ...closure.missing.map(
        ({ name, of = '' }) =>
          `${lock.file} does not have ${name}, which ${nameOf(of)} can do without: the image will not have it. If it should, remove node_modules and the lock file, and install again`,
      ),
    ],
  };
}

/** The versions of packages with install scripts, by name. npm runs none of a package that comes within another. */
function packagesWithScripts({ nodes }: Closure): Map<string, string> {
  const found = [...nodes.values()].filter(
    ({ locked }) => locked.hasInstallScript === true && locked.inBundle !== true,
  );
  return new Map(found.map(({ location, locked }) => [nameOf(location), locked.version ?? '']));
}

function undecided(
  scripted: ReadonlyMap<string, string>,
  decided: Readonly<Record<string, boolean>>,
): string[] {
  return [...scripted]
    .filter(([name]) => decided[name] === undefined)
    .sort()
    .map(
      ([name, version]) =>
        `${name} ${version} has an install script, which is not run. Say whether it should be: bundle: { allowScripts: { ${name}: false } }, or true if the package does not work without`,
    );
}

function misnamedFault(name: string, scripted: ReadonlyMap<string, string>): Fault {
  const names = [...scripted.keys()].sort();
  return {
    given: `${name}, which has no install script, or is not installed`,
    allowed:
      names.length === 0 ? 'none: no package that is installed has an install script' : names.join(', '),
    advice: 'remove it',
  };
}

/** The packages of a lock file as npm writes them, but sorted. */
interface Packages extends Record<string, object> {
  '': { dependencies: Record<string, string> };
}

function filesOf(
  closure: Closure,
  { lock, placed, withScripts }: { lock: Lock; placed: readonly Placed[]; withScripts: readonly string[] },
): Installation['files'] {
  const byLocation = new Map(placed.map((each) => [each.location, each]));
  const archives: ContextFile[] = [];
  const dependencies = specsOf(
    [...closure.roots.keys()].map((name) => [name, `node_modules/${name}`] as const),
    byLocation,
  );
  const packages: Packages = { '': { dependencies } };
  for (const each of placed) {
    const { resolved } = each.node.locked;
    const archive = archiveOf(each, lock);
    if (archive !== undefined && !archives.some(({ path: name }) => name === archive.path))
      archives.push(archive);
    packages[each.location] = entryOf(each, {
      byLocation,
      resolved: archive === undefined ? resolved : `file:${archive.path}`,
    });
  }
  const allowScripts = Object.fromEntries(withScripts.map((name) => [name, true]));
  const project = { private: true, dependencies, ...(withScripts.length > 0 ? { allowScripts } : {}) };
  return [
    made('package.json', project),
    made('package-lock.json', { lockfileVersion: 3, requires: true, packages }),
    ...archives,
  ];
}

/**
 * A package that is asked for by just the version that it has: nothing is left to be chosen, overrides are done, and what
 * is optional elsewhere, and meant for this machine, may not be left out because it could not be had.
 */
function entryOf(
  { location, node: { locked }, needs }: Placed,
  { byLocation, resolved }: { byLocation: ReadonlyMap<string, Placed>; resolved: string | undefined },
): object {
  const { name, version, integrity, inBundle, bundleDependencies, hasInstallScript, bin } = locked;
  const dependencies = specsOf([...needs], byLocation);
  const bundled = bundleDependencies === true ? Object.keys(dependencies) : bundleDependencies || undefined;
  return {
    ...(name === undefined || name === nameOf(location) ? {} : { name }),
    version,
    resolved: inBundle === true ? undefined : resolved,
    integrity: inBundle === true ? undefined : integrity,
    inBundle,
    bundleDependencies: bundled,
    hasInstallScript,
    dependencies: Object.keys(dependencies).length === 0 ? undefined : dependencies,
    bin,
  };
}

function specsOf(
  needs: readonly (readonly [string, string])[],
  byLocation: ReadonlyMap<string, Placed>,
): Record<string, string> {
  return Object.fromEntries(
    needs.map(([name, location]) => {
      const { locked } = byLocation.get(location)!.node;
      const real = registryName(location, locked);
      return [name, real === name ? locked.version! : `npm:${real}@${locked.version!}`];
    }),
  );
}

/** A package's archive among the user's files, which goes into the build with the lock file. */
function archiveOf({ location, node: { locked } }: Placed, { folder }: Lock): ContextFile | undefined {
  const { resolved = '', version = '' } = locked;
  if (!resolved.startsWith('file:') || locked.inBundle === true) return undefined;
  const name = registryName(location, locked).replace('/', '-').replace('@', '');
  const absolutePath = path.resolve(folder, decodeURI(resolved.slice('file:'.length)));
  return { path: `archives/${name}-${version}.tgz`, absolutePath, isLink: false };
}

const made = (name: string, content: object): ContextFile => ({
  path: name,
  content: Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`),
});

/** The way out for a package that cannot be installed. */
const OTHERWISE = 'leave it out of `external`, so that it is bundled';

/** What is wrong with a package of the lock file, if anything is. */
function faultOf(name: string, locked: LockedPackage): Fault | undefined {
  const { version, resolved = '', integrity, link, inBundle } = locked;
  if (link === true || (resolved.startsWith('file:') && integrity === undefined)) {
    return folderFault(name, resolved.replace(/^file:/, ''));
  }
  if (/^git[+:]/.test(resolved)) return gitFault(name, resolved);
  if (version === undefined) return hashFault(`${name}, of which the lock file has no version`);
  // The integrity of the outer package covers it.
  if (inBundle === true) return undefined;
  if (integrity === undefined)
    return hashFault(`${name} ${version}, of which the lock file has no integrity`);
  return hasPassword(resolved) ? passwordFault(name, resolved) : undefined;
}

const folderFault = (name: string, folder: string): Fault => ({
  given: `${name}, which is the folder ${folder}`,
  allowed: 'packages with a version and an integrity of their own, which a folder has not',
  advice: `${OTHERWISE}, and name those of its packages that have native parts; or depend on its archive, which \`npm pack\` makes`,
});

const gitFault = (name: string, address: string): Fault => ({
  given: `${name}, which is from git: ${withoutPassword(address)}`,
  allowed:
    'packages with an integrity: the image of Node has no git, and the lock file has no hash of its content',
  advice: `${OTHERWISE}; or depend on its archive, which \`npm pack\` makes`,
});

const hashFault = (given: string): Fault => ({
  given,
  allowed: 'packages whose content the lock file has a hash of',
  advice: 'remove node_modules and the lock file, and let `npm install` write it again',
});

const passwordFault = (name: string, address: string): Fault => ({
  given: `${name}, whose address in the lock file has a password in it: ${withoutPassword(address)}`,
  allowed: 'addresses without: the lock file of the image is in the package',
  advice: 'have the password in .npmrc, which builds are handed as a secret',
});

function hasPassword(address: string): boolean {
  return URL.canParse(address) && new URL(address).password !== '';
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@]*:[^/@]*@/, '//***@');
}

/** Everything in the lock file that keeps an image from being made. */
function faultsOf({ nodes, missing, unsuitable }: Closure, { file }: Pick<Lock, 'file'>): Fault[] {
  return [
    ...missing.filter(({ isOptional }) => !isOptional).map((each) => missingFault(each, file)),
    ...[...nodes.values()].flatMap(({ location, locked }) => faultOf(nameOf(location), locked) ?? []),
    ...unsuitable.map((location) => ({
      given: `${nameOf(location)}, which is not for the image's machine: ${JSON.stringify(platformOf(nodes.get(location)!.locked))}`,
      allowed: 'packages for Linux with glibc on the `architecture` of the worker',
    })),
  ];
}

/** Packages that the service has in its own folder, and the workspace has in another version. */
function versionsFault({ roots, nodes }: Closure): Fault {
  const names = [...roots.values(), ...nodes.keys()]
    .filter((location) => !location.startsWith('node_modules/'))
    .map(nameOf);
  return {
    given: `versions that cannot stand in one folder: the service has its own of ${[...new Set(names)].join(', ')}`,
    allowed: 'a service whose packages can be in one folder, rather than in its own and the workspace’s',
    advice:
      'let the service and the workspace have the same versions, or have the service out of the workspace',
  };
}

const platformOf = ({ os, cpu, libc }: LockedPackage) => ({ os, cpu, libc });

function missingFault({ name, of }: Missing, file: string): Fault {
  if (of === undefined) {
    return {
      given: `${name}, which ${file} does not have`,
      allowed: 'packages of the service: the image gets what its lock file says',
      advice: `npm install ${name}`,
    };
  }
  return {
    given: `${name}, which ${nameOf(of)} needs, and which ${file} does not have`,
    allowed: 'a lock file that has all that its packages need',
    advice: 'npm install',
  };
}
