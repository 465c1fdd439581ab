import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { isOn, LOCAL } from './file-system';
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
