import { describe, expect, it } from '@jest/globals';
import { parseArgs } from 'node:util';
import { FRAMEWORK_OPTIONS, typedWords } from '../../../src/features/command/command-line';
import { helpText } from '../../../src/features/command/help';
import { asStarted, asTyped, lineAsStarted, programOf } from '../../../src/features/command/hints';
import { commandNames, definitionOf } from '../../../src/features/commands';
import { HINTS } from './printed-hints';

describe('the program that the user has started', () => {
  it.each([
    ['/srv/tiles/node_modules/.bin/sls', {}, 'npx sls'],
    ['/srv/tiles/node_modules/.bin/serverless', {}, 'npx serverless'],
    ['/srv/node_modules/.bin/osls', {}, 'npx osls'],
    ['/srv/tiles/node_modules/osls/bin/serverless.js', {}, 'npx osls'],
    ['/srv/tiles/node_modules/serverless/bin/serverless.js', {}, 'npx serverless'],
    ['/home/a/.npm/_npx/1a2b/node_modules/.bin/sls', {}, 'npx sls'],
    ['/usr/local/bin/sls', {}, 'sls'],
    ['/usr/local/bin/sls', { npm_command: 'exec' }, 'npx sls'],
    ['/usr/lib/node_modules/osls/bin/serverless.js', {}, 'osls'],
    ['/home/a/.serverless/releases/4.41.0/package/dist/sf-core.js', {}, 'serverless'],
    [
      '/home/a/.serverless/releases/4.41.0/package/dist/sf-core.js',
      { npm_command: 'exec' },
      'npx serverless',
    ],
    ['', {}, 'serverless'],
  ])('of %s with %j is %s', (script, environment, program) => {
    expect(programOf({ script, folder: '/srv/tiles', environment })).toBe(program);
  });
});

const OPTIONS = {
  stage: 'prod',
  region: 'eu-west-1',
  'aws-profile': 'my profile',
  param: ['a=b', 'c=d'],
  worker: 'tiles',
  local: true,
  port: '9555',
  json: true,
  verbose: true,
  config: undefined,
};

describe('a hint', () => {
  it('says again what the command was given, as far as it means the same', () => {
    const started = { program: 'npx osls', options: OPTIONS };
    const ofService = "--stage prod --region eu-west-1 --aws-profile 'my profile' --param a=b --param c=d";
    expect(asStarted('look with `sls watchbot dead-letter list`; or `sls deploy`', started)).toBe(
      `look with \`npx osls watchbot dead-letter list --worker tiles --local --port 9555 ${ofService}\`; or \`npx osls deploy ${ofService}\``,
    );
    expect(asStarted('`sls watchbot local`', started)).toBe(
      `\`npx osls watchbot local --worker tiles --port 9555 ${ofService}\``,
    );
    expect(lineAsStarted('watchbot send --worker other x', { program: 'sls', options: OPTIONS })).toBe(
      `sls watchbot send --worker other x --local --port 9555 ${ofService}`,
    );
  });

  it('says nothing again that nobody has typed', () => {
    const given = { stage: 'dev', region: 'us-east-1', worker: 'a', local: true };
    expect(asTyped(['watchbot', 'local', '-r', 'us-east-1'], given)).toEqual({
      region: 'us-east-1',
      worker: 'a',
      local: true,
    });
    expect(asTyped(['watchbot', 'status', '--stage=dev'], given)).toMatchObject({ stage: 'dev' });
  });

  it('stands also on a line of its own, and behind a variable that is for it', () => {
    const started = { program: 'npx osls', options: { stage: 'prod', worker: 'tiles' } };
    const text =
      'all of it:\n  sls deploy --stage a --allow-loss Votes\nOr:\n  sls watchbot status --worker b';
    expect(asStarted(text, started)).toBe(
      'all of it:\n  npx osls deploy --stage a --allow-loss Votes\nOr:\n  npx osls watchbot status --worker b --stage prod',
    );
    expect(asStarted('`PROGRAM=./p sls watchbot local`', started)).toBe(
      '`PROGRAM=./p npx osls watchbot local --worker tiles --stage prod`',
    );
  });

  it('leaves other commands and other texts as they are', () => {
    const text = '`aws cloudformation x`, sls deploy, `sls watchbot send … --local`';
    expect(asStarted(text, { program: 'npx sls', options: OPTIONS })).toBe(text);
  });
});

describe('every command line of a text', () => {
  it('is found', () => {
    expect(HINTS.length).toBeGreaterThan(20);
  });

  it.each(HINTS)('can be run as it is printed: sls %s (%s)', (hint) => {
    const line = lineAsStarted(hint.replaceAll(/\$\{[^}]*\}/g, 'X'), {
      program: 'npx osls',
      options: OPTIONS,
    })
      .replaceAll(/'[^']*'/g, 'X')
      .split(' ')
      .slice(2);
    const [first, ...rest] = line;
    if (first !== 'watchbot') {
      expect(['deploy', 'package', 'remove', 'print', 'info']).toContain(first);
      return;
    }
    const words = rest.slice(
      0,
      rest.findIndex((word) => word.startsWith('--')),
    );
    const name = commandNames().find((each) => words.join(' ').startsWith(each));
    expect(name).toBeDefined();
    expect(typedWords(line, name!)).toBeDefined();
    const own = Object.entries(definitionOf(name!)?.options ?? {}).map(
      ([option, { type }]) =>
        [
          option,
          {
            type: type === 'boolean' ? ('boolean' as const) : ('string' as const),
            multiple: type === 'multiple',
          },
        ] as const,
    );
    expect(() =>
      parseArgs({
        args: line,
        options: { ...FRAMEWORK_OPTIONS, ...Object.fromEntries(own) },
        allowPositionals: true,
      }),
    ).not.toThrow();
  });
});

it('shows what stands behind a word that is no command', () => {
  const lines = helpText(undefined, 'npx sls').split('\n');
  expect(lines[0]).toMatch(/^npx sls watchbot local +Run the packaged service on this machine/);
  expect(lines.find((line) => line.includes('send'))).toMatch(
    /^npx sls watchbot send MESSAGE +Send a message/,
  );
  expect(lines.find((line) => line.includes('dead-letter'))).toMatch(
    /dead-letter COMMAND +Look at dead letters/,
  );
  expect(lines.at(-1)).toContain('`npx sls watchbot COMMAND --help`');
  const below = helpText('dead-letter', 'sls');
  expect(below).toMatch(/^sls watchbot dead-letter list +List dead letters$/m);
  expect(below).toMatch(/^sls watchbot dead-letter show ID… +Show dead letters whole/m);
});
