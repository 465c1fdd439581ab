import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A named pipe at which workers wait until the test opens it. Each line lets one worker pass. */
export interface Gate {
  /** A worker that is not a shell waits by reading a byte of this file. */
  file: string;
  /** Shell code that waits. It starts no process. */
  wait: string;
  open(workers?: number): void;
  close(): void;
}

export function createGate(folder: string, name = 'gate'): Gate {
  const file = path.join(folder, name);
  execFileSync('mkfifo', [file]);
  // Opened for reading and writing, so that neither end waits for the other to open it.
  const descriptor = openSync(file, 'r+');
  return {
    file,
    wait: `read -r _ <>'${file}'`,
    open: (workers = 1) => void writeSync(descriptor, '\n'.repeat(workers)),
    close: () => {
      closeSync(descriptor);
    },
  };
}
