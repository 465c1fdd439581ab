import type { Worker } from '../config/configuration';
import { EXEC_FOLDERS } from '../config/defaults';
import type { FileSystem, Volume } from '../config/volumes';
import type { ContainerProperties, TaskProperties } from './resource-types';

type TaskVolume = Extract<NonNullable<TaskProperties['Volumes']>, readonly unknown[]>[number];

export function mountPoints(worker: Worker): ContainerProperties['MountPoints'] {
  const all = [
    ...mountedFolders(worker).map((ContainerPath, index) => ({
      SourceVolume: folderName(index),
      ContainerPath,
      ReadOnly: false,
    })),
    ...worker.volumes.map(({ name, path, readOnly }) => ({
      SourceVolume: name,
      ContainerPath: path,
      ReadOnly: readOnly,
    })),
  ];
  return all.length === 0 ? undefined : all;
}

/** Volumes of the task, which the mount points of its containers name. */
export function volumes(worker: Worker): TaskProperties['Volumes'] {
  const all = [
    ...mountedFolders(worker).map((_path, index) => ({ Name: folderName(index) })),
    ...worker.volumes.map(taskVolume),
  ];
  return all.length === 0 ? undefined : all;
}

function taskVolume(volume: Volume): TaskVolume {
  const { name: Name } = volume;
  switch (volume.kind) {
    case 'efs':
      return { Name, EFSVolumeConfiguration: fileSystemVolume(volume) };
    case 'ebs':
      // Which one is said by the service.
      return { Name, ConfiguredAtLaunch: true };
    case 'host':
      return { Name, Host: { SourcePath: volume.host } };
    case 'shared':
      return { Name };
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html */
const fileSystemVolume = ({
  efs,
  accessPoint,
  root,
  iam,
}: FileSystem): TaskVolume['EFSVolumeConfiguration'] => ({
  FilesystemId: efs,
  // ECS takes none beside an access point, which has its own.
  RootDirectory: root,
  TransitEncryption: 'ENABLED',
  AuthorizationConfig: { AccessPointId: accessPoint, IAM: iam ? 'ENABLED' : 'DISABLED' },
});

function mountedFolders(worker: Worker): readonly string[] {
  const mounts = writableMounts(worker);
  return worker.exec && !worker.writableFilesystem ? [...mounts, ...EXEC_FOLDERS] : mounts;
}

/**
 * What the watcher empties. With a writable file system it is nothing: every job gets a task of its own, with whose end all
 * goes that may be emptied.
 */
export function emptiedFolders(worker: Worker): readonly string[] {
  if (worker.writableFilesystem) return [];
  const emptied = worker.volumes.filter((volume) => volume.emptied).map(({ path }) => path);
  return [...writableMounts(worker), ...emptied];
}

/** With a writable file system there is nothing to mount. */
function writableMounts({ mounts, writableFilesystem }: Worker): readonly string[] {
  return writableFilesystem ? [] : mounts;
}

/** By number: ECS takes only letters, digits, dashes and underscores, so names made of different paths could collide. */
function folderName(index: number): string {
  return `mount-${index + 1}`;
}
