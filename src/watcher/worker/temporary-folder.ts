import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
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
  return { path: folder, remove: () => removeFolder(folder) };
}

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined);

export function canHoldFolders(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
