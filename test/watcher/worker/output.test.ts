import { describe, expect, it } from '@jest/globals';
import { createLineCutter, MAX_LINE_LENGTH } from '../../../src/watcher/worker/output';
import { fc } from '../../helpers/seeded';

function cut(chunks: readonly (Buffer | string)[]): string[] {
  const cutter = createLineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(Buffer.from(chunk))), ...cutter.end()];
}

/** Cut at these places, in bytes. */
function chunksOf(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const LONG = 'x'.repeat(MAX_LINE_LENGTH);

describe('lines', () => {
  it.each([
    { name: 'whole', chunks: ['one\ntwo\n'], lines: ['one', 'two'] },
    { name: 'in pieces', chunks: ['o', 'ne', '\n', 'tw', 'o\nth', 'ree\n'], lines: ['one', 'two', 'three'] },
    { name: 'without an end', chunks: ['one\ntwo'], lines: ['one', 'two'] },
    { name: 'that are empty', chunks: ['\n\none\n\n'], lines: ['', '', 'one', ''] },
    { name: 'of Windows', chunks: ['one\r\n\r\ntwo\r\n'], lines: ['one', '', 'two'] },
    { name: 'of Windows, cut between', chunks: ['one\r', '\ntwo\r'], lines: ['one', 'two'] },
    { name: 'that end with a return', chunks: ['10 %\r20 %\r30 %\n'], lines: ['10 %', '20 %', '30 %'] },
    { name: 'that begin with a return', chunks: ['\r10 %\r20 %', '\r30 %'], lines: ['10 %', '20 %', '30 %'] },
    {
      name: 'with several returns at the end',
      chunks: ['a\r\r\nb\r\rc', '\r', '\r', '\n'],
      lines: ['a', 'b', 'c'],
    },
    {
      name: 'of a traceback of the client for Python',
      chunks: ['[ERROR] KeyError: 1\rTraceback (most recent call last):\r  File "a.py", line 1\r    x[1]\n'],
      lines: [
        '[ERROR] KeyError: 1',
        'Traceback (most recent call last):',
        '  File "a.py", line 1',
        '    x[1]',
      ],
    },
    {
      name: 'that a bar clears before it goes on',
      chunks: ['10 %\r    \r20 %\r\u001b[2K\r\u001b[K \rdone\n'],
      lines: ['10 %', '20 %', 'done'],
    },
    {
      name: 'that are blank, of Windows, cut anywhere',
      chunks: ['a\n', '\r', '\n', ' ', '\r', '\n', 'b'],
      lines: ['a', '', ' ', 'b'],
    },
    {
      name: 'that are blank, with a return alone',
      chunks: ['\r', '\r', 'a\r', 'b\r', ' ', '\r'],
      lines: ['a', 'b'],
    },
    {
      name: 'cut inside a character after a return',
      chunks: [Buffer.from([0x0d, 0xc3]), Buffer.from([0xa9, 0x0d]), '\n'],
      lines: ['é'],
    },
    {
      name: 'too long by one, with a return',
      chunks: [LONG, 'y\r', LONG, ' \r', 'z'],
      lines: [LONG, 'y', LONG, 'z'],
    },
    { name: 'none at all', chunks: [], lines: [] },
    { name: 'in empty chunks', chunks: ['', 'a', '', '\n', ''], lines: ['a'] },
    {
      name: 'cut inside a character',
      chunks: [...Buffer.from('é漢😀\n😀')].map((byte) => Buffer.from([byte])),
      lines: ['é漢😀', '😀'],
    },
    {
      name: 'not of UTF-8',
      chunks: [Buffer.from([0xff, 0x41, 0x0a, 0xe2, 0x82])],
      lines: ['\ufffdA', '\ufffd'],
    },
    { name: 'as long as may be', chunks: [LONG, '\n'], lines: [LONG] },
    { name: 'as long as may be, of Windows', chunks: [LONG, '\r', '\n'], lines: [LONG] },
    { name: 'too long by one', chunks: [LONG, 'y', '\n', 'z'], lines: [LONG, 'y', 'z'] },
    { name: 'too long by one, at the end', chunks: [LONG, 'y'], lines: [LONG, 'y'] },
    { name: 'too long by two', chunks: [LONG, 'yz', '\n'], lines: [LONG, 'yz'] },
    { name: 'twice as long', chunks: [LONG + LONG, '\n'], lines: [LONG, LONG] },
    {
      name: 'cut in pieces at a character of two halves',
      chunks: [`${LONG.slice(1)}😀y\n`],
      lines: [LONG.slice(1), '😀y'],
    },
  ])('$name', ({ chunks, lines }) => {
    expect(cut(chunks)).toEqual(lines);
  });

  it('are given as soon as they are complete', () => {
    const cutter = createLineCutter();
    expect(cutter.push(Buffer.from('one\ntw'))).toEqual(['one']);
    expect(cutter.push(Buffer.from('o'))).toEqual([]);
    expect(cutter.push(Buffer.from('\n'))).toEqual(['two']);
    expect(cutter.push(Buffer.from('50 %\r'))).toEqual(['50 %']);
    expect(cutter.push(Buffer.from('\n'))).toEqual([]);
    expect(cutter.end()).toEqual([]);
  });

  it('of a bar that is drawn a hundred thousand times take no memory and no long time', () => {
    const cutter = createLineCutter();
    const lines = Array.from({ length: 100 }, () => cutter.push(Buffer.from('\r'.repeat(1_000))));
    expect(lines.flat()).toEqual([]);
    expect(cutter.push(Buffer.from('\n'))).toEqual(['']);
    expect(cutter.push(Buffer.from(`${'\r'.repeat(100_000)}a${' \r'.repeat(100_000)}b`))).toEqual(['a ']);
    expect(cutter.end()).toEqual(['b']);
  });

  it('lose nothing and do not depend on the chunks', () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', ' ', LONG.slice(2)), { maxLength: 12 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(2 ** 20), { maxLength: 10 }), (given, places) => {
        const lines = cut(chunksOf(given, places));
        expect(lines).toEqual(cut([given]));
        const seenOf = (text: string) => text.replaceAll(/\s/g, '');
        expect(seenOf(lines.join(''))).toBe(seenOf(given));
        const newlines = given.replaceAll(/\r+\n/g, '\n').split('\n').length - 1;
        expect(lines.length).toBeGreaterThanOrEqual(newlines);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(MAX_LINE_LENGTH);
          expect(Buffer.from(line).toString()).toBe(line);
        }
      }),
    );
  });

  it('join to what was given, where none is too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), (given, places) => {
        const text = `${given.replaceAll('\r', '')}.`;
        expect(cut(chunksOf(text, places)).join('\n')).toBe(text);
      }),
    );
  });

  it('of 10 MB come in pieces, while they come, and take no longer for it', () => {
    const chunk = Buffer.alloc(4_096, 'x');
    const cutter = createLineCutter();
    let pieces = 0;
    let most = 0;
    for (let count = 0; count < 2_560; count += 1) {
      const lines = cutter.push(chunk);
      pieces += lines.length;
      most = Math.max(most, lines.length);
    }
    // All of it but what is still to come, a piece at a time: nothing is kept that would be gone through again.
    expect(pieces).toBe((2_560 * 4_096) / MAX_LINE_LENGTH - 1);
    expect(most).toBe(1);
    expect(cutter.end()).toEqual([LONG]);
  });
});
