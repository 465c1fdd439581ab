import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { imageCommand } from '../../../../src/watcher/worker/warm/entry-point';
import { createTestFolder, type TestFolder } from '../../../helpers/folder';

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
