import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/poll';

/** Empties the folders that workers may write to. Links are removed, not followed. Never rejects. */
export async function emptyFolders(folders: readonly string[], log: Logger): Promise<void> {
  for (const folder of folders) {
    try {
      const entries = await readdir(folder);
      const removals = await Promise.allSettled(
        entries.map((entry) => rm(path.join(folder, entry), { recursive: true, force: true })),
      );
      // Only now, when none is still under way: the next worker starts in this folder.
      const failed = removals.find((removal) => removal.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      log.warn(`${folder} could not be emptied: ${describeError(error)}`);
    }
  }
}
