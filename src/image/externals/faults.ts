import { nameOf, type Closure, type Missing } from './closure';
import type { Fault, Lock, LockedPackage } from './lock-file';

/** How a worker is told of a package that it cannot have. */
const OTHERWISE = 'leave it out of `external`, so that it is bundled';

/** What is wrong with a package of the lock file, if anything is. */
function faultOf(name: string, locked: LockedPackage): Fault | undefined {
  const { version, resolved = '', integrity, link, inBundle } = locked;
  if (link === true || (resolved.startsWith('file:') && integrity === undefined)) {
    return folderFault(name, resolved.replace(/^file:/, ''));
  }
  if (/^git[+:]/.test(resolved)) return gitFault(name, resolved);
  if (version === undefined) return hashFault(`${name}, of which the lock file has no version`);
  // Of what comes with another package that one's integrity tells.
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
  allowed: 'packages with an integrity: the image of Node has no git, and the lock file none of its content',
  advice: `${OTHERWISE}; or depend on its archive, which \`npm pack\` makes`,
});

const hashFault = (given: string): Fault => ({
  given,
  allowed: 'packages whose content the lock file has a hash of',
  advice: 'remove node_modules and the lock file, and let `npm install` write it anew',
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

/** All that the lock file says of the packages, and that no image can be made of. */
export function faultsOf({ nodes, missing, unsuitable }: Closure, { file }: Pick<Lock, 'file'>): Fault[] {
  return [
    ...missing.filter(({ isOptional }) => !isOptional).map((each) => missingFault(each, file)),
    ...[...nodes.values()].flatMap(({ location, locked }) => faultOf(nameOf(location), locked) ?? []),
    ...unsuitable.map((location) => ({
      given: `${nameOf(location)}, which is not for the image's machine: ${JSON.stringify(platformOf(nodes.get(location)!.locked))}`,
      allowed: 'packages for Linux with glibc on the `architecture` of the worker',
    })),
  ];
}

/** What the service has for itself, and the workspace has in another version. */
export function versionsFault({ roots, nodes }: Closure): Fault {
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
