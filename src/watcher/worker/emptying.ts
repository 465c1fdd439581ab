import { randomUUID } from 'node:crypto';
import { type Dir, type Dirent, opendirSync, readlinkSync } from 'node:fs';
import { chmod, lstat, opendir, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { getuid } from 'node:process';
import { IMAGE_FOLDER } from '../../contract/image';
import { describeError, type Logger } from '../log';

/** Every container has it, small and in memory, even if the root file system is read-only. */
export const SHARED_MEMORY = '/dev/shm';

/** The namespace of the machine's own processes: https://github.com/torvalds/linux/blob/master/include/linux/proc_ns.h */
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
 * Makes a function that empties everything workers may have written to. It is to be made before the first worker starts.
 * @param folders the mounts; undefined: nothing is emptied
 * @param programFolder the watcher's folder: only in an image of the plugin is the shared memory for its workers alone
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

/** Not on a developer's machine, and not if the task shares the memory of its host. */
export function isOwnMemory(programFolder: string, ipcNamespace: () => string = ownIpcNamespace): boolean {
  try {
    return programFolder === IMAGE_FOLDER && ipcNamespace() !== IPC_OF_MACHINE;
  } catch {
    return false;
  }
}

const ownIpcNamespace = () => readlinkSync('/proc/self/ns/ipc');

/** Removes only what this user has put there since: containers of a task may share it, and the image may need its files. */
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
    // Mostly nothing is there. In memory that is seen at once, and it is checked after each job.
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

/** Removes a file, or a folder with all that is in it. Links are removed, not followed. Never rejects. */
export async function removeAll(target: string): Promise<void> {
  try {
    const isFile = !(await lstat(target)).isDirectory();
    if (!isFile) await emptyFolder(target);
    await (isFile ? unlink(target) : rmdir(target));
  } catch {
    // What cannot be removed is in nobody's way.
  }
}

/** Whether an entry of the folder itself is to stay. */
type IsKept = (file: string) => Promise<boolean>;

/**
 * Removes all that is in a folder. Links are removed, not followed.
 * @throws what went wrong first, once nothing is under way any more: the next worker may start in this folder
 */
const emptyFolder = (folder: string, isKept?: IsKept): Promise<void> => new Emptying(folder, isKept).run();

/** Node has as many threads for it; more removals would only wait for them, and take memory. */
const MOST_AT_ONCE = 4;

/** Each level holds a folder open. */
const MOST_LEVELS = 40;

/** Every file system of ext3 and ext4 has it at its top, for root alone. */
const OF_THE_FILE_SYSTEM = 'lost+found';

/** Linux takes paths of 4,096 bytes at most, and names of 255. */
const LONGEST_FOLDER_BYTES = 3_500;

/**
 * A job may leave hundreds of thousands of files: their names are read a few at a time, and never all held at once. Node's
 * own `rm` reads whole folders, and begins to remove everything in them at the same time.
 */
class Emptying {
  private readonly top: string;
  private readonly isKept: IsKept | undefined;
  private readonly removals = new Set<Promise<void>>();
  private failures = 0;
  private failure: unknown;
  private device: number | undefined;

  constructor(top: string, isKept: IsKept | undefined) {
    this.top = top;
    this.isKept = isKept;
  }

  async run(): Promise<void> {
    this.device = (await stat(this.top)).dev;
    await this.empty(this.top, 0);
    if (this.failures > 0) throw this.failure;
  }

  /** Reads the folder again until nothing is found: files that are removed meanwhile may hide those behind them. */
  private async empty(folder: string, level: number): Promise<void> {
    for (;;) {
      const { failures } = this;
      const found = await this.emptyOnce(folder, level);
      await Promise.all(this.removals);
      // What cannot be removed would be found again and again.
      if (found === 0 || this.failures > failures) return;
    }
  }

  private async emptyOnce(folder: string, level: number): Promise<number> {
    const opened = await open(folder);
    let found = 0;
    try {
      for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
        const file = path.join(folder, entry.name);
        if (level === 0 && (await this.isKept?.(file))) continue;
        const isOne = await isFolder(entry, file);
        if (isOne && level === 0 && entry.name === OF_THE_FILE_SYSTEM) {
          await new Emptying(file, undefined).run().catch(() => undefined);
          continue;
        }
        found += 1;
        if (isOne) await this.removeFolder(file, level + 1);
        else await this.removeFile(file);
      }
    } finally {
      void opened.close();
    }
    return found;
  }

  private async removeFolder(folder: string, level: number): Promise<void> {
    try {
      await this.refuseMount(folder);
      const isDeep = level > MOST_LEVELS || Buffer.byteLength(folder) > LONGEST_FOLDER_BYTES;
      if (isDeep) await this.bringUp(folder);
      else await this.removeShallow(folder, level);
    } catch (error) {
      this.fail(error);
    }
  }

  /** What a job could mount here need not be scratch: it may be a file system that others use. */
  private async refuseMount(folder: string): Promise<void> {
    if ((await lstat(folder)).dev !== this.device)
      throw new Error(`${folder} is on another file system, and stays`);
  }

  private async removeShallow(folder: string, level: number): Promise<void> {
    await this.empty(folder, level);
    await unlocked([path.dirname(folder)], () => rmdir(folder));
  }

  /** Moves a folder that is too deep for a path to its files to the top, where it is found and emptied next. */
  private async bringUp(folder: string): Promise<void> {
    const above = path.join(this.top, `.watchbot-${randomUUID()}`);
    await unlocked([path.dirname(folder), folder], () => rename(folder, above));
  }

  private async removeFile(file: string): Promise<void> {
    if (this.removals.size >= MOST_AT_ONCE) await Promise.race(this.removals);
    const removal = unlocked([path.dirname(file)], () => unlink(file)).then(
      () => void this.removals.delete(removal),
      (error: unknown) => {
        this.removals.delete(removal);
        this.fail(error);
      },
    );
    this.removals.add(removal);
  }

  private fail(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    if (this.failures === 0) this.failure = error;
    this.failures += 1;
  }
}

const open = (folder: string): Promise<Dir> => unlocked([folder], () => opendir(folder));

/** Some file systems do not say what an entry is. */
async function isFolder(entry: Dirent, file: string): Promise<boolean> {
  if (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink()) return entry.isDirectory();
  const found = await lstat(file).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Folders of a module cache, such as Go's, are read-only. */
async function unlocked<Result>(folders: readonly string[], act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    for (const folder of folders) await chmod(folder, 0o700);
    return act();
  }
}
