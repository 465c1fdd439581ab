import { accessSync, constants, lstatSync, readdirSync, statfsSync, type Stats } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { removeAll } from './remove-all';

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
  isReused = isLocal(parent),
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

/** Of ext2 to 4, XFS, Btrfs, overlayfs and tmpfs. https://man7.org/linux/man-pages/man2/statfs.2.html */
const LOCAL_TYPES = [0xef53, 0x58465342, 0x9123683e, 0x794c7630, 0x01021994];

/** Not over a network, where a server that is gone lets a call wait for ever. */
function isLocal(folder: string): boolean {
  try {
    return LOCAL_TYPES.includes(statfsSync(folder).type);
  } catch {
    return false;
  }
}

export function canHoldFolders(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
