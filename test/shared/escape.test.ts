import { describe, expect, it } from '@jest/globals';
import { escapeControls, escapeHidden, escapeHiddenLines } from '../../src/shared/escape';
import { fc } from '../helpers/seeded';

describe('control characters', () => {
  it.each([
    ['\0', '\\u0000'],
    ['\b', '\\u0008'],
    ['\n', '\\u000a'],
    ['\r', '\\u000d'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u007f', '\\u007f'],
    ['\u0085', '\\u0085'],
    ['\u009b2J', '\\u009b2J'],
    ['\u2028', '\\u2028'],
    ['\u2029', '\\u2029'],
  ])('%j is shown as %s', (text, shown) => {
    expect(escapeControls(`a${text}b${text}`)).toBe(`a${shown}b${shown}`);
  });

  it.each(['', 'plain', 'a\tb', 'é 漢字 😀', '\\u001b', '\u00a0', '\ud800'])('%j stays', (text) => {
    expect(escapeControls(text)).toBe(text);
  });

  it('are none in what comes out, and nothing else is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeControls(text);
        expect(/[\u2028\u2029]|(?!\t)\p{Cc}/u.test(escaped)).toBe(false);
        expect(escapeControls(escaped)).toBe(escaped);
      }),
    );
  });
});

/** What cannot be seen, or makes a line look like another. */
const HIDDEN = [
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
  ...['\u200e', '\u200f', '\u061c', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u180e'],
  ...['\u2028', '\u2029', '\u007f', '\u0080', '\u009b', '\u009f', '\u001b', '\u{e0041}', '\u206a', '\ufffb'],
];

describe('what is hidden', () => {
  it.each(HIDDEN)('%j is shown', (text) => {
    const shown = escapeHidden(`a${text}b${text}`);
    expect(shown).toMatch(/^a(\\u[0-9a-f]{4}){1,2}b(\\u[0-9a-f]{4}){1,2}$/);
    expect(JSON.parse(`"${shown}"`)).toBe(`a${text}b${text}`);
  });

  it.each([
    '',
    'plain',
    'a\tb',
    'é 漢字 😀',
    'שלום עולם',
    'مرحبا',
    '\u00a0',
    '👨\u200d👩\u200d👧',
    '❤\ufe0f\u200d🔥',
  ])('%j stays', (text) => {
    expect(escapeHidden(text)).toBe(text);
  });

  it('is none of a text of JSON, which says the same', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(...HIDDEN, '\\', '"', '\n'), fc.string()) });
    fc.assert(
      fc.property(text, (value) => {
        const json = escapeHidden(JSON.stringify({ value }));
        expect(JSON.parse(json)).toEqual({ value });
        expect(HIDDEN.filter((each) => json.includes(each) && each !== '\u200d')).toEqual([]);
      }),
    );
  });

  it('leaves lines apart', () => {
    expect(escapeHiddenLines('a\n\u202eb\r\n')).toBe('a\n\\u202eb\\u000d\n');
  });
});
