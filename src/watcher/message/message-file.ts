import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder of the job's own, with the message in it. */
export interface MessageFile {
  path: string;
  /** Never rejects: the next job has a folder of its own. */
  remove(): Promise<void>;
}

/** Writes the body where just this user can read it. */
export async function writeMessageFile(temporaryFolder: string, body: string): Promise<MessageFile> {
  const folder = await mkdtemp(path.join(temporaryFolder, 'watchbot-'));
  const file = path.join(folder, 'message');
  await writeFile(file, body, { mode: 0o600 });
  return { path: file, remove: () => rm(folder, { recursive: true, force: true }).catch(() => undefined) };
}
