import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  statfsSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeAll, SHARED_MEMORY } from '../worker/emptying';

/** Where jobs have their files: in memory if possible, unless the image names a folder for temporary files. */
export function jobFolders(
  { TMPDIR }: Readonly<Record<string, string | undefined>>,
  { concurrency }: { concurrency: number },
) {
  const memoryFolder = TMPDIR === undefined ? memoryFolderAt(SHARED_MEMORY) : undefined;
  const temporaryFolder = tmpdir();
  // With one worker at a time, the whole folder is that worker's, and is emptied after it.
  const hasOthersBeside = concurrency > 1 && canHoldFiles(temporaryFolder);
  const temporaryFolders = hasOthersBeside ? createTemporaryFolders(temporaryFolder) : undefined;
  return { temporaryFolder, memoryFolder, temporaryFolders };
}

/** The message of one job, in a file under a name of its own. */
export interface MessageFile {
  path: string;
  /** Never rejects: the next job has a file of its own. */
  remove(): Promise<void>;
}

/** Folders for message files. */
export interface MessageFolders {
  temporaryFolder: string;
  /** A folder in memory, where calls take microseconds; on a busy disk they take milliseconds. Absent if there is none. */
  memoryFolder: string | undefined;
}

/** Readable for this user only. It never replaces a file or follows a link: to guess the name in advance is of no use. */
const NEW_FILE = { mode: 0o600, flag: 'wx' };

const nameIn = (folder: string) => path.join(folder, `watchbot-message-${randomUUID()}`);

/**
 * Writes the body to a file that only this user can read. In memory it is there at once, so that the worker starts before
 * the next message is looked at.
 * @throws if no folder can be written to; nothing is left behind then
 */
export function writeMessageFile(
  { temporaryFolder, memoryFolder }: MessageFolders,
  body: string,
): MessageFile | Promise<MessageFile> {
  const inMemory = memoryFolder === undefined ? undefined : writeInMemory(nameIn(memoryFolder), body);
  return inMemory ?? writeOnDisk(nameIn(temporaryFolder), body);
}

/** Synchronous: memory does not let it wait. Undefined if the memory is full, since workers may use it, too. */
function writeInMemory(file: string, body: string): MessageFile | undefined {
  const remove = () => removeFromMemory(file);
  try {
    writeFileSync(file, body, NEW_FILE);
    return { path: file, remove };
  } catch {
    void remove();
    return undefined;
  }
}

/** A worker may have removed the file, or have put a folder in its place. */
async function removeFromMemory(file: string): Promise<void> {
  try {
    unlinkSync(file);
  } catch {
    await removeAll(file);
  }
}

async function writeOnDisk(file: string, body: string): Promise<MessageFile> {
  const remove = () => unlink(file).catch(() => removeAll(file));
  try {
    await writeFile(file, body, NEW_FILE);
  } catch (error) {
    // The disk may be full: half a message left behind would keep it so.
    await remove();
    throw error;
  }
  return { path: file, remove };
}

/** The folder, if it is in memory and can be written to. */
export function memoryFolderAt(folder: string): string | undefined {
  return canHoldFiles(folder) && isOn(IN_MEMORY, folder) ? folder : undefined;
}

/** A folder of one job's own, for whatever its worker keeps for a while. */
export interface TemporaryFolder {
  path: string;
  /** Removes what the worker left there: links are removed, not followed. Never rejects. */
  giveBack(): Promise<void> | void;
}

/** Folders for jobs that run side by side. */
export interface TemporaryFolders {
  /** Gives an empty folder. @throws if none can be made */
  take(): Promise<TemporaryFolder> | TemporaryFolder;
  /** Removes the folders that wait for a job. Never rejects. */
  close(): Promise<void>;
}

interface Folder {
  path: string;
  /** Its state when it was empty. */
  empty: Stats;
}

/**
 * A folder that its worker left empty, as most do, becomes the next job's: to make a folder and remove it takes longer than
 * to look into it, and more of the processor than anything else that the watcher does for a job.
 */
export function createTemporaryFolders(
  parent: string,
  // The calls that look into them are synchronous, which is only for local disks.
  isReused = isOn(LOCAL, parent),
): TemporaryFolders {
  const waiting: Folder[] = [];
  const giveBack = (folder: Folder) => {
    const empty = isReused ? asEmpty(folder) : undefined;
    if (empty === undefined) return removeAll(folder.path);
    waiting.push({ ...folder, empty });
  };
  const handOut = (folder: Folder) => ({ path: folder.path, giveBack: () => giveBack(folder) });
  return {
    take: () => {
      const folder = waiting.pop();
      if (folder === undefined) return makeFolder(parent).then(handOut);
      if (isUntouched(folder)) return handOut(folder);
      // It was removed when the mounts were emptied, or somebody has found it.
      return removeAll(folder.path)
        .then(() => makeFolder(parent))
        .then(handOut);
    },
    close: async () => {
      await Promise.all(waiting.splice(0).map((folder) => removeAll(folder.path)));
    },
  };
}

async function makeFolder(parent: string): Promise<Folder> {
  const folder = await mkdtemp(path.join(parent, 'watchbot-job-'));
  return { path: folder, empty: lstatSync(folder) };
}

/** The folder's state, if it is empty and still the folder that was made, for its owner alone. */
function asEmpty({ path: folder, empty: before }: Folder): Stats | undefined {
  try {
    const now = lstatSync(folder);
    return isSame(now, before) && readdirSync(folder).length === 0 ? now : undefined;
  } catch {
    return undefined;
  }
}

function isUntouched({ path: folder, empty: before }: Folder): boolean {
  try {
    const now = lstatSync(folder);
    return isSame(now, before) && now.mtimeMs === before.mtimeMs;
  } catch {
    return false;
  }
}

/** Compares the size, too: then the folder has no more names in it than can be read at once. */
const isSame = (some: Stats, other: Stats): boolean =>
  some.dev === other.dev &&
  some.ino === other.ino &&
  some.mode === other.mode &&
  some.uid === other.uid &&
  some.size === other.size;

/** The numbers of Linux's file systems: https://man7.org/linux/man-pages/man2/statfs.2.html */
const FileSystem = {
  /** ext2 to ext4. */
  ext: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  overlay: 0x794c7630,
  tmpfs: 0x01021994,
} as const;

const IN_MEMORY: readonly number[] = [FileSystem.tmpfs];

/** Not over a network: if the server is gone, a call waits for ever. */
const LOCAL: readonly number[] = Object.values(FileSystem);

function canHoldFiles(folder: string): boolean {
  return isTrue(() => {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  });
}

/** Whether the folder exists, and is on one of these file systems. */
function isOn(fileSystems: readonly number[], folder: string): boolean {
  return isTrue(() => fileSystems.includes(statfsSync(folder).type));
}

function isTrue(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
