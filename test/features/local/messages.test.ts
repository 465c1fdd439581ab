import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readMessages } from '../../../src/features/local/messages';
import { workerAddress } from '../../../src/features/stack/workers';
import { createTestFolder } from '../../helpers/folder';
import { parse } from '../../config/support';

const folder = createTestFolder();
afterAll(() => {
  folder.remove();
});

function addressOf(section: object) {
  const configuration = parse({ command: 'true', ...section });
  return workerAddress(configuration, configuration.workers[0]!);
}

function read(content: string | Buffer, section: object = {}) {
  writeFileSync(path.join(folder.path, 'messages.txt'), content);
  return readMessages('messages.txt', folder.path, addressOf(section));
}

describe('the messages of --messages', () => {
  it('are its lines that are not blank', async () => {
    await expect(read('\ufeffone\r\n\n  \ntwo 😀')).resolves.toMatchObject([
      { body: 'one' },
      { body: 'two 😀' },
    ]);
  });

  it('are of one group for a FIFO queue, and none is taken for another', async () => {
    const messages = await read('same\nsame\n', { queue: { fifo: true } });
    expect(messages).toMatchObject([{ groupId: 'messages' }, { groupId: 'messages' }]);
    expect(new Set(messages.map(({ deduplicationId }) => deduplicationId)).size).toBe(2);
  });

  const LARGE = 'x'.repeat(300_000);
  it.each([
    { name: 'too large for the topic', line: LARGE, says: /line 2\n {2}given: {3}300000 bytes.*\n.*262144/ },
    { name: 'a control character', line: 'a\u0007b', says: /line 2\n {2}given: {3}the character U\+0007/ },
    {
      name: 'no UTF-8',
      line: Buffer.from([0xff, 0xfe]),
      says: /line 2\n {2}given: {3}a line that is not UTF-8/,
    },
    { name: 'half an emoji', line: Buffer.from([0xed, 0xa0, 0xbd]), says: /line 2\n/ },
    {
      name: 'too large for a queue',
      line: 'x'.repeat(1_100_000),
      section: { topic: false },
      says: /1048576/,
    },
  ])('are all checked before the first is sent: $name', async ({ line, says, section = {} }) => {
    const content = Buffer.concat(['good\n', line, '\ngood\n', 'b\u0007'].map((part) => Buffer.from(part)));
    const error = (await read(content, section).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'ServerlessError', code: 'WATCHBOT_MESSAGES_FILE' });
    expect(error.message).toMatch(says);
    expect(error.message).toContain('messages.txt has 2 mistakes, and nothing was sent');
    expect(error.message).toContain('line 4');
    // `local` has no such option.
    expect(error.message).not.toContain('--queue');
  });

  it('are those of a file', async () => {
    mkdirSync(path.join(folder.path, 'folder'));
    const none = readMessages('folder', folder.path, addressOf({}));
    await expect(none).rejects.toThrow('folder, which is no file');
    await expect(read(' \n')).rejects.toThrow('messages.txt, which is empty');
  });
});
