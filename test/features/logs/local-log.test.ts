import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/shared/clock';
import { localLog, startLocalLog } from '../../../src/features/logs/local-log';
import { createTestFolder, type TestFolder } from '../../helpers/folder';

/** Linux only. */
const OPEN_FILES = '/proc/self/fd';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

const fail = (error: Error) => {
  throw error;
};

async function linesOf(worker: string): Promise<string[]> {
  const lines: string[] = [];
  const events = localLog(folder.path, worker, systemClock).read(
    { sinceMs: 0 },
    new AbortController().signal,
  );
  for await (const { line } of events) lines.push(line);
  return lines;
}

it('keeps lines by worker, of the last run only', async () => {
  const first = await startLocalLog(folder.path, systemClock, fail);
  first.write('one', 'old');
  await first.end();
  const log = await startLocalLog(folder.path, systemClock, fail);
  for (const line of ['a', 'b\u001b[2J', 'ü']) log.write('one', line);
  log.write('two', 'c');
  await log.end();
  expect(await linesOf('one')).toEqual(['a', 'b\u001b[2J', 'ü']);
  expect(await linesOf('two')).toEqual(['c']);
});

it('has at most two files, the newest lines in them', async () => {
  const log = await startLocalLog(folder.path, systemClock, fail, 100);
  for (let n = 0; n < 10; n += 1) {
    log.write('one', `line ${n} ${'x'.repeat(100)}`);
    await log.end();
  }
  expect((await linesOf('one')).map((line) => line.slice(0, 6))).toEqual(['line 8', 'line 9']);
});

it('follows over files that are set aside: each line once, in order', async () => {
  const log = await startLocalLog(folder.path, systemClock, fail, 2_000);
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { line } of localLog(folder.path, 'one', systemClock).follow(
      { sinceMs: 0 },
      stop.signal,
    )) {
      seen.push(line);
      if (seen.length < 60) {
        log.write('one', String(seen.length));
        // The next one comes only when this one was seen, so that no file is set aside twice between two looks.
      } else stop.abort();
    }
  })();
  log.write('one', '0');
  await following;
  expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => String(n)));
});

it('is followed to its end if the run has ended', async () => {
  const log = await startLocalLog(folder.path, systemClock, fail);
  log.write('one', 'a');
  const lines: string[] = [];
  const hasEnded = async () => {
    // The last line comes while nobody reads.
    log.write('one', 'released');
    await log.end();
    return true;
  };
  const never = new AbortController().signal;
  const events = localLog(folder.path, 'one', systemClock).follow({ sinceMs: 0, hasEnded }, never);
  for await (const { line } of events) lines.push(line);
  expect(lines.slice(0, 2)).toEqual(['a', 'released']);
});

(existsSync(OPEN_FILES) ? it : it.skip)('leaves no file open when its reader has read enough', async () => {
  const log = await startLocalLog(folder.path, systemClock, fail);
  log.write('one', 'a');
  await log.end();
  for (let count = 0; count < 5; count += 1) {
    for await (const { line } of localLog(folder.path, 'one', systemClock).follow(
      { sinceMs: 0 },
      new AbortController().signal,
    )) {
      // In the first look nothing is read yet: the file in place is both the newest and the one that is read.
      if (line === 'b') break;
      log.write('one', 'b');
    }
  }
  await log.end();
  const open = readdirSync(OPEN_FILES).flatMap((name) => {
    try {
      return [readlinkSync(path.join(OPEN_FILES, name))];
    } catch {
      return [];
    }
  });
  expect(open.filter((file) => file.startsWith(folder.path))).toEqual([]);
});

it('tells once that it cannot write', async () => {
  const told: string[] = [];
  const log = await startLocalLog(folder.path, systemClock, ({ message }) => told.push(message));
  folder.remove();
  const { writeFileSync } = await import('node:fs');
  // A file in the place of the folder.
  writeFileSync(folder.path, '');
  for (const line of ['a', 'b']) {
    log.write('one', line);
    await log.end();
  }
  expect(told).toHaveLength(1);
});
