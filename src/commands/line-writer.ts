import { once } from 'node:events';

/** Writes lines to a stream, no faster than it takes them. */
export interface LineWriter {
  /** False: nobody reads any more, as behind `| head`. */
  write(line: string): Promise<boolean>;
}

export function createLineWriter(stream: NodeJS.WritableStream): LineWriter {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isClosed = true;
  });
  return {
    write: async (line) => {
      if (isClosed) return false;
      // An error is told to the listener above.
      if (!stream.write(`${line}\n`)) await once(stream, 'drain').catch(() => undefined);
      return !isClosed;
    },
  };
}
