import type { Worker } from '../config/configuration';
import { EXEC_FOLDERS } from '../config/defaults';
import type { ContainerProperties, TaskProperties } from './resource-types';

export function mountPoints(worker: Worker): ContainerProperties['MountPoints'] {
  const folders = mountedFolders(worker);
  if (folders.length === 0) return undefined;
  return folders.map((ContainerPath, index) => ({
    SourceVolume: volumeName(index),
    ContainerPath,
    ReadOnly: false,
  }));
}

/** Volumes of the task, which the container's mount points name. */
export function volumes(worker: Worker): TaskProperties['Volumes'] {
  const folders = mountedFolders(worker);
  return folders.length === 0 ? undefined : folders.map((_path, index) => ({ Name: volumeName(index) }));
}

function mountedFolders(worker: Worker): readonly string[] {
  const mounts = writableMounts(worker);
  return worker.exec && !worker.writableFilesystem ? [...mounts, ...EXEC_FOLDERS] : mounts;
}

/** With a writable file system there is nothing to mount: every job gets a container of its own. */
export function writableMounts({ mounts, writableFilesystem }: Worker): readonly string[] {
  return writableFilesystem ? [] : mounts;
}

/** By number: ECS takes only letters, digits, dashes and underscores, so names made of different paths could collide. */
function volumeName(index: number): string {
  return `mount-${index + 1}`;
}
