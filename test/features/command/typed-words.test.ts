import { describe, expect, it } from '@jest/globals';
import { typedWords } from '../../../src/features/command/command-line';

describe('the words of a command line', () => {
  it.each([
    ['send', ['hello'], ['hello']],
    ['send', ['hello', '--local'], ['hello']],
    ['send', ['--local', 'hello'], ['hello']],
    ['send', ['--worker', 'one', '--local', '{"z":1}', '--stage', 'prod'], ['{"z":1}']],
    ['send', ['-s', 'prod', 'hello', '-r', 'eu-west-1'], ['hello']],
    ['send', ['--attribute', 'kind=a', '--attribute', 'other=b', 'hello'], ['hello']],
    ['send', ['--worker=one', 'hello', '--param', 'a=b'], ['hello']],
    ['send', ['--local', '--', '-5'], ['-5']],
    ['send', ['--file', 'messages.jsonl', '--local'], []],
    ['dead-letter replay', ['--local', '--worker', 'one', 'id-1', 'id-2'], ['id-1', 'id-2']],
    ['dead-letter replay', ['id-1', '--local', 'id-2'], ['id-1', 'id-2']],
    ['dead-letter replay', ['--dry-run', 'id-1'], ['id-1']],
    ['dead-letter delete', ['--yes', 'id-1'], ['id-1']],
    ['status', ['--worker', 'one', '--json'], []],
    ['local', ['--messages', 'messages.jsonl', '--port', '1'], []],
  ])('of %s %j are %j', (name, args, words) => {
    expect(typedWords(['watchbot', ...name.split(' '), ...args], name)).toEqual(words);
  });

  it('are not known where the line is of another command', () => {
    expect(typedWords(['deploy', '--verbose'], 'send')).toBeUndefined();
    expect(typedWords([], 'send')).toBeUndefined();
  });

  it.each(['status', 'local', 'logs', 'dead-letter purge', 'dead-letter list', 'simulate'])(
    'are refused behind %s, which takes none',
    (name) => {
      const line = ['watchbot', ...name.split(' '), '--json', 'first'];
      expect(() => typedWords(line, name)).toThrow(
        expect.objectContaining({
          problems: [
            {
              code: 'WATCHBOT_ARGUMENTS',
              place: 'first',
              given: `a word behind \`${name}\``,
              allowed: 'options only',
              advice: 'a worker is named by --worker',
            },
          ],
        }),
      );
    },
  );
});
