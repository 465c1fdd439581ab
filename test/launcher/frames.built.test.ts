import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { encodeStart, encodeTexts } from '../../src/watcher/worker/launcher/protocol';
import { whenGone } from '../helpers/processes';
import { describeEachLauncher, describeWithLauncher, LAUNCHER } from '../helpers/ways-to-start';
import { fc } from '../helpers/seeded';

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const frame = (kind: number, rest: Buffer) =>
  Buffer.concat([number(5 + rest.length), Buffer.from([kind]), number(1), rest]);
const texts = (...parts: (number | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? number(part) : Buffer.from(part))));

/** Gives the launcher these bytes and then the end of input. @returns its exit code or signal */
async function endOf(file: string, bytes: Buffer): Promise<number | string | null> {
  const child = spawn(file, { stdio: ['pipe', 'ignore', 'inherit'], env: {} });
  // The launcher may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal;
}

const BAD_FRAME = 2;

describeEachLauncher('the launcher', (file) => {
  it.each([
    ['a length that is no frame', number(4)],
    ['a length that is too big', number(2 ** 24 - 3)],
    ['the biggest length', number(2 ** 32 - 1)],
    ['kind 0', frame(0, Buffer.alloc(4))],
    ['an unknown kind', frame(6, Buffer.alloc(4))],
    ['a kind that is negative on some machines', frame(255, Buffer.alloc(4))],
    ['no counts', frame(1, Buffer.alloc(7))],
    ['no program', frame(1, texts(0, 0))],
    ['more texts than bytes', frame(1, texts(2 ** 32 - 1, 2 ** 32 - 1, 1, 'a\0'))],
    ['a text that is too short', frame(1, texts(1, 0, 3, 'a\0'))],
    ['the longest text', frame(1, texts(1, 0, 2 ** 32 - 1, 'a\0'))],
    ['a text without its end', frame(1, texts(1, 0, 1, 'ab'))],
    ['a text with an end in it', frame(1, texts(1, 0, 3, 'a\0b\0'))],
  ])('ends at once for %s', async (_name, bytes) => {
    expect(await endOf(file, Buffer.concat([bytes, Buffer.alloc(9)]))).toBe(BAD_FRAME);
  });

  it('ignores unknown jobs', async () => {
    const unknown = [frame(2, Buffer.from([9])), frame(3, Buffer.alloc(0)), frame(4, texts('\x01', 1))];
    expect(await endOf(file, Buffer.concat(unknown))).toBe(0);
  });

  it('never crashes on any input', async () => {
    // The frames cannot start anything, since no program is in PATH.
    const anyFrame = fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.uint8Array({ maxLength: 40 }))
      .map(([kind, rest]) => frame(kind, Buffer.from(rest)));
    const bytes = fc.array(fc.oneof(anyFrame, fc.uint8Array({ maxLength: 20 })), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        expect([0, BAD_FRAME]).toContain(await endOf(file, Buffer.concat(parts)));
      }),
      { numRuns: 100 },
    );
  });
});

describeWithLauncher('the launcher', () => {
  it.each([0, 1, 2, 5, 10])(
    'leaves no worker behind if it is killed while it starts some, after %d ms',
    async (ms) => {
      const duration = `60.${process.pid}${ms}`;
      const shared = encodeTexts(['/bin/sleep', duration]);
      const parts = { wordCount: 2, sharedVariableCount: 0, shared, variables: [], input: '' };
      const frames = Array.from({ length: 60 }, (_, job) => encodeStart(job, parts)!);
      const child = spawn(LAUNCHER!, { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
      child.stdin.on('error', () => undefined);
      await once(child.stdout, 'data');
      child.stdin.write(Buffer.concat(frames));
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGKILL');
      await once(child, 'exit');
      // If a worker was just being started, its keeper ends it a moment later.
      await whenGone(duration);
    },
  );
});
