import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeMessageFile } from '../../../src/watcher/message/message-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const mode = (file: string) => statSync(file).mode & 0o777;

describe('the message file', () => {
  it('has the whole body, for this user alone', async () => {
    const body = 'é\0'.repeat(500_000);
    const file = await writeMessageFile(folder, body);
    expect(readFileSync(file.path, 'utf8')).toBe(body);
    expect(mode(file.path)).toBe(0o600);
    expect(mode(path.dirname(file.path))).toBe(0o700);
  });

  it.each([0, 1, 65_536, 65_537, 1_000_000])('has all of a body of %d characters', async (length) => {
    const body = 'é'.repeat(length);
    const file = await writeMessageFile(folder, body);
    expect(readFileSync(file.path, 'utf8') === body).toBe(true);
    await file.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may have been removed by its worker', async () => {
    const file = await writeMessageFile(folder, 'a');
    rmSync(path.dirname(file.path), { recursive: true });
    await expect(file.remove()).resolves.toBeUndefined();
  });

  it('is in a folder of its own for each job', async () => {
    const files = await Promise.all([writeMessageFile(folder, 'a'), writeMessageFile(folder, 'b')]);
    expect(new Set(files.map(({ path: file }) => path.dirname(file))).size).toBe(2);
  });

  it('goes with its folder and all that a worker put there', async () => {
    const file = await writeMessageFile(folder, 'a');
    writeFileSync(path.join(path.dirname(file.path), 'left'), '');
    await file.remove();
    expect(readdirSync(folder)).toEqual([]);
    await expect(file.remove()).resolves.toBeUndefined();
  });

  it('rejects where there is no place for it', async () => {
    await expect(writeMessageFile(path.join(folder, 'none'), 'a')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
  });

  it.each([1, 1_000_000])(
    'leaves nothing behind where it cannot be written (%d characters)',
    async (length) => {
      await expect(writeMessageFile(folder, { length } as unknown as string)).rejects.toThrow('data');
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
