import { opendirSync, readlinkSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { getuid } from 'node:process';
import { IMAGE_FOLDER } from '../../contract/image';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/describe-error';
import { emptyFolder, type IsKept } from '../worker/remove-all';

/** Every container has it, small and in memory, also where the root file system is read-only. */
export const SHARED_MEMORY = '/dev/shm';

/** Of the machine's own processes: https://github.com/torvalds/linux/blob/master/include/linux/proc_ns.h */
const IPC_OF_MACHINE = 'ipc:[4026531839]';

/** Empties the folders that workers may write to. Links are removed, not followed. Never rejects. */
export async function emptyFolders(folders: readonly string[], log: Pick<Logger, 'warn'>): Promise<void> {
  for (const folder of folders) await tryToEmpty(folder, log);
}

async function tryToEmpty(folder: string, log: Pick<Logger, 'warn'>, isKept?: IsKept): Promise<void> {
  try {
    await emptyFolder(folder, isKept);
  } catch (error) {
    log.warn(`${folder} could not be emptied: ${describeError(error)}`);
  }
}

/**
 * What empties all that workers may have written to; to be made before the first of them.
 * @param folders the mounts; undefined: nothing is emptied
 * @param programFolder of the watcher: only in an image of the plugin is the shared memory one for its workers
 */
export async function createEmptying(
  folders: readonly string[] | undefined,
  programFolder: string,
  log: Pick<Logger, 'warn'>,
): Promise<() => Promise<void>> {
  if (folders === undefined) return () => Promise.resolve();
  const emptyMemory = isOwnMemory(programFolder) ? await createMemoryEmptying(SHARED_MEMORY, log) : undefined;
  return async () => {
    await emptyFolders(folders, log);
    await emptyMemory?.();
  };
}

/** Not on a developer's machine, nor where the task shares that of its host. */
export function isOwnMemory(programFolder: string, ipcNamespace: () => string = ownIpcNamespace): boolean {
  try {
    return programFolder === IMAGE_FOLDER && ipcNamespace() !== IPC_OF_MACHINE;
  } catch {
    return false;
  }
}

const ownIpcNamespace = () => readlinkSync('/proc/self/ns/ipc');

/** Of what this user has put there since: other containers of the task may share it, and the image may need what it had. */
export async function createMemoryEmptying(
  folder: string,
  log: Pick<Logger, 'warn'>,
): Promise<() => Promise<void>> {
  const before = new Set(await readdir(folder).catch(() => []));
  const isKept: IsKept = async (file) => {
    if (before.has(path.basename(file))) return true;
    const found = await lstat(file).catch(() => undefined);
    return found?.uid !== getuid?.();
  };
  return async () => {
    // Mostly nothing is there, which is seen at once in memory, after each job.
    if (!isEmpty(folder)) await tryToEmpty(folder, log, isKept);
  };
}

function isEmpty(folder: string): boolean {
  try {
    const opened = opendirSync(folder);
    const first = opened.readSync();
    opened.closeSync();
    return first === null;
  } catch {
    return true;
  }
}
