import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Where workers wait, in the shell: each passes for one line. */
export interface Gate {
  /** Of which a worker that is no shell reads a byte. */
  file: string;
  /** A piece of a shell line; it waits without a process of its own. */
  wait: string;
  open(workers?: number): void;
  close(): void;
}

export function createGate(folder: string, name = 'gate'): Gate {
  const file = path.join(folder, name);
  execFileSync('mkfifo', [file]);
  // For reading and writing, so that neither end waits for the other to open.
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
