import { describe, expect, it } from '@jest/globals';
import { givenOptions, typedWords } from '../../../src/features/command/command-line';
import { READERS } from '../../helpers/read-line';

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

  it('are not known if the line is of another command', () => {
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

const FRAMEWORKS = Object.keys(READERS);

/** What a command is given: by any framework the same. */
function readBy(framework: string, name: string, args: readonly string[]) {
  const line = ['watchbot', ...name.split(' '), ...args];
  const words = typedWords(line, name);
  return { words, options: givenOptions(name, READERS[framework]!(line).options, words) };
}

const LINES: [name: string, args: string[], expected: { words: string[]; options: object }][] = [
  ['send', ['hello'], { words: ['hello'], options: {} }],
  ['send', ['hello', '--attribute', 'a=b'], { words: ['hello'], options: { attribute: ['a=b'] } }],
  ['send', ['--attribute', 'a=b', 'hello'], { words: ['hello'], options: { attribute: ['a=b'] } }],
  ['send', ['hello', '--attribute=a=b'], { words: ['hello'], options: { attribute: ['a=b'] } }],
  [
    'send',
    ['x', '--attribute', 'a=b', '--attribute', 'c=d'],
    { words: ['x'], options: { attribute: ['a=b', 'c=d'] } },
  ],
  ['send', ['{"z":1}', '--local'], { words: ['{"z":1}'], options: { local: true } }],
  ['send', ['--local', '{"z":1}'], { words: ['{"z":1}'], options: { local: true } }],
  [
    'send',
    ['--local', 'x', '--wait', '--timeout', '10m'],
    { words: ['x'], options: { local: true, wait: true, timeout: '10m' } },
  ],
  ['send', ['--no-wait', 'hello'], { words: ['hello'], options: { wait: false } }],
  ['send', ['--queue', '--', 'hello'], { words: ['hello'], options: { queue: true } }],
  [
    'send',
    ['007', '--port', '9424', '--group', '1e3'],
    { words: ['007'], options: { port: '9424', group: '1e3' } },
  ],
  [
    'send',
    ['-s', 'prod', '--queue', 'x', '-r', 'eu-west-1'],
    { words: ['x'], options: { stage: 'prod', queue: true, region: 'eu-west-1' } },
  ],
  [
    'send',
    ['--file', 'all.jsonl', '--start-line', '45201'],
    { words: [], options: { file: 'all.jsonl', 'start-line': '45201' } },
  ],
  [
    'logs',
    ['-t', '--errors', '--filter', 'true'],
    { words: [], options: { tail: true, errors: true, filter: 'true' } },
  ],
  ['status', ['--json', '--worker', 'one'], { words: [], options: { json: true, worker: 'one' } }],
  [
    'dead-letter list',
    ['--attribute', 'a=b', '--limit', '5'],
    { words: [], options: { attribute: ['a=b'], limit: '5' } },
  ],
  ['dead-letter replay', ['--dry-run', 'id-1'], { words: ['id-1'], options: { 'dry-run': true } }],
  [
    'dead-letter replay',
    ['id-1', '--dry-run', 'id-2'],
    { words: ['id-1', 'id-2'], options: { 'dry-run': true } },
  ],
  ['dead-letter delete', ['id-1', 'id-2', '--yes'], { words: ['id-1', 'id-2'], options: { yes: true } }],
  [
    'simulate',
    ['--messages', '10000', '--search'],
    { words: [], options: { messages: '10000', search: true } },
  ],
];

describe.each(FRAMEWORKS)('a line read by %s', (framework) => {
  it.each(LINES)('%s %j: %j', (name, args, expected) => {
    expect(readBy(framework, name, args)).toEqual(expected);
  });

  it.each(['--yes=no', '--yes=false', '--dry-run=id-1'])(
    'has no value for an option that takes none: %s',
    (option) => {
      expect(() => readBy(framework, 'dead-letter delete', [option])).toThrow();
    },
  );

  it('says that words are in the wrong place', () => {
    expect(() => readBy(framework, 'status', ['--json', 'one'])).toThrow(
      expect.objectContaining({ code: 'WATCHBOT_ARGUMENTS' }),
    );
  });
});

describe('options of Serverless 4', () => {
  it('are refused, with what to do, if words were taken for a value', () => {
    expect(() => givenOptions('send', { local: 'hello' })).toThrow(
      expect.objectContaining({
        problems: [
          {
            code: 'WATCHBOT_ARGUMENTS',
            place: '--local',
            given: 'hello',
            allowed: 'no value',
            advice: 'write words before options: sls watchbot COMMAND WORD --option',
          },
        ],
      }),
    );
  });

  it('are texts even if its parser has made numbers of them', () => {
    const options = { port: 9424, attribute: [5], local: true, stage: 7 };
    expect(givenOptions('send', options)).toEqual({ port: '9424', attribute: ['5'], local: true, stage: 7 });
  });

  it.each([
    [['status', '--service', 'render']],
    [['--service', 'render', 'status', '--json']],
    [['status', '--service=render', '--json']],
  ])('leave the service of a compose out of the words: %j', (args) => {
    const at = args.indexOf('status');
    const line = [...args.slice(0, at), 'watchbot', ...args.slice(at)];
    expect(typedWords(line, 'status')).toEqual([]);
  });

  it('leave the name of a service before the command out, too', () => {
    expect(typedWords(['render', 'watchbot', 'send', '--local', 'hello'], 'send')).toEqual(['hello']);
    expect(typedWords(['render', 'deploy'], 'send')).toBeUndefined();
  });
});

it.each(FRAMEWORKS)('%s gives its own deploy what a deploy may lose', (framework) => {
  const { options } = READERS[framework]!([
    'deploy',
    '--stage',
    'live',
    '--allow-loss',
    'JobsQueue,Data/Votes',
  ]);
  expect(options).toMatchObject({ stage: 'live', 'allow-loss': 'JobsQueue,Data/Votes' });
});
