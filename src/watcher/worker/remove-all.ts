import { randomUUID } from 'node:crypto';
import type { Dir, Dirent } from 'node:fs';
import { chmod, lstat, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';

/** A folder with all that is in it, or a file. Links are removed, not followed. Never rejects. */
export async function removeAll(place: string): Promise<void> {
  try {
    const isFile = !(await lstat(place)).isDirectory();
    if (!isFile) await emptyFolder(place);
    await (isFile ? unlink(place) : rmdir(place));
  } catch {
    // What is left there is in nobody's way.
  }
}

/** Whether an entry of the folder itself is to stay. */
export type IsKept = (file: string) => Promise<boolean>;

/**
 * Removes all that is in a folder. Links are removed, not followed.
 * @throws what went wrong first, when nothing is under way any more: the next worker may start in this folder
 */
export const emptyFolder = (folder: string, isKept?: IsKept): Promise<void> =>
  new Emptying(folder, isKept).run();

/** As many as Node has threads for it; more only wait for them, and take memory. */
const MOST_AT_ONCE = 4;

/** Each holds a folder open. */
const MOST_LEVELS = 40;

/** The longest path that Linux takes has 4,096 bytes, and a name 255. */
const LONGEST_FOLDER_BYTES = 3_500;

/**
 * A job may leave hundreds of thousands of files: their names are read a few at a time, and never held all at once. Node's
 * own `rm` reads whole folders, and begins to remove all that is in them together.
 */
class Emptying {
  private readonly top: string;
  private readonly isKept: IsKept | undefined;
  private readonly removals = new Set<Promise<void>>();
  private failures = 0;
  private failure: unknown;

  constructor(top: string, isKept: IsKept | undefined) {
    this.top = top;
    this.isKept = isKept;
  }

  async run(): Promise<void> {
    await this.empty(this.top, 0);
    if (this.failures > 0) throw this.failure;
  }

  /** Read again until there is nothing: what is removed meanwhile may hide what stands behind it. */
  private async empty(folder: string, level: number): Promise<void> {
    for (;;) {
      const { failures } = this;
      const found = await this.emptyOnce(folder, level);
      await Promise.all(this.removals);
      // What cannot be removed would be found for ever.
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
        found += 1;
        if (await isFolder(entry, file)) await this.removeFolder(file, level + 1);
        else await this.removeFile(file);
      }
    } finally {
      void opened.close();
    }
    return found;
  }

  private async removeFolder(folder: string, level: number): Promise<void> {
    try {
      const isDeep = level > MOST_LEVELS || Buffer.byteLength(folder) > LONGEST_FOLDER_BYTES;
      if (isDeep) await this.bringUp(folder);
      else await this.removeShallow(folder, level);
    } catch (error) {
      this.fail(error);
    }
  }

  private async removeShallow(folder: string, level: number): Promise<void> {
    await this.empty(folder, level);
    await unlocked([path.dirname(folder)], () => rmdir(folder));
  }

  /** What is too deep for a path to what is in it is emptied from the top, where it is found next. */
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

/** Some file systems say of no entry what it is. */
async function isFolder(entry: Dirent, file: string): Promise<boolean> {
  if (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink()) return entry.isDirectory();
  const found = await lstat(file).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** A cache of modules, as Go's, lets nothing be removed from its folders. */
async function unlocked<Result>(folders: readonly string[], act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    for (const folder of folders) await chmod(folder, 0o700);
    return act();
  }
}
