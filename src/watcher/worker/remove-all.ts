import { rm } from 'node:fs/promises';

/** A folder with all that is in it, or a file. Links are removed, not followed. Never rejects. */
export const removeAll = (place: string): Promise<void> =>
  rm(place, { recursive: true, force: true }).catch(() => undefined);
