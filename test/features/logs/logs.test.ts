import { expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createLineWriter } from '../../../src/features/logs/logs';

it('listens to a stream once, however many commands of a process write to it', async () => {
  const stream = new PassThrough();
  stream.resume();
  for (let command = 0; command < 20; command += 1) {
    expect(await createLineWriter(stream).write('line')).toBe(true);
  }
  expect(stream.listenerCount('error')).toBe(1);
});

it('says to each writer that nobody reads any more', async () => {
  const stream = new PassThrough();
  const [one, other] = [createLineWriter(stream), createLineWriter(stream)];
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(await Promise.all([one, other, createLineWriter(stream)].map((each) => each.write('line')))).toEqual(
    [false, false, false],
  );
});
