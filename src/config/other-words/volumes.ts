import { isMap } from '../../shared/json';
import { ECS } from '../limits';
import {
  as,
  both,
  each,
  inside,
  number,
  put,
  remove,
  say,
  showLines,
  type Answer,
  type Convert,
  type Words,
} from './answer';

/** Words of other tools for what a task mounts: those of ECS's API, Copilot, docker and Lambda. */

/** In a volume its own keys, by its path. */
type Place = string;

const encryption = remove('it is always encrypted on its way');

const ofFileSystem = (place: Place): Words => ({
  ...each(['fileSystemId', 'filesystemId', 'id'], as(`${place}.efs`)),
  ...each(['rootDirectory', 'rootDir'], (root) =>
    root === '/' ? remove('all of it is mounted without')(root) : put(`${place}.root`, root),
  ),
  ...each(['transitEncryption', 'transitEncryptionPort'], encryption),
  ...each(
    ['authorizationConfig', 'auth'],
    inside({
      ...each(['accessPointId', 'accessPoint'], as(`${place}.accessPoint`)),
      iam: (is) => put(`${place}.iam`, is === true || is === 'ENABLED'),
    }),
  ),
  ...each(['accessPointId'], as(`${place}.accessPoint`)),
  ...each(['uid', 'gid'], remove('an access point has the user: `accessPoint`')),
});

const fileSystem = (place: Place): Convert =>
  inside(ofFileSystem(place), (value) =>
    value === true
      ? say('make the file system under `resources`, and give its id as `efs: !Ref FILES`')
      : put(`${place}.efs`, value),
  );

/** Within one volume. */
export const inVolume = (name: string): Words => {
  const place = `volumes.${name}`;
  return {
    ...each(['containerPath', 'mountPath', 'target', 'localMountPath'], as(`${place}.path`)),
    ...each(['readonly', 'ro'], as(`${place}.readOnly`)),
    ...each(['sourcePath', 'hostPath'], as(`${place}.host`)),
    ...each(['efsVolumeConfiguration', 'fileSystem'], fileSystem(place)),
    ...ofFileSystem(place),
    ...each(['size', 'sizeInGiB', 'volumeSize'], as(`${place}.ebs`)),
    ...each(['type', 'volumeType'], as(`${place}.type`)),
    filesystemType: as(`${place}.filesystem`),
    snapshotId: as(`${place}.snapshot`),
    kmsKeyId: as(`${place}.kmsKey`),
    ...each(['managedEBSVolume', 'ebsVolume'], () => say('give its size as `ebs: 500GB`')),
    configuredAtLaunch: () => say('give the size of the EBS volume: `ebs: 500GB`'),
    roleArn: as('infrastructureRole'),
    tagSpecifications: remove('a volume has the tags of the service'),
    ...each(['name', 'sourceVolume'], remove('a volume has the name of its key')),
    ...each(
      ['dockerVolumeConfiguration', 'scope', 'driver', 'external'],
      remove('`path` alone is a folder that the containers of a task share; `host` is one of the instance'),
    ),
    fsxWindowsFileServerVolumeConfiguration: remove('the watcher needs Linux'),
  };
};

/** Copilot's volumes, by their names. */
export const volumesOfCopilot: Convert = (value) => {
  const all = isMap(value) ? Object.entries(value) : [];
  if (all.length === 0) return say(AS_MAP);
  return both(...all.map(([name, volume]) => ofCopilot(name, volume)));
};

const ofCopilot = (name: string, volume: unknown): Answer =>
  inside({
    path: as(`volumes.${name}.path`),
    readOnly: as(`volumes.${name}.readOnly`),
    efs: fileSystem(`volumes.${name}`),
  })(volume);

const AS_MAP =
  'write a map by names of your own: `volumes: {files: {efs: ID, path: /files}}`, with `ebs: 500GB`, `host: /mnt/files` or nothing in place of `efs`';

/** `/mnt/data:/data:ro`, as Docker and Watchbot write it; Docker has a name for what is no folder of the host. */
const HOST_MOUNT = /^\s*([^:\s]+):(\/[^:\s]*)(?::([a-z,]+))?\s*$/i;

