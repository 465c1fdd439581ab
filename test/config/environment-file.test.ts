import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parseEnvironmentFile } from '../../src/config/environment-file';

describe('a file of variables', () => {
  it.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['comments and blanks', '# a\n\n  \t\n  # b', {}],
    ['plain values', 'A=1\nB = two words \nC=', { A: '1', B: 'two words', C: '' }],
    ['ends of lines of Windows, and its mark', '\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['a comment behind a value', 'A=1 # one\nC= # none', { A: '1', C: '' }],
    ['what shells export', 'export A=1\n  export B="2"', { A: '1', B: '2' }],
    ['equals signs', 'URL=postgres://u:p@h/d?a=b&c=d', { URL: 'postgres://u:p@h/d?a=b&c=d' }],
    ['quotes within a value', 'A=it\'s\nB={"a":1}', { A: "it's", B: '{"a":1}' }],
    ['single quotes, as they stand', "A='a # \\n $B'", { A: 'a # \\n $B' }],
    ['double quotes, with a line break', 'A="a\\nb" # c', { A: 'a\nb' }],
    [
      'several lines in quotes',
      'A="-----BEGIN\nx\n-----END"\nB=\'1\n2\'',
      { A: '-----BEGIN\nx\n-----END', B: '1\n2' },
    ],
  ])('has %s', (_what, text, variables) => {
    expect(parseEnvironmentFile(text)).toEqual({ variables, mistakes: [] });
    // Node's own reader, of what it reads as all others do.
    if (!text.startsWith('\uFEFF')) expect({ ...parseEnv(text) }).toEqual(variables);
  });

  it('has escapes in double quotes', () => {
    const { variables } = parseEnvironmentFile(String.raw`A="\"q\" \\ \t\r \x"`);
    expect(variables).toEqual({ A: '"q" \\ \t\r \\x' });
  });

  it.each<[string, string, string]>([
    ['a name alone', 'A', 'no NAME=value'],
    ['a name that is none', '1A=1', 'no NAME=value'],
    ['another language', 'A: 1', 'no NAME=value'],
    ['a quote without its end', 'A="x', 'A: a quote that does not end, or text behind it'],
    ['text behind a quote', "A='x'y", 'A: a quote that does not end, or text behind it'],
    ['a hash without quotes', 'A=p#ss', 'A: a # in a value without quotes'],
    ['a name twice', 'A=1\nA=2', 'A for the second time'],
  ])('does not have %s', (_what, text, what) => {
    const line = text.split('\n').length;
    expect(parseEnvironmentFile(`\n${text}\nZ=1`).mistakes).toEqual([{ line: line + 1, what }]);
  });

  it('says no value', () => {
    const { mistakes } = parseEnvironmentFile('SECRET "hunter2"\nOTHER="hunter3');
    expect(mistakes).toHaveLength(2);
    expect(JSON.stringify(mistakes)).not.toContain('hunter');
  });

  it('is read in time in proportion to its size', () => {
    const text = `A="${'\\'.repeat(100_001)}\nB=${' '.repeat(100_000)}x${' #'.repeat(50_000)}`;
    const begin = performance.now();
    parseEnvironmentFile(text);
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});
