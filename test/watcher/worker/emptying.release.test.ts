import { expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ContainerVariable } from '../../../src/contract/environment';
import { createTestQueue } from '../../helpers/emulator';
import { peakMemoryOf } from '../../helpers/memory';
import { useTestBed } from '../../helpers/test-bed';
import { startWatcher } from '../../helpers/watcher';

const bed = useTestBed();

const FILES = 200_000;

const MAKE_FILES = `
const fs = require('fs');
if (process.env.Message === 'many') {
  for (let folder = 0; folder < 2; folder += 1) {
    fs.mkdirSync(process.env.FOLDER + '/' + folder);
    for (let i = 0; i < ${FILES / 2}; i += 1) fs.closeSync(fs.openSync(process.env.FOLDER + '/' + folder + '/' + i, 'w'));
  }
}`;

it(`a folder with ${FILES} files is emptied without the watcher growing by 10 MiB`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-many-'));
  try {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      command: [process.execPath, '-e', MAKE_FILES],
      environment: { [ContainerVariable.volumes]: folder, FOLDER: folder },
    });
    const peaks: number[] = [];
    for (const body of ['few', 'many', 'few']) {
      await queue.send(body);
      await watcher.findAll(peaks.length + 1, '[success]');
      while (readdirSync(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      peaks.push(peakMemoryOf(watcher.process.pid!));
    }
    expect(peaks.at(-1)! - peaks[0]!).toBeLessThan(10 * 2 ** 20);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