/** What to write for a folder of the host in `mounts`. */
export function hostVolume(mount: string): string | undefined {
  const { lines } = ofMount(mount) ?? say('');
  return mount.startsWith('/') && isMap(lines.volumes) ? showLines(lines) : undefined;
}

function ofMount(mount: unknown): Answer | undefined {
  const [, source, path = '', options = ''] = HOST_MOUNT.exec(String(mount)) ?? [];
  if (source === undefined || /^[.~]/.test(source)) return undefined;
  const name =
    source
      .split(/[^\w]+/)
      .filter(Boolean)
      .join('-') || 'files';
  return put(`volumes.${name}`, {
    path,
    ...(source.startsWith('/') && { host: source }),
    ...(options.split(',').includes('ro') && { readOnly: true }),
  });
}

/** ECS and docker have lists. */
export function listOfVolumes(value: unknown): Answer | undefined {
  if (!Array.isArray(value)) return typeof value === 'string' ? (ofMount(value) ?? say(AS_MAP)) : undefined;
  const all = value.map(ofMount).filter((volume) => volume !== undefined);
  return all.length > 0 && all.length === value.length ? both(...all) : say(AS_MAP);
}

/** Watchbot's text: folders, and such with a folder of the host before the colon, which it mounted up to v3. */
export function mountsOfText(value: unknown): Answer | undefined {
  if (typeof value !== 'string') return undefined;
  const mounts = value.split(',').map((mount) => mount.trim());
  const own = mounts.filter((mount) => !mount.includes(':'));
  const ofHost = mounts.map(ofMount).filter((volume) => volume !== undefined);
  if (ofHost.length === 0) return put('mounts', own);
  return both(...(own.length === 0 ? [] : [put('mounts', own)]), ...ofHost, EMPTY_SINCE_V4);
}
const EMPTY_SINCE_V4 = say(
  'Watchbot has made empty folders of them since v4: those are `mounts`, by the path behind the colon',
);

/** A volume, or what it is of, in another form. */
export function valueOfVolume([, name = '', ...key]: readonly string[], value: unknown): Answer | undefined {
  if (key.length === 0) return pathOfVolume(name, value);
  return key.length === 1 ? kindOfVolume(name, key[0], value) : undefined;
}

/** Where others have a path alone. */
const pathOfVolume = (name: string, value: unknown): Answer | undefined =>
  typeof value === 'string' ? (ofMount(value) ?? put(`volumes.${name}.path`, value)) : undefined;

/** ECS has a map with the path in it, Copilot one with the id. */
function kindOfVolume(name: string, key: string | undefined, value: unknown): Answer | undefined {
  if (!isMap(value)) return undefined;
  if (key === 'ebs') return inside(inVolume(name))(value);
  if (key === 'efs') return fileSystem(`volumes.${name}`)(value);
  if (key === 'host')
    return inside({ sourcePath: as(`volumes.${name}.host`) }, () => say('remove it: `path` is enough'))(
      value,
    );
  return undefined;
}

/** More than Fargate has. */
export const moreDisk = (value: unknown): Answer | undefined => {
  const size = number(value);
  return size !== undefined && size > ECS.maxEphemeralStorageGiB
    ? put('volumes.scratch', { ebs: size, path: '/scratch' })
    : undefined;
};

const LAMBDA_FILES = say(
  'name the file system: `volumes: {files: {efs: ID, accessPoint: ID, path: /mnt/files}}`',
);

/** Beside `volumes`. */
export const BESIDE_VOLUMES: Words = {
  ...each(['efs', 'efsVolumes', 'efsVolume', 'efsVolumeConfiguration'], () => say(AS_MAP)),
  ...each(['ebs', 'managedEbsVolume', 'volumeConfigurations'], () =>
    say('write it under `volumes`: `volumes: {scratch: {ebs: 500GB, path: /scratch}}`'),
  ),
  ...each(['hostPath', 'hostVolumes', 'bindMounts'], () =>
    say('write it under `volumes`: `volumes: {models: {host: /mnt/models, path: /models}}`'),
  ),
  fileSystemConfig: () => LAMBDA_FILES,
  mountPoints: () => say('give each volume its `path`: `volumes: {files: {efs: ID, path: /files}}`'),
};
