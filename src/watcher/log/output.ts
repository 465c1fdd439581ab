import type { Writable } from 'node:stream';
import type { Write } from './logger';

export interface Output {
  write: Write;
  /** Resolves when all that was written has left the process, which must not exit before. Never rejects. */
  flushed(): Promise<void>;
}

/** Writes to a stream. Where nobody reads it any more, work goes on without a log. */
export function createOutput(stream: Writable): Output {
  let isBroken = false;
  // One for all who wait: each with a listener of its own would be too many.
  let drained: Promise<void> | undefined;
  let release: () => void = () => undefined;
  stream.on('drain', () => {
    release();
  });
  stream.on('error', () => {
    isBroken = true;
    release();
  });
  const whenDrained = () =>
    new Promise<void>((resolve) => {
      release = () => {
        drained = undefined;
        resolve();
      };
    });
  return {
    write: (text) => {
      if (isBroken || stream.write(text)) return;
      drained ??= whenDrained();
      return drained;
    },
    flushed: () =>
      new Promise((resolve) => {
        if (isBroken) return resolve();
        stream.write('', () => {
          resolve();
        });
      }),
  };
}
