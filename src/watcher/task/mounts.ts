import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/poll';

/** Empties the folders that workers may write to. Links are removed, not followed. Never rejects. */
export async function emptyFolders(folders: readonly string[], log: Logger): Promise<void> {
  for (const folder of folders) {
    try {
      const entries = await readdir(folder);
      await Promise.all(
        entries.map((entry) => rm(path.join(folder, entry), { recursive: true, force: true })),
      );
    } catch (error) {
      log.warn(`${folder} could not be emptied: ${describeError(error)}`);
    }
  }
}
