import { describe, expect, it } from '@jest/globals';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { emptiedFolders } from '../../src/resources/volumes';
import { parse } from '../config/support';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';

const bed = useTestBed();

function makeFolder(name: string): string {
  const made = bed.folder.join(name);
  mkdirSync(made);
  return made;
}

/** What nobody may touch, in a folder that no worker is given. */
function makePrecious(): string {
  const outside = makeFolder('outside');
  mkdirSync(path.join(outside, 'more'));
  for (const name of ['precious', 'more/precious']) writeFileSync(path.join(outside, name), 'gold');
  return outside;
}

const isUntouched = (outside: string) =>
  ['precious', 'more/precious'].every((name) => readFileSync(path.join(outside, name), 'utf8') === 'gold');

describe('mounts', () => {
  it('are empty before each job, whatever the last one left there and however it ended', async () => {
    const mounts = [makeFolder('one'), makeFolder('two')];
    const [first, second] = mounts;
    const queue = await createTestQueue(bed.emulator);
    const litter = [
      `mkdir -p '${first}/a/b'`,
      `touch '${first}/a/b/c' '${first}/.hidden' '${first}/-rf' '${second}/line\nend'`,
      `mkfifo '${second}/pipe'`,
      `chmod 0 '${second}/pipe'`,
    ].join('; ');
    const watcher = bed.start(
      queue,
      `echo "found <$(ls -A '${first}')$(ls -A '${second}')>"; ${litter}; exit "$Message"`,
      {
        Volumes: mounts.join(','),
      },
    );
    for (const code of ['0', '1', '3']) await queue.send(code);

    const found = await watcher.findAll(3, /\[worker\].*found/);
    for (const line of found) expect(line).toMatch(/found <>$/);
    await watcher.findAll(3, /\] after \d+ ms/);
    await watcher.stop();
    expect(mounts.map((mount) => readdirSync(mount))).toEqual([[], []]);
  });

  it('are emptied without following a link out of them', async () => {
    const [mount, outside] = [makeFolder('mount'), makePrecious()];
    symlinkSync(outside, path.join(mount, 'before'));
    linkSync(path.join(outside, 'precious'), path.join(mount, 'hard'));
    const queue = await createTestQueue(bed.emulator);
    const links = [
      `mkdir '${mount}/deep'`,
      `ln -s '${outside}' '${mount}/deep/folder'`,
      `ln -s '../../outside' '${mount}/deep/relative'`,
      `ln -s '${outside}/more/precious' '${mount}/file'`,
      `ln -s / '${mount}/root'`,
      `ln -s '${mount}' '${mount}/itself'`,
      `ln -s /no/such/place '${mount}/dangling'`,
    ].join(' && ');
    const watcher = bed.start(queue, links, { Volumes: mount });
    await queue.send('hello');
    await watcher.find('[success]');
    await watcher.stop();

    expect(readdirSync(mount)).toEqual([]);
    expect(isUntouched(outside)).toBe(true);
  });

  it('are emptied with the volumes that end with the task, and not with a file system that a job has linked', async () => {
    const volumes = {
      scratch: { ebs: '500GB', path: '/scratch' },
      assets: { efs: 'fs-0a1b2c3d', path: '/outside' },
    };
    const vpc = { subnets: ['subnet-0a1b2c3d'] };
    const [worker] = parse({ command: 'true', vpc, volumes }).workers;
    const emptied = emptiedFolders(worker!).filter((folder) => folder !== '/tmp');
    const [scratch, assets] = [makeFolder('scratch'), makePrecious()];
    const queue = await createTestQueue(bed.emulator);
    const command = `touch '${scratch}/file' && ln -s '${assets}' '${scratch}/link' && ln -s '${assets}' '${scratch}/lost+found'`;
    const watcher = bed.start(queue, command, {
      Volumes: emptied.map((folder) => bed.folder.join(folder)).join(','),
    });
    await queue.send('hello');
    await watcher.find('[success]');
    await watcher.stop();

    expect(readdirSync(scratch)).toEqual([]);
    expect(isUntouched(assets)).toBe(true);
  });

  it('are not emptied while any worker runs', async () => {
    const mount = makeFolder('mount');
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(
      queue,
      `touch '${mount}/'"$Message"; echo "started $Message"; [ "$Message" = quick ] || ${bed.gate.wait}`,
      { Volumes: mount, WatchbotConcurrency: '2' },
    );
    await queue.send('slow');
    await watcher.find(/\[worker\].*started slow/);
    await queue.send('quick');
    await watcher.find('[success]');
    await queue.send('next');
    // In the slot of the quick one, which is free when all that follows a job is done.
    await watcher.find(/\[worker\].*started next/);
    expect(readdirSync(mount).sort()).toEqual(['next', 'quick', 'slow']);

    bed.gate.open(2);
    await watcher.findAll(3, '[success]');
    await watcher.stop();
    expect(readdirSync(mount)).toEqual([]);
  });

  it('that cannot be emptied are told of, and work goes on', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, 'true', { Volumes: bed.folder.join('none') });
    await queue.send('one');
    await queue.send('two');
    await watcher.findAll(2, '[success]');
    await watcher.find(`${bed.folder.join('none')} could not be emptied: Error: ENOENT`);
  });
});

