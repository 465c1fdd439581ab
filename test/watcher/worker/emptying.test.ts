import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createEmptying,
  createMemoryEmptying,
  emptyFolders,
  isOwnMemory,
} from '../../../src/watcher/worker/emptying';
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

  it('without their `lost+found`, which belongs to the file system, and with what is in it', async () => {
    const [mount, outside] = [make('mount'), make('outside')];
    make('mount', 'lost+found', 'a');
    make('mount', 'b', 'lost+found');
    writeFileSync(path.join(outside, 'precious'), '');
    symlinkSync(outside, path.join(mount, 'lost+found', 'link'));
    const log = createTestLog();
    await emptyFolders([mount], log);
    expect(readdirSync(mount)).toEqual(['lost+found']);
    expect(readdirSync(path.join(mount, 'lost+found'))).toEqual([]);
    expect(existsSync(path.join(outside, 'precious'))).toBe(true);
    expect(log.lines).toEqual([]);
  });

  it('of a link that is called `lost+found`', async () => {
    const [mount, outside] = [make('mount'), make('outside')];
    writeFileSync(path.join(outside, 'precious'), '');
    symlinkSync(outside, path.join(mount, 'lost+found'));
    await emptyFolders([mount], createTestLog());
    expect(readdirSync(mount)).toEqual([]);
    expect(existsSync(path.join(outside, 'precious'))).toBe(true);
  });

  it('without entering another file system that is mounted in them', async () => {
    const mount = make('mount');
    const mounted = make('mount', 'a', 'mounted');
    writeFileSync(path.join(mounted, 'precious'), '');
    writeFileSync(path.join(mount, 'z'), '');
    const { lstat } = jest.requireActual<typeof promises>('node:fs/promises');
    const spied = jest.spyOn(promises, 'lstat').mockImplementation(async (file) => {
      const found = await lstat(file);
      return String(file) === mounted ? Object.assign(found, { dev: -1 }) : found;
    });
    const log = createTestLog();
    await emptyFolders([mount], log);
    spied.mockRestore();
    expect(existsSync(path.join(mounted, 'precious'))).toBe(true);
    expect(existsSync(path.join(mount, 'z'))).toBe(false);
    expect(log.lines).toEqual([
      `warn ${mount} could not be emptied: Error: ${mounted} is on another file system, and stays`,
    ]);
  });

  it('one after a failure too, which is told and not thrown', async () => {
    const mount = make('mount');
    writeFileSync(path.join(mount, 'a'), '');
    const log = createTestLog();
    await emptyFolders(['/no/such/folder', mount], log);
    expect(readdirSync(mount)).toEqual([]);
    expect(log.lines).toEqual([
      "warn /no/such/folder could not be emptied: Error: ENOENT: no such file or directory, stat '/no/such/folder'",
    ]);
  });

  it('and no removal goes on afterwards, not even beside one that failed', async () => {
    const mount = make('mount');
    for (const name of ['bad', 'slow']) writeFileSync(path.join(mount, name), '');
    let endSlow: () => void = () => undefined;
    const unlink = jest
      .spyOn(promises, 'unlink')
      .mockImplementationOnce(() => Promise.reject(new Error('busy')))
      .mockImplementationOnce(() => new Promise((resolve) => (endSlow = resolve)));
    const log = createTestLog();
    let isDone = false;
    const done = emptyFolders([mount], log).then(() => (isDone = true));
    while (unlink.mock.calls.length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    endSlow();
    await done;
    expect(log.lines).toEqual([`warn ${mount} could not be emptied: Error: busy`]);
    unlink.mockRestore();
  });

  it('of a hundred folders in one another, too, and of one that is deeper than a path may be', async () => {
    const mount = make('mount');
    make('mount', ...Array.from({ length: 100 }, () => 'd'));
    // Each in the last one, so that no path is ever longer than it may be.
    const name = 'n'.repeat(250);
    let deepest = make('mount', 'deep');
    for (let count = 0; count < 40; count += 1) {
      const holder = path.join(folder, 'holder');
      mkdirSync(path.join(holder, name), { recursive: true });
      renameSync(deepest, path.join(holder, name, 'inner'));
      renameSync(holder, (deepest = path.join(mount, 'deep')));
    }
    await emptyFolders([mount], createTestLog());
    expect(readdirSync(mount)).toEqual([]);
  });

  it('of what a cache of modules has locked', async () => {
    const mount = make('mount');
    const locked = make('mount', 'mod', 'locked');
    writeFileSync(path.join(locked, 'file'), '');
    chmodSync(locked, 0o500);
    const unlink = jest.spyOn(promises, 'unlink').mockImplementationOnce(() => {
      // As for anybody but root.
      expect(statSync(locked).mode & 0o777).toBe(0o500);
      return Promise.reject(Object.assign(new Error('permission denied'), { code: 'EACCES' }));
    });
    const log = createTestLog();
    await emptyFolders([mount], log);
    unlink.mockRestore();
    expect([readdirSync(mount), log.lines]).toEqual([[], []]);
  });

  it('of all but what cannot be removed, which is told once', async () => {
    const mount = make('mount');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      writeFileSync(path.join(make('mount', 'in', name), 'file'), '');
    const unlink = jest.spyOn(promises, 'unlink').mockImplementation((file) => {
      if (/[bd]\/file$/.test(String(file))) return Promise.reject(new Error('busy'));
      rmSync(file);
      return Promise.resolve();
    });
    const log = createTestLog();
    await emptyFolders([mount], log);
    unlink.mockRestore();
    expect(readdirSync(path.join(mount, 'in')).sort()).toEqual(['b', 'd']);
    expect(log.lines).toEqual([`warn ${mount} could not be emptied: Error: busy`]);
  });

  it('of many thousand files, a few at a time', async () => {
    const mount = make('mount', 'many');
    for (let count = 0; count < 3_000; count += 1) writeFileSync(path.join(mount, String(count)), '');
    const { unlink: remove } = promises;
    let running = 0;
    let most = 0;
    const unlink = jest.spyOn(promises, 'unlink').mockImplementation(async (file) => {
      most = Math.max(most, (running += 1));
      await remove.call(promises, file);
      running -= 1;
    });
    const readdirs = jest.spyOn(promises, 'readdir');
    await emptyFolders([path.dirname(mount)], createTestLog());
    expect([unlink.mock.calls.length, readdirs.mock.calls.length]).toEqual([3_000, 0]);
    expect(most).toBeLessThanOrEqual(4);
    unlink.mockRestore();
    readdirs.mockRestore();
    expect(readdirSync(path.dirname(mount))).toEqual([]);
  });
});

