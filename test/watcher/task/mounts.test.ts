import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emptyFolders } from '../../../src/watcher/task/mounts';
import { createTestLog } from '../../helpers/test-log';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const make = (...parts: string[]) => {
  const made = path.join(folder, ...parts);
  mkdirSync(made, { recursive: true });
  return made;
};

describe('folders are emptied', () => {
  it('of all that is in them, and stay themselves', async () => {
    const [first, second] = [make('first'), make('second')];
    make('first', 'a', 'b');
    writeFileSync(path.join(first, 'a', 'b', 'c'), '');
    writeFileSync(path.join(first, '.hidden'), '');
    writeFileSync(path.join(second, 'd'), '');
    const log = createTestLog();
    await emptyFolders([first, second], log);
    expect([readdirSync(first), readdirSync(second)]).toEqual([[], []]);
    expect(log.lines).toEqual([]);
  });

  it('without following a link out of them', async () => {
    const [mount, outside] = [make('mount'), make('outside')];
    writeFileSync(path.join(outside, 'precious'), '');
    symlinkSync(outside, path.join(mount, 'link'));
    symlinkSync('/no/such/place', path.join(mount, 'dangling'));
    await emptyFolders([mount], createTestLog());
    expect(readdirSync(mount)).toEqual([]);
    expect(existsSync(path.join(outside, 'precious'))).toBe(true);
  });

  it('one after a failure too, which is told and not thrown', async () => {
    const mount = make('mount');
    writeFileSync(path.join(mount, 'a'), '');
    const log = createTestLog();
    await emptyFolders(['/no/such/folder', mount], log);
    expect(readdirSync(mount)).toEqual([]);
    expect(log.lines).toEqual([
      "warn /no/such/folder could not be emptied: Error: ENOENT: no such file or directory, scandir '/no/such/folder'",
    ]);
  });

  it('and no removal goes on afterwards, not even beside one that failed', async () => {
    const mount = make('mount');
    for (const name of ['bad', 'slow']) writeFileSync(path.join(mount, name), '');
    let endSlow: () => void = () => undefined;
    const rm = jest
      .spyOn(promises, 'rm')
      .mockImplementationOnce(() => Promise.reject(new Error('busy')))
      .mockImplementationOnce(() => new Promise((resolve) => (endSlow = resolve)));
    const log = createTestLog();
    let isDone = false;
    const done = emptyFolders([mount], log).then(() => (isDone = true));
    while (rm.mock.calls.length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    endSlow();
    await done;
    expect(log.lines).toEqual([`warn ${mount} could not be emptied: Error: busy`]);
    rm.mockRestore();
  });
});
