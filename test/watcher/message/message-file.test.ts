import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memoryFolderAt, writeMessageFile } from '../../../src/watcher/message/message-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const mode = (file: string) => statSync(file).mode & 0o777;

describe.each(['on disk', 'in memory'])('the message file %s', (where) => {
  const write = (body: string) =>
    writeMessageFile(
      where === 'on disk'
        ? { temporaryFolder: folder, memoryFolder: undefined }
        : { temporaryFolder: path.join(folder, 'none'), memoryFolder: folder },
      body,
    );

  it('has the whole body, for this user alone', async () => {
    const body = 'é\0'.repeat(500_000);
    const file = await write(body);
    expect(readFileSync(file.path, 'utf8')).toBe(body);
    expect(mode(file.path)).toBe(0o600);
  });

  it.each([0, 1, 65_536, 65_537, 1_000_000])('has all of a body of %d characters', async (length) => {
    const body = 'é'.repeat(length);
    const file = await write(body);
    expect(readFileSync(file.path, 'utf8') === body).toBe(true);
    await file.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may have been removed by its worker', async () => {
    const file = await write('a');
    rmSync(file.path);
    await expect(file.remove()).resolves.toBeUndefined();
  });

  it('has a name of its own for each job', async () => {
    const files = await Promise.all([write('a'), write('b')]);
    expect(files.map(({ path: file }) => readFileSync(file, 'utf8'))).toEqual(['a', 'b']);
  });

  it('goes with all that a worker put in its place', async () => {
    const file = await write('a');
    rmSync(file.path);
    mkdirSync(file.path);
    writeFileSync(path.join(file.path, 'left'), '');
    await file.remove();
    expect(readdirSync(folder)).toEqual([]);
    await expect(file.remove()).resolves.toBeUndefined();
  });
});

describe('where there is no place for it', () => {
  const none = () => path.join(folder, 'none');

  it('rejects', async () => {
    const folders = { temporaryFolder: none(), memoryFolder: none() };
    await expect(writeMessageFile(folders, 'a')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('in memory, it is on disk', async () => {
    const file = await writeMessageFile({ temporaryFolder: folder, memoryFolder: none() }, 'a');
    expect(readFileSync(file.path, 'utf8')).toBe('a');
  });

  it.each(['temporaryFolder', 'memoryFolder'])('leaves nothing behind in its %s', async (name) => {
    const folders = { temporaryFolder: none(), memoryFolder: undefined, [name]: folder };
    await expect(writeMessageFile(folders, { length: 1 } as unknown as string)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the folder in memory', () => {
  it('is none where it is on disk, or not there', () => {
    expect(memoryFolderAt('/proc')).toBeUndefined();
    expect(memoryFolderAt(path.join(folder, 'none'))).toBeUndefined();
  });
});