describe('shared memory', () => {
  it('is emptied of what came since, and was put there by this user', async () => {
    const memory = make('memory');
    writeFileSync(path.join(memory, 'of the image'), '');
    const log = createTestLog();
    const empty = await createMemoryEmptying(memory, log);
    await empty();
    make('memory', 'sem', 'deep');
    writeFileSync(path.join(memory, 'torch_1'), 'x');
    writeFileSync(path.join(memory, 'foreign'), 'x');
    const { lstat } = promises;
    const owner = jest
      .spyOn(promises, 'lstat')
      .mockImplementation((async (file: string) =>
        file.endsWith('foreign')
          ? { uid: -1, isDirectory: () => false }
          : lstat.call(promises, file)) as unknown as typeof lstat);
    await empty();
    owner.mockRestore();
    expect(readdirSync(memory).sort()).toEqual(['foreign', 'of the image']);
    expect(log.lines).toEqual([]);
  });

  it('that is not there is no trouble', async () => {
    const log = createTestLog();
    const empty = await createMemoryEmptying(path.join(folder, 'none'), log);
    await empty();
    expect(log.lines).toEqual([]);
  });

  it.each([
    { what: 'of a container of the plugin', namespace: 'ipc:[4026532281]', isOwn: true },
    { what: "of a task that has its host's", namespace: 'ipc:[4026531839]', isOwn: false },
    {
      what: 'of a developer',
      programFolder: '/home/me/dist/layer',
      namespace: 'ipc:[4026532281]',
      isOwn: false,
    },
  ])('$what: whether it is emptied', ({ programFolder = '/opt/watchbot', namespace, isOwn }) => {
    expect(isOwnMemory(programFolder, () => namespace)).toBe(isOwn);
  });

  it('of a machine that does not tell is left alone', () => {
    const untold = () => {
      throw new Error('no /proc');
    };
    expect(isOwnMemory('/opt/watchbot', untold)).toBe(false);
  });

  it('and mounts: on this machine nothing but the folders that are named', async () => {
    const mount = make('mount');
    writeFileSync(path.join(mount, 'a'), '');
    const open = jest.spyOn(promises, 'readdir');
    const empty = await createEmptying(
      [mount],
      path.resolve(__dirname, '../../../dist/layer'),
      createTestLog(),
    );
    await empty();
    expect(readdirSync(mount)).toEqual([]);
    expect(open).not.toHaveBeenCalled();
    open.mockRestore();
  });
});