describe('the file of a message', () => {
  it.each([
    { name: 'in the folder for temporary files', environment: () => ({ TMPDIR: makeFolder('tmp') }) },
    { name: 'where no such folder is named', environment: () => ({}) },
  ])('is its own user’s, and gone after the job: $name', async ({ environment }) => {
    const queue = await createTestQueue(bed.emulator);
    const command = 'echo "is at $MessageFile"; stat -c "mode %a" "$MessageFile"; cat "$MessageFile"';
    const watcher = bed.start(queue, command, environment());
    await queue.send('hello');

    const line = await watcher.find(/\[worker\].*is at/);
    await watcher.find(/\[worker\].*mode 600$/);
    await watcher.find(/\[worker\].*\] hello$/);
    await watcher.find('[success]');
    await watcher.stop();

    const [, used] = /is at (\/.*\/watchbot-message-[^/]+)$/.exec(line)!;
    expect(existsSync(used!)).toBe(false);
  });

  it.each(
    [
      { where: 'on disk', environment: () => ({ TMPDIR: makeFolder('tmp') }) },
      { where: 'in memory', environment: () => ({}) },
    ].flatMap(({ where, environment }) => [
      { name: `a link, ${where}`, environment, put: (outside: string) => `ln -s '${outside}/precious' "$f"` },
      {
        name: `a link to a folder, ${where}`,
        environment,
        put: (outside: string) => `ln -s '${outside}' "$f"`,
      },
      {
        name: `a folder with links, ${where}`,
        environment,
        put: (outside: string) =>
          `mkdir "$f" && ln -s '${outside}' "$f/a" && ln -s '${outside}/precious' "$f/b"`,
      },
    ]),
  )('is removed without following what its worker put in its place: $name', async ({ environment, put }) => {
    const outside = makePrecious();
    const queue = await createTestQueue(bed.emulator);
    const command = ['f=$MessageFile', 'rm "$f"', put(outside), 'echo "was at $f"'].join(' && ');
    const watcher = bed.start(queue, command, environment());
    await queue.send('hello');
    const [, used] = /was at (.*)$/.exec(await watcher.find(/\[worker\].*was at/))!;
    await watcher.find('[success]');
    await watcher.stop();

    expect(() => lstatSync(used!)).toThrow('ENOENT');
    expect(isUntouched(outside)).toBe(true);
  });
});

describe('where every job gets a fresh container', () => {
  it.each([
    { code: 0, outcome: '[success]', inFlight: 0 },
    { code: 3, outcome: '[rejected]', inFlight: 0 },
    { code: 4, outcome: '[noop]', inFlight: 1 },
    { code: 1, outcome: '[failure]', inFlight: 1 },
  ])('the watcher ends by itself after one job: exit $code', async ({ code, outcome, inFlight }) => {
    const queue = await createTestQueue(bed.emulator);
    await queue.send('one');
    await queue.send('two');
    const watcher = bed.start(queue, `exit ${code}`, { writableFilesystem: 'true' });

    expect(await watcher.ended).toBe(0);
    expect(watcher.count(/\] after \d+ ms/)).toBe(1);
    expect(watcher.all.some((line) => line.includes(outcome))).toBe(true);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight, dead: 0 });
  });
});

describe('temporary files', () => {
  it('of workers that run side by side lie apart, and are gone when their own worker is', async () => {
    const temporary = makeFolder('temporary');
    const outside = makePrecious();
    const queue = await createTestQueue(bed.emulator);
    const litter = `mktemp > /dev/null && mkdir -p "$TMPDIR/a/b" && ln -s '${outside}' "$TMPDIR/link"`;
    const watcher = bed.start(
      queue,
      `${litter} && echo "has $(ls -A "$TMPDIR" | wc -l)" && ${bed.gate.wait}`,
      {
        WatchbotConcurrency: '2',
        TMPDIR: temporary,
      },
    );
    for (const body of ['one', 'two']) await queue.send(body);
    await watcher.findAll(2, 'has 3');
    const own = () => readdirSync(temporary).filter((name) => name.startsWith('watchbot-job-'));
    expect(own()).toHaveLength(2);

    bed.gate.open();
    await watcher.findAll(1, '[success]');
    expect(own()).toHaveLength(1);
    bed.gate.open();
    await watcher.findAll(2, '[success]');
    expect(await watcher.stop()).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(isUntouched(outside)).toBe(true);
  });
});
