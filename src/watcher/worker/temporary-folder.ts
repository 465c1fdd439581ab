import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** A folder of one job's own, for whatever its worker keeps for a while. */
export interface TemporaryFolder {
  path: string;
  /** With all that is in it; links are removed, not followed. Never rejects. */
  remove(): Promise<void>;
}

/** @throws where none can be made */
export async function createTemporaryFolder(parent: string): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(parent, 'watchbot-job-'));
  // Mostly it is empty: one call then, where looking first and then removing takes three.
  return { path: folder, remove: () => rmdir(folder).catch(() => removeAll(folder)) };
}

/** A folder with all that is in it, or a file. Links are removed, not followed. Never rejects. */
export const removeAll = (place: string): Promise<void> =>
  rm(place, { recursive: true, force: true }).catch(() => undefined);

export function canHoldFolders(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
