import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder of the job's own, with the message in it. */
export interface MessageFile {
  path: string;
  /** Never rejects: the next job has a folder of its own. */
  remove(): Promise<void>;
}

/**
 * Writes the body where just this user can read it.
 * @throws where the folder cannot be written to; nothing is left behind then
 */
export async function writeMessageFile(temporaryFolder: string, body: string): Promise<MessageFile> {
  const folder = await mkdtemp(path.join(temporaryFolder, 'watchbot-'));
  const remove = () => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  const file = path.join(folder, 'message');
  try {
    await writeFile(file, body, { mode: 0o600 });
  } catch (error) {
    // The disk may be full: half a message left behind would keep it so.
    await remove();
    throw error;
  }
  return { path: file, remove };
}
