import { describe, expect, it } from '@jest/globals';
import { escapeControls } from '../../src/contract/escape';
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
