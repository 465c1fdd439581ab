import { isMap } from '../../shared/json';
import { as, each, inside, plain, put, remove, say, type Answer, type Convert, type Words } from './answer';

/** Words of other tools for what `container` says: those of ECS, of CDK, and of Docker's command and compose file. */

/** A list of `NAME=VALUE` or `NAME:VALUE`, as Docker takes it, or of maps, as ECS does. */
const asMap =
  (path: string, ofEntry: (entry: Readonly<Record<string, unknown>>) => readonly unknown[]): Convert =>
  (value) => {
    if (!Array.isArray(value)) return put(path, value);
    const pairs = value.map((entry: unknown) =>
      isMap(entry) ? ofEntry(entry) : (/^([^=:]+)[=:](.+)$/.exec(String(entry))?.slice(1) ?? []),
    );
    if (pairs.some(([name, content]) => name === undefined || content === undefined)) return asList(path);
    return put(path, Object.fromEntries(pairs));
  };
const asList = (path: string): Answer => say(`write a map instead of a list: \`${path}\`, NAME: VALUE`);

const labels = asMap('container.labels', ({ name, key, value }) => [name ?? key, value]);

/** ECS's list of {hostname, ipAddress}. */
const hosts = asMap('container.hosts', ({ hostname, ipAddress }) => [hostname, ipAddress]);

/** ECS's list of {name, softLimit, hardLimit}, in which an entry may be as CloudFormation writes it. */
const ulimits = asMap('container.ulimits', (entry) => {
  const limit = Object.fromEntries(Object.entries(entry).map(([key, value]) => [plain(key), value]));
  const { softlimit: soft, hardlimit: hard } = limit;
  return [limit.name, soft === hard ? soft : { soft, hard }];
});

/** Names of files, or ECS's list of {type: s3, value: ARN}. */
export const envFiles: Convert = (value) =>
  put(
    'container.environmentFiles',
    [value]
      .flat()
      .map((file: unknown) => (isMap(file) ? (file.value ?? file.Value ?? file.path ?? file) : file)),
  );

/** ECS's list of {containerPath, size, mountOptions}; of Docker's, only those with a size. */
const tmpfs: Convert = (value) => {
  const folders = [value].flat().map((entry: unknown) => {
    if (isMap(entry)) return [entry.containerPath ?? entry.target, folderOf(entry)];
    const [, path, size] = /^([^:]+):(?:.*,)?size=([^,]+)/.exec(String(entry)) ?? [];
    return [path, sizeOf(size)];
  });
  return folders.some(([path, size]) => path === undefined || size === undefined)
    ? say('give each folder its size: `container: {tmpfs: {FOLDER: SIZE}}`')
    : put('container.tmpfs', Object.fromEntries(folders));
};

function folderOf({ size, mountOptions }: Readonly<Record<string, unknown>>): unknown {
  const options = [mountOptions ?? []].flat();
  return size === undefined || options.length === 0 ? size : { size, options };
}

/** Docker's `64m` and `1g`. */
const sizeOf = (size: unknown): unknown =>
  typeof size === 'string'
    ? size.replace(/^(\d+)([mg])b?$/i, (_, count, unit) => `${count}${String(unit).toUpperCase()}B`)
    : size;

const hasInit = remove(
  'the watcher is what init would be: it passes signals on and takes ended processes in',
);
const byExtension: Convert = () =>
  say('write it, as CloudFormation calls it, under `extensions: {container: …}`');

const capabilities = inside({
  add: as('container.capabilities.add'),
  drop: as('container.capabilities.drop'),
});

const OF_LINUX: Words = {
  ...each(['sharedMemorySize', 'shmSize', 'shm'], (size) => put('container.sharedMemory', sizeOf(size))),
  ...each(['initProcessEnabled', 'init'], hasInit),
  ...each(['devices', 'maxSwap', 'swappiness', 'memSwappiness'], byExtension),
};

/** Words that nothing else has, in a worker as in its `container`. */
export const OF_CONTAINER: Words = {
  ...OF_LINUX,
  linuxParameters: inside({ ...OF_LINUX, capabilities, tmpfs }),
  tmpfs,
  dockerLabels: labels,
  ulimits,
  ...each(['envFile', 'envFiles', 'environmentFile', 'environmentFiles'], envFiles),
  capAdd: as('container.capabilities.add'),
  capDrop: as('container.capabilities.drop'),
  extraHosts: hosts,
  ...each(['workingDirectory', 'workingDir', 'workdir'], as('container.workingDirectory')),
  ...each(['hostname', 'systemControls', 'sysctls', 'dnsServers', 'dnsSearchDomains'], byExtension),
  // Watchbot's `user: true` makes a user who may send; Docker's is who the processes are.
  user: (value) => (typeof value === 'boolean' ? put('sender', value) : put('container.user', String(value))),
};

/** Within `container`. */
export const IN_CONTAINER: Words = {
  ...OF_CONTAINER,
  ...each(['uid', 'runAs', 'runAsUser'], (value) => put('container.user', String(value))),
};

/** Lists and texts where `container` has maps. */
export const VALUES_IN_CONTAINER: Readonly<Record<string, (value: unknown) => Answer | undefined>> = {
  'container.labels': (value) => (Array.isArray(value) ? labels(value) : undefined),
  'container.hosts': (value) => (Array.isArray(value) ? hosts(value) : undefined),
  'container.ulimits': (value) => (Array.isArray(value) ? ulimits(value) : undefined),
  'container.environmentFiles': (value) => (Array.isArray(value) ? undefined : envFiles(value)),
  'container.tmpfs': (value) => (isMap(value) ? undefined : tmpfs(value)),
};
