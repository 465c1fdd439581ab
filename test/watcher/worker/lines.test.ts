import { describe, expect, it } from '@jest/globals';
import { createLineCutter, MAX_LINE_LENGTH } from '../../../src/watcher/worker/lines';
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
    { name: 'with a return inside', chunks: ['10 %\r20 %\r\r\n'], lines: ['10 %\r20 %\r'] },
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
    expect(cutter.end()).toEqual([]);
  });

  it('lose nothing and do not depend on the chunks', () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', ' ', LONG.slice(2)), { maxLength: 12 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(2 ** 20), { maxLength: 10 }), (given, places) => {
        const lines = cut(chunksOf(given, places));
        expect(lines).toEqual(cut([given]));
        const without = given.replaceAll('\r\n', '\n').replace(/\r$/, '');
        expect(lines.join('')).toBe(without.replaceAll('\n', ''));
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
