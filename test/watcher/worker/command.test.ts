import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '../../../src/watcher/worker/command';

describe('the command of a container', () => {
  it('is a shell line, and the shell outlives the signal that its program gets', () => {
    expect(parseCommandLine(['listen', 'echo "$Message" | wc -c'])).toEqual({
      program: '/bin/sh',
      arguments: ['-c', 'trap : TERM; echo "$Message" | wc -c'],
      text: 'echo "$Message" | wc -c',
    });
  });

  it.each([
    { argv: ['listen', '--', 'node', 'a b', '--', 'listen'], rest: ['a b', '--', 'listen'] },
    { argv: ['listen', '--', 'node'], rest: [] },
  ])('is a program with its arguments, and no shell: $argv', ({ argv, rest }) => {
    expect(parseCommandLine(argv)).toEqual({
      program: 'node',
      arguments: rest,
      text: ['node', ...rest].join(' '),
    });
  });

  it.each([
    [],
    ['listen'],
    ['listen', '--'],
    ['listen', 'one', 'two'],
    ['work', 'true'],
    ['--', 'true'],
    ['true'],
  ])('is refused with the usage: %s', (...argv) => {
    expect(() => parseCommandLine(argv)).toThrow(
      'usage: watchbot listen "SHELL LINE" | watchbot listen -- PROGRAM [ARGUMENT …]',
    );
  });
});
