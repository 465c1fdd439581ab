import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { Output } from '../../../src/watcher/log';

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
    expect(new Output(stream).write('short')).toBeUndefined();
  });

  it('has all who write wait until there is room again, with one listener for them all', async () => {
    const { stream, take } = slowStream();
    const output = new Output(stream);
    expect(output.write('longer than ten')).toBeUndefined();
    await new Promise(setImmediate);
    const waiting = Array.from({ length: 50 }, () => output.write('longer than ten'));
    expect(new Set(waiting).size).toBe(1);
    expect(stream.listenerCount('drain')).toBe(1);
    expect(stream.listenerCount('error')).toBe(1);
    expect(await isPending(waiting[0])).toBe(true);
    await take();
    expect(await isPending(waiting[0])).toBe(true);
    await take();
    await waiting[0];

    await output.write('longer than ten');
    await new Promise(setImmediate);
    const next = output.write('longer than ten');
    expect(await isPending(next)).toBe(true);
    await take();
    await take();
    await next;
  });

  it('is one write for all of a turn', async () => {
    const { stream, taken, take } = slowStream();
    const output = new Output(stream);
    for (const text of ['one', 'two', 'three']) void output.write(text);
    await new Promise(setImmediate);
    await take();
    expect(taken).toEqual(['onetwothree']);
  });

  it('has who writes much in one turn wait for the next', async () => {
    const stream = new Writable({ highWaterMark: 2 ** 20, write: (_chunk, _encoding, done) => done() });
    const output = new Output(stream);
    const waiting = output.write('x'.repeat(16_384));
    expect(waiting).toBeDefined();
    await waiting;
    expect(output.write('x')).toBeUndefined();
  });

  it('is handed over at once where the process is about to exit', () => {
    const { stream } = slowStream();
    const output = new Output(stream);
    void output.write('the last line');
    expect(stream.writableLength).toBe(0);
    output.flush();
    expect(stream.writableLength).toBe('the last line'.length);
  });

  it('is flushed when all of it has been taken', async () => {
    const { stream, taken, take } = slowStream();
    const output = new Output(stream);
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
    const output = new Output(stream);
    const first = output.write('one');
    const flushed = output.flushed();
    await first;
    await flushed;
    expect(output.write('two')).toBeUndefined();
    await output.flushed();
  });
});
