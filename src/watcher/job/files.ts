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

/** Where jobs have their files. Who names a folder for temporary files wants them there. */
export function jobFolders(
  { TMPDIR }: Readonly<Record<string, string | undefined>>,
  { concurrency }: { concurrency: number },
) {
  const memoryFolder = TMPDIR === undefined ? memoryFolderAt(SHARED_MEMORY) : undefined;
  const temporaryFolder = tmpdir();
  // With one worker at a time, all of it is that worker's, and is emptied after it.
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

/** Where there is room for messages. */
export interface MessageFolders {
  temporaryFolder: string;
  /** One that is no disk: there the calls take microseconds, on a busy disk milliseconds. Absent where there is none. */
  memoryFolder: string | undefined;
}

/** Where just this user can read it, and never over what is there, or through a link: a name that was guessed fails. */
const NEW_FILE = { mode: 0o600, flag: 'wx' };

const nameIn = (folder: string) => path.join(folder, `watchbot-message-${randomUUID()}`);

/**
 * Writes the body where just this user can read it; in memory at once, so that its worker starts before the next message
 * is looked at.
 * @throws where no folder can be written to; nothing is left behind then
 */
export function writeMessageFile(
  { temporaryFolder, memoryFolder }: MessageFolders,
  body: string,
): MessageFile | Promise<MessageFile> {
  const inMemory = memoryFolder === undefined ? undefined : writeInMemory(nameIn(memoryFolder), body);
  return inMemory ?? writeOnDisk(nameIn(temporaryFolder), body);
}

/** By calls that wait, since nothing is waited for. Undefined where it is full: workers may use it, too. */
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

/** A worker may have removed it, or have put a folder in its place. */
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

/** The folder, where it is in memory and can be written to. */
export function memoryFolderAt(folder: string): string | undefined {
  return canHoldFiles(folder) && isOn(IN_MEMORY, folder) ? folder : undefined;
}

/** A folder of one job's own, for whatever its worker keeps for a while. */
export interface TemporaryFolder {
  path: string;
  /** Nothing that the worker left there is there any more: links are removed, not followed. Never rejects. */
  giveBack(): Promise<void> | void;
}

/** Folders for jobs that run side by side. */
export interface TemporaryFolders {
  /** An empty one. @throws where none can be made */
  take(): Promise<TemporaryFolder> | TemporaryFolder;
  /** Removes those that wait for a job. Never rejects. */
  close(): Promise<void>;
}

interface Folder {
  path: string;
  /** As it was when nothing was in it. */
  empty: Stats;
}

/**
 * One that its worker left empty, as most do, is the next job's: making a folder and removing it takes longer than
 * looking into it, and more of the processor than anything else that the watcher does for a job.
 */
export function createTemporaryFolders(
  parent: string,
  // Looked at by calls that wait, which is for disks.
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
      // It has been emptied away with all else that no worker needs, or found by somebody.
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

/** As it is now, where nothing is in it and it is still the folder that was made, for its owner alone. */
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

/** Also in size: so there are not more names in it than can be read at once. */
const isSame = (some: Stats, other: Stats): boolean =>
  some.dev === other.dev &&
  some.ino === other.ino &&
  some.mode === other.mode &&
  some.uid === other.uid &&
  some.size === other.size;

/** Numbers by which Linux names its file systems: https://man7.org/linux/man-pages/man2/statfs.2.html */
const FileSystem = {
  /** ext2 to ext4. */
  ext: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  overlay: 0x794c7630,
  tmpfs: 0x01021994,
} as const;

export const IN_MEMORY: readonly number[] = [FileSystem.tmpfs];

/** Not over a network, where a server that is gone lets a call wait for ever. */
export const LOCAL: readonly number[] = Object.values(FileSystem);

export function canHoldFiles(folder: string): boolean {
  return isTrue(() => {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  });
}

/** Whether the folder is there, and on one of these file systems. */
export function isOn(fileSystems: readonly number[], folder: string): boolean {
  return isTrue(() => fileSystems.includes(statfsSync(folder).type));
}

function isTrue(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
