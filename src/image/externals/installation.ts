import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import type { ContextFile } from '../context';
import { closureOf, nameOf, registryName, type Closure } from './closure';
import { faultsOf, versionsFault } from './faults';
import { readLock, type Fault, type Lock } from './lock-file';
import { place, type Placed } from './placement';

/** What npm installs in an image, and how. */
export interface Installation {
  /** By their paths below the folder in which npm works. */
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

/** By the key of `bundle` that they are about. */
interface Faults {
  external: readonly Fault[];
  allowScripts: readonly Fault[];
}

/**
 * What the lock file of a service says of the packages named, as a lock file of its own: they and what they need, of the
 * very same versions, sources and hashes, for the image's machine.
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
          `${lock.file} does not have ${name}, which ${nameOf(of)} can do without: the image has none. Where that is wrong, remove node_modules and the lock file, and install again`,
      ),
    ],
  };
}

/** Those by name, with their versions. What comes with another package has none that npm would run. */
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
    given: `${name}, which has no install script, or is none of the packages that are installed`,
    allowed:
      names.length === 0 ? 'none: no package that is installed has an install script' : names.join(', '),
    advice: 'remove it',
  };
}

/** As npm has them, but sorted. */
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

/** An archive among the user's files, which goes into the build with the lock file. */
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
