import { randomUUID } from 'node:crypto';
import { unlinkSync, writeFileSync } from 'node:fs';
import { unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canHoldFiles, IN_MEMORY, isOn } from '../worker/file-system';
import { removeAll } from '../worker/remove-all';

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
