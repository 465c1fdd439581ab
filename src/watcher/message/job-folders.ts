import { tmpdir } from 'node:os';
import { canHoldFiles } from '../worker/file-system';
import { createTemporaryFolders } from '../worker/temporary-folders';
import { memoryFolderAt } from './message-file';

/** Every container has it, small and in memory, also where the root file system is read-only. */
const SHARED_MEMORY = '/dev/shm';

/** Where jobs have their files. Who names a folder for temporary files wants them there. */
export function jobFolders(
  { TMPDIR }: Readonly<Record<string, string | undefined>>,
  { concurrency }: { concurrency: number },
) {
  const memoryFolder = TMPDIR === undefined ? memoryFolderAt(SHARED_MEMORY) : undefined;
  const temporaryFolder = tmpdir();
  // With one worker at a time, all of it is that worker's, and is emptied after it.
  const hasOthersBeside = concurrency > 1 && canHoldFiles(temporaryFolder);
  const temporaryFolders = hasOthersBeside ? createTemporaryFolders(temporaryFolder) : undefined;
  return { temporaryFolder, memoryFolder, temporaryFolders };
}
