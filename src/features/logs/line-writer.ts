import { once } from 'node:events';

/** Writes lines to a stream, no faster than it takes them. */
export interface LineWriter {
  /** False: nobody reads any more, as behind `| head`. */
  write(line: string): Promise<boolean>;
}

/** Whether anybody still reads a stream. The standard output of a process outlives its commands: watched once. */
const watched = new WeakMap<NodeJS.WritableStream, { isClosed: boolean }>();

export function createLineWriter(stream: NodeJS.WritableStream): LineWriter {
  const state = watched.get(stream) ?? watch(stream);
  return {
    write: async (line) => {
      if (state.isClosed) return false;
      // An error is told to the listener below.
      if (!stream.write(`${line}\n`)) await once(stream, 'drain').catch(() => undefined);
      return !state.isClosed;
    },
  };
}

function watch(stream: NodeJS.WritableStream) {
  const state = { isClosed: false };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    state.isClosed = true;
  });
  watched.set(stream, state);
  return state;
}
