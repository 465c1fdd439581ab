import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTemporaryFolders, memoryFolderAt, writeMessageFile } from '../../../src/watcher/job/files';

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

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

describe('a folder for temporary files', () => {
  it('is of one job alone, empty, and for nobody else to read', async () => {
    const folders = createTemporaryFolders(parent);
    const [one, other] = [await folders.take(), await folders.take()];
    expect(one.path).not.toBe(other.path);
    expect(path.dirname(one.path)).toBe(parent);
    expect(statSync(one.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(one.path)).toEqual([]);
  });

  it("is the next job's where its worker left nothing there", async () => {
    const folders = createTemporaryFolders(parent);
    const first = await folders.take();
    await first.giveBack();
    const second = await folders.take();
    expect(second.path).toBe(first.path);
    await second.giveBack();
    expect((await folders.take()).path).toBe(first.path);
  });

  /** What a worker may have done with its folder, given its path and a place elsewhere. */
  const left: Record<string, (folder: string, elsewhere: string) => void> = {
    'a file': (folder) => {
      writeFileSync(path.join(folder, 'file'), 'x');
    },
    'a folder': (folder) => {
      mkdirSync(path.join(folder, 'a/b'), { recursive: true });
    },
    'a link': (folder, elsewhere) => {
      symlinkSync(elsewhere, path.join(folder, 'link'));
    },
    'a link in its place': (folder, elsewhere) => {
      rmSync(folder, { recursive: true });
      symlinkSync(elsewhere, folder);
    },
    'another folder in its place': (folder, elsewhere) => {
      renameSync(folder, path.join(elsewhere, 'moved'));
      mkdirSync(folder);
    },
    'a file in its place': (folder) => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'x');
    },
    'other rights': (folder) => {
      chmodSync(folder, 0o777);
    },
    'nothing, not even the folder': (folder) => {
      rmSync(folder, { recursive: true });
    },
  };

  it.each(Object.keys(left))('is another one where its worker left %s', async (what) => {
    const elsewhere = path.join(parent, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(path.join(elsewhere, 'precious'), 'x');
    const folders = createTemporaryFolders(parent);
    const first = await folders.take();
    left[what]!(first.path, elsewhere);
    await first.giveBack();
    expect(existsSync(first.path)).toBe(false);
    expect(readdirSync(elsewhere)).toContain('precious');

    const second = await folders.take();
    expect(second.path).not.toBe(first.path);
    expect(readdirSync(second.path)).toEqual([]);
  });

  it.each(Object.keys(left))('is another one where somebody left %s while it waited', async (what) => {
    const elsewhere = path.join(parent, 'elsewhere');
    mkdirSync(elsewhere);
    const folders = createTemporaryFolders(parent);
    const first = await folders.take();
    await first.giveBack();
    // The time of a folder's last change is that of the system's last tick.
    while (Date.now() - statSync(first.path).mtimeMs < 20) continue;
    left[what]!(first.path, elsewhere);
    const second = await folders.take();
    expect(existsSync(first.path)).toBe(false);
    expect(second.path).not.toBe(first.path);
    expect(statSync(second.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(second.path)).toEqual([]);
  });

  it('is not there any more when no job will be run', async () => {
    const folders = createTemporaryFolders(parent);
    const both = [await folders.take(), await folders.take()];
    for (const folder of both) await folder.giveBack();
    expect(readdirSync(parent)).toHaveLength(2);
    await folders.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is a new one for each job where the disk may be far away', async () => {
    const folders = createTemporaryFolders(parent, false);
    const first = await folders.take();
    await first.giveBack();
    expect(readdirSync(parent)).toEqual([]);
    expect((await folders.take()).path).not.toBe(first.path);
  });

  it('cannot be had where no folder can be made', async () => {
    await expect(async () => createTemporaryFolders('/proc').take()).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});
