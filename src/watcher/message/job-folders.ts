import { tmpdir } from 'node:os';
import { SHARED_MEMORY } from '../task/mounts';
import { canHoldFiles } from '../worker/file-system';
import { createTemporaryFolders } from '../worker/temporary-folders';
import { memoryFolderAt } from './message-file';

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
