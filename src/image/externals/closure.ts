import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import type { Lock, LockedPackage, LockedPackages } from './lock-file';

/** A package in the lock file, and the packages that it needs. */
export interface LockedNode {
  /** The path of its folder in the lock file. */
  location: string;
  locked: LockedPackage;
  /** Their folders, by the names under which it imports them. */
  needs: ReadonlyMap<string, string>;
}

export interface Closure {
  /** The folders of the packages that the user names, by name. */
  roots: ReadonlyMap<string, string>;
  nodes: ReadonlyMap<string, LockedNode>;
  missing: readonly Missing[];
  /** Required packages that are not for the image's machine. */
  unsuitable: readonly string[];
}

/** A package that the lock file lacks. */
export interface Missing {
  name: string;
  /** The package that needs it; undefined for the service itself. */
  of: string | undefined;
  isOptional: boolean;
}

/** Finds a package as Node does: in the folder itself, then in each folder above it. */
export function lookUp(has: (location: string) => boolean, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.posix.dirname(folder)) {
    const isTop = folder === '' || folder === '.';
    const location = inside(isTop ? '' : folder, name);
    if (has(location)) return location;
    if (isTop) return undefined;
  }
}

export const inside = (folder: string, name: string): string => path.posix.join(folder, 'node_modules', name);

/** The named packages and all that they need on the image's machine, in the versions that the service has. */
export function closureOf(
  names: readonly string[],
  { packages, service }: Pick<Lock, 'packages' | 'service'>,
  architecture: Architecture,
): Closure {
  const has = (location: string) => Object.hasOwn(packages, location);
  const found = [...new Set(names)].sort().map((name) => ({ name, location: lookUp(has, name, service) }));
  const isFound = (each: (typeof found)[number]): each is { name: string; location: string } =>
    each.location !== undefined;
  const roots = new Map(found.filter(isFound).map(({ name, location }) => [name, location]));
  const missing: Missing[] = found
    .filter((each) => !isFound(each))
    .map(({ name }) => ({ name, of: undefined, isOptional: false }));
  const nodes = new Map<string, LockedNode>();
  const waiting = [...roots.values()];
  for (let location = waiting.shift(); location !== undefined; location = waiting.shift()) {
    if (nodes.has(location)) continue;
    const locked = packages[location]!;
    const found = findNeeds(location, { packages, architecture });
    nodes.set(location, { location, locked, needs: found.needs });
    missing.push(...found.missing);
    waiting.push(...found.needs.values());
  }
  const unsuitable = [...nodes.values()]
    .filter(({ locked }) => locked.inBundle !== true && !isFor(locked, architecture))
    .map(({ location }) => location);
  return { roots, nodes, missing, unsuitable };
}

/** The folders of the packages that a package needs. If a peer is missing, whoever installed the service did not want it. */
function findNeeds(
  location: string,
  { packages, architecture }: { packages: LockedPackages; architecture: Architecture },
): { needs: Map<string, string>; missing: Missing[] } {
  const needs = new Map<string, string>();
  const missing: Missing[] = [];
  for (const { name, isOptional, isPeer } of needsOf(packages[location]!)) {
    const target = lookUp((each) => Object.hasOwn(packages, each), name, location);
    if (target === undefined) {
      if (!isPeer) missing.push({ name, of: location, isOptional });
    } else if (!isOptional || isWanted(packages[target]!, { isPeer, architecture })) {
      needs.set(name, target);
    }
  }
  return { needs, missing };
}

interface Need {
  name: string;
  isOptional: boolean;
  isPeer: boolean;
}

/** Sorted, whatever the order in the lock file. If a name occurs twice, the stricter entry counts. */
function needsOf({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: LockedPackage): Need[] {
  const needs = new Map<string, Need>();
  for (const name of Object.keys(peerDependencies)) {
    needs.set(name, { name, isPeer: true, isOptional: peerDependenciesMeta[name]?.optional === true });
  }
  for (const name of Object.keys(optionalDependencies))
    needs.set(name, { name, isOptional: true, isPeer: false });
  for (const name of Object.keys(dependencies)) needs.set(name, { name, isOptional: false, isPeer: false });
  return [...needs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * An optional package is wanted if it is for the machine. An optional peer does not belong to the package itself: it is wanted
 * if the service has it for more than development.
 */
function isWanted(
  target: LockedPackage,
  { isPeer, architecture }: { isPeer: boolean; architecture: Architecture },
): boolean {
  if (isPeer && (target.dev === true || target.devOptional === true)) return false;
  return isFor(target, architecture);
}

/** The names of processors in Node and npm. */
export const CPUS = { x86_64: 'x64', arm64: 'arm64' } as const satisfies Record<Architecture, string>;

/** Whether npm would install it on Debian on that processor. https://docs.npmjs.com/cli/configuring-npm/package-json#os */
function isFor({ os, cpu, libc }: LockedPackage, architecture: Architecture): boolean {
  return fits('linux', os) && fits(CPUS[architecture], cpu) && fits('glibc', libc);
}

function fits(value: string, list: readonly string[] | string | undefined): boolean {
  if (list === undefined) return true;
  const entries = typeof list === 'string' ? [list] : list;
  if (entries.length === 1 && entries[0] === 'any') return true;
  const refused = entries.filter((entry) => entry.startsWith('!'));
  if (refused.includes(`!${value}`)) return false;
  return refused.length === entries.length || entries.includes(value);
}

/** The name under which code imports the package in a folder. */
export const nameOf = (location: string): string => location.split('node_modules/').at(-1)!;

/** The package's name in a registry. */
export const registryName = (location: string, { name }: LockedPackage): string => name ?? nameOf(location);
