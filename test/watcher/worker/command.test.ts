import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { imageCommand, parseCommandLine } from '../../../src/watcher/worker/command';
import { createTestFolder, type TestFolder } from '../../helpers/folder';

describe('the command of a container', () => {
  it.each([
    'node work.js',
    'cd /app && node work.js "$Message" 2>&1',
    'first; second',
    'first\nsecond',
    'curl -d "$(./render.sh)" URL',
    'first & wait',
  ])('is a shell line, with nothing before it: %s', (line) => {
    const command = { program: '/bin/sh', arguments: ['-c', line], text: line };
    expect(parseCommandLine(['listen', line])).toEqual({ kind: 'listen', command });
  });

  it.each([
    { argv: ['--', 'node', 'a b', '--', 'listen'], rest: ['a b', '--', 'listen'] },
    { argv: ['--', 'node'], rest: [] },
  ])('is a program with its arguments, and no shell: $argv', ({ argv, rest }) => {
    const command = { program: 'node', arguments: rest, text: ['node', ...rest].join(' ') };
    expect(parseCommandLine(['listen', ...argv])).toEqual({ kind: 'listen', command });
    expect(parseCommandLine(['handle', ...argv])).toEqual({ kind: 'handle', command });
  });

  it('is left to the image, for a handler', () => {
    expect(parseCommandLine(['handle'])).toEqual({ kind: 'handle', command: undefined });
  });

  it.each([
    [],
    ['listen'],
    ['listen', '--'],
    ['listen', 'one', 'two'],
    ['handle', '--'],
    ['handle', 'one'],
    ['work', 'true'],
    ['--', 'true'],
    ['true'],
  ])('is refused with the usage: %s', (...argv) => {
    expect(() => parseCommandLine(argv)).toThrow(
      'usage: watchbot listen "SHELL LINE" | watchbot listen -- PROGRAM [ARGUMENT …] | watchbot handle [-- PROGRAM [ARGUMENT …]]',
    );
  });
});

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

const CLIENT = ['python3', '-m', 'awslambdaric'];

describe('what the image itself would start', () => {
  it.each([
    { entryPoint: CLIENT, command: ['app.main'], handler: 'other.main', words: [...CLIENT, 'other.main'] },
    { entryPoint: CLIENT, command: ['app.main'], handler: undefined, words: [...CLIENT, 'app.main'] },
    { entryPoint: [], command: [...CLIENT, 'app.main'], handler: undefined, words: [...CLIENT, 'app.main'] },
    { entryPoint: ['/main'], command: [], handler: undefined, words: ['/main'] },
  ])('$entryPoint $command, with the handler $handler', async ({ words, handler, ...image }) => {
    writeFileSync(path.join(folder.path, 'entry-point.json'), JSON.stringify(image));
    const [program, ...rest] = words;
    expect(await imageCommand(folder.path, handler)).toEqual({
      command: { program, arguments: rest, text: words.join(' ') },
      handler: words.at(-1),
    });
  });

  it('is asked for in vain where the layer does not say', async () => {
    await expect(imageCommand(folder.path, 'app.main')).rejects.toThrow('entry-point.json');
  });
});
