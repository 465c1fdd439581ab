import { mkdtempSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder of the job's own, with the message in it. */
export interface MessageFile {
  path: string;
  /** Never rejects: the next job has a folder of its own. */
  remove(): Promise<void>;
}

/**
 * Up to this length a message is written by calls that wait. They take a tenth of a millisecond together, which is a
 * small part of what the same calls take by way of Node's threads.
 */
const SHORT_LENGTH = 65_536;

const FILE_MODE = 0o600;

/**
 * Writes the body where just this user can read it.
 * @throws where the folder cannot be written to; nothing is left behind then
 */
export async function writeMessageFile(temporaryFolder: string, body: string): Promise<MessageFile> {
  const folder = mkdtempSync(path.join(temporaryFolder, 'watchbot-'));
  const file = path.join(folder, 'message');
  const remove = () => removeFolder(folder, file);
  try {
    if (body.length <= SHORT_LENGTH) writeFileSync(file, body, { mode: FILE_MODE });
    else await writeFile(file, body, { mode: FILE_MODE });
  } catch (error) {
    // The disk may be full: half a message left behind would keep it so.
    await remove();
    throw error;
  }
  return { path: file, remove };
}

/** Mostly there is just the message; a worker may have removed it, or have put in something of its own. */
async function removeFolder(folder: string, file: string): Promise<void> {
  try {
    unlinkSync(file);
    rmdirSync(folder);
  } catch {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
