import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { createOutput } from '../../../src/watcher/log/output';

/** A stream whose reader takes one write each time it is told to. */
function slowStream() {
  const taken: string[] = [];
  let pending: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      pending.push(() => {
        taken.push(chunk);
        done();
      });
    },
  });
  const take = async () => {
    const [first] = pending;
    pending = pending.slice(1);
    first?.();
    await new Promise(setImmediate);
  };
  return { stream, taken, take };
}

const isPending = async (promise: Promise<void> | void) => {
  const other = Symbol();
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(other)])) === other;
};

describe('the output', () => {
  it('is not waited for while its reader keeps up', () => {
    const { stream } = slowStream();
    expect(createOutput(stream).write('short')).toBeUndefined();
  });

  it('has all who write wait until there is room again, with one listener for them all', async () => {
    const { stream, take } = slowStream();
    const output = createOutput(stream);
    const waiting = Array.from({ length: 50 }, () => output.write('longer than ten'));
    expect(new Set(waiting).size).toBe(1);
    expect(stream.listenerCount('drain')).toBe(1);
    expect(stream.listenerCount('error')).toBe(1);
    expect(await isPending(waiting[0])).toBe(true);
    for (let write = 0; write < 50; write += 1) await take();
    await waiting[0];

    const next = output.write('longer than ten');
    expect(await isPending(next)).toBe(true);
    await take();
    await next;
  });

  it('is flushed when all of it has been taken', async () => {
    const { stream, taken, take } = slowStream();
    const output = createOutput(stream);
    void output.write('one, quite long');
    void output.write('two');
    const flushed = output.flushed();
    await take();
    expect(await isPending(flushed)).toBe(true);
    await take();
    await take();
    await flushed;
    expect(taken.join('')).toBe('one, quite longtwo');
  });

  it('ends nothing where nobody reads it any more', async () => {
    const stream = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => {
        setImmediate(() => {
          done(new Error('EPIPE'));
        });
      },
    });
    const output = createOutput(stream);
    const first = output.write('one');
    const flushed = output.flushed();
    await first;
    await flushed;
    expect(output.write('two')).toBeUndefined();
    await output.flushed();
  });
});
