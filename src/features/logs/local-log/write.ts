import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { localLogFiles, MAX_FILE_BYTES, type LocalRecord } from './record';

export interface LocalLog {
  write(worker: string, line: string): void;
  /** Resolves when all is in the file. */
  end(): Promise<void>;
}

/**
 * Begins the file anew. Lines are added to the file by its name, all that came meanwhile at once: `sls package` may have
 * removed the folder in between. Where nothing can be written, work goes on, and that is told once.
 */
export async function startLocalLog(
  serviceFolder: string,
  onFailure: (error: Error) => void,
  maxBytes = MAX_FILE_BYTES,
): Promise<LocalLog> {
  const files = localLogFiles(serviceFolder);
  await rm(path.dirname(files.current), { recursive: true, force: true });
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let hasFailed = false;

  const append = async (text: string) => {
    await mkdir(path.dirname(files.current), { recursive: true });
    const { size } = await stat(files.current).catch(() => ({ size: 0 }));
    if (size >= maxBytes) await rename(files.current, files.before);
    await appendFile(files.current, text);
  };
  const flush = async () => {
    while (waiting.length > 0) {
      const text = waiting.join('');
      waiting = [];
      await append(text).catch((error: unknown) => {
        if (!hasFailed) onFailure(error as Error);
        hasFailed = true;
      });
    }
    writing = undefined;
  };
  return {
    write: (worker, line) => {
      const record: LocalRecord = { timeMs: Date.now(), worker, line };
      waiting.push(`${JSON.stringify(record)}\n`);
      writing ??= flush();
    },
    end: async () => {
      await writing;
    },
  };
}
