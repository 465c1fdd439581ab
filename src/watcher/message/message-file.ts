import {
  accessSync,
  constants,
  mkdtempSync,
  rmdirSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { removeFolder } from '../worker/temporary-folder';

/** A folder of the job's own, with the message in it. */
export interface MessageFile {
  path: string;
  /** Never rejects: the next job has a folder of its own. */
  remove(): Promise<void>;
}

/** Where there is room for messages. */
export interface MessageFolders {
  temporaryFolder: string;
  /** One that is no disk: there the calls take microseconds, on a busy disk milliseconds. Absent where there is none. */
  memoryFolder: string | undefined;
}

const PREFIX = 'watchbot-';
const FILE_MODE = 0o600;

/**
 * Writes the body where just this user can read it.
 * @throws where no folder can be written to; nothing is left behind then
 */
export async function writeMessageFile(
  { temporaryFolder, memoryFolder }: MessageFolders,
  body: string,
): Promise<MessageFile> {
  const inMemory = memoryFolder === undefined ? undefined : writeInMemory(memoryFolder, body);
  return inMemory ?? writeOnDisk(temporaryFolder, body);
}

/** By calls that wait, since nothing is waited for. Undefined where it is full: workers may use it, too. */
function writeInMemory(memoryFolder: string, body: string): MessageFile | undefined {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(path.join(memoryFolder, PREFIX));
    const file = path.join(folder, 'message');
    writeFileSync(file, body, { mode: FILE_MODE });
    return { path: file, remove: removeFromMemory(folder, file) };
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

/** Mostly there is just the message; a worker may have removed it, or have put in something of its own. */
function removeFromMemory(folder: string, file: string) {
  return async () => {
    try {
      unlinkSync(file);
      rmdirSync(folder);
    } catch {
      await removeFolder(folder);
    }
  };
}

async function writeOnDisk(temporaryFolder: string, body: string): Promise<MessageFile> {
  const folder = await mkdtemp(path.join(temporaryFolder, PREFIX));
  const remove = () => removeFolder(folder);
  const file = path.join(folder, 'message');
  try {
    await writeFile(file, body, { mode: FILE_MODE });
  } catch (error) {
    // The disk may be full: half a message left behind would keep it so.
    await remove();
    throw error;
  }
  return { path: file, remove };
}

/** TMPFS_MAGIC: https://man7.org/linux/man-pages/man2/statfs.2.html */
const TMPFS = 0x01021994;

/** The folder, where it is in memory and can be written to. */
export function memoryFolderAt(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statfsSync(folder).type === TMPFS ? folder : undefined;
  } catch {
    return undefined;
  }
}
