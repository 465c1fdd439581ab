import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestQueue, startTestEmulator, type TestEmulator } from '../helpers/emulator';
import { whenEnded } from '../helpers/processes';
import { endWatchers, startWatcher } from '../helpers/watcher';

let emulator: TestEmulator;
let folder: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.stop());
afterEach(async () => {
  await endWatchers();
  rmSync(folder, { recursive: true, force: true });
});

const newFolder = () => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
  return folder;
};

describe('heartbeat', () => {
  it('keeps a message hidden for as long as its worker runs', async () => {
    const queue = await createTestQueue(emulator);
    const watcher = startWatcher({
      endpoint: emulator.endpoint,
      queueUrl: queue.url,
      command: 'sleep 5; echo done',
      environment: { WatchbotVisibilityTimeout: '2', WatchbotConcurrency: '2' },
    });
    await queue.send('hello');

    await watcher.find('[success]');

    expect(watcher.count(/received/)).toBe(1);
    await watcher.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });
});

describe('maxJobDuration', () => {
  it('stops the worker and what it started, and returns the message', async () => {
    const queue = await createTestQueue(emulator);
    const watcher = startWatcher({
      endpoint: emulator.endpoint,
      queueUrl: queue.url,
      command: 'sleep 600 & echo "child $!"; wait',
      environment: { maxJobDuration: '1' },
    });
    await queue.send('hello');

    await watcher.find('[failure]');

    expect(await watcher.find('(stopped: longer than maxJobDuration)')).toContain('[failure]');
    const pid = Number(/child (\d+)/.exec(await watcher.find(/\[worker\].*child/))?.[1]);
    await whenEnded(pid);
  });
});

describe('the time of day', () => {
  /** By the log, to the second. */
  const timeOf = (line: string) => Date.parse(/^\[([^\]]+)\]/.exec(line)?.[1] ?? '');

  it.each([3600, -3600])('set by %d s does not change how long a job took', async (shiftSeconds) => {
    const shift = path.join(newFolder(), 'shift');
    const done = path.join(folder, 'done');
    writeFileSync(shift, '0');
    const queue = await createTestQueue(emulator);
    const watcher = startWatcher({
      endpoint: emulator.endpoint,
      queueUrl: queue.url,
      command: `i=0; until [ -e '${done}' ]; do i=$((i + 1)); echo "line $i."; sleep 0.05; done`,
      environment: {
        NODE_OPTIONS: `--require ${path.resolve(__dirname, '../chaos/clock-shift.cjs')}`,
        FAKETIME_TIMESTAMP_FILE: shift,
      },
    });
    await queue.send('hello');
    const begin = timeOf(await watcher.find('line 1.'));
    writeFileSync(shift, String(shiftSeconds));
    const isSet = async (line: number) =>
      Math.abs(timeOf(await watcher.find(`line ${line}.`)) - begin) > 3_000_000;
    for (let line = 2; !(await isSet(line)); line += 1);
    writeFileSync(done, '');

    expect(await watcher.find('[success]')).toMatch(/ after \d{1,5} ms/);
  });
});

describe('files', () => {
  it('empties the mounts after each job, without following a link out of them', async () => {
    const outside = path.join(newFolder(), 'outside');
    const mount = path.join(folder, 'mount');
    mkdirSync(outside);
    mkdirSync(mount);
    writeFileSync(path.join(outside, 'precious'), '');
    symlinkSync(outside, path.join(mount, 'link'));
    const queue = await createTestQueue(emulator);
    const watcher = startWatcher({
      endpoint: emulator.endpoint,
      queueUrl: queue.url,
      command: `mkdir -p ${mount}/a/b; touch ${mount}/a/b/c ${mount}/d`,
      environment: { Volumes: mount },
    });
    await queue.send('hello');
    await watcher.find('[success]');
    await watcher.stop();

    expect(readdirSync(mount)).toEqual([]);
    expect(existsSync(path.join(outside, 'precious'))).toBe(true);
  });

  it('leaves nothing of a message in the temporary folder', async () => {
    const queue = await createTestQueue(emulator);
    const environment = { TMPDIR: newFolder() };
    const command = 'ls "$TMPDIR" | grep -c watchbot-';
    const watcher = startWatcher({ endpoint: emulator.endpoint, queueUrl: queue.url, command, environment });
    await queue.send('hello');
    await watcher.find('[success]');
    await watcher.stop();

    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing of a message where no such folder is named', async () => {
    newFolder();
    const queue = await createTestQueue(emulator);
    const command = 'echo "was in $(dirname "$MessageFile")"; cat "$MessageFile"; echo';
    const watcher = startWatcher({ endpoint: emulator.endpoint, queueUrl: queue.url, command });
    await queue.send('hello');
    const line = await watcher.find(/\[worker\].*was in/);
    await watcher.find(/\] hello$/);
    await watcher.find('[success]');
    await watcher.stop();

    const used = line.slice(line.indexOf('was in ') + 'was in '.length);
    expect(used).toMatch(/^\/.*watchbot-/);
    expect(existsSync(used)).toBe(false);
  });

  it('ends by itself after one job where every job gets a fresh container', async () => {
    const queue = await createTestQueue(emulator);
    await queue.send('one');
    await queue.send('two');
    const environment = { writableFilesystem: 'true' };
    const watcher = startWatcher({
      endpoint: emulator.endpoint,
      queueUrl: queue.url,
      command: 'true',
      environment,
    });

    expect(await watcher.ended).toBe(0);
    expect(watcher.count(/\[success\]/)).toBe(1);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });
});

describe('the environment of the container', () => {
  it('is refused as a whole where it is not that of a watcher', async () => {
    const environment = { WatchbotConcurrency: 'many', structuredLogging: 'yes' };
    const watcher = startWatcher({ endpoint: emulator.endpoint, queueUrl: '', command: 'true', environment });

    expect(await watcher.ended).toBe(1);
    expect(watcher.all).toEqual([
      'watchbot: the environment of this container is not that of a watcher: QueueUrl is missing; ' +
        'structuredLogging is "yes", not true or false; WatchbotConcurrency is "many", not a whole number of at least 1',
    ]);
  });
});

describe('SQS out of reach', () => {
  it('is waited for, with one line when it goes and one when it is back', async () => {
    newFolder();
    const first = await startTestEmulator();
    const port = Number(new URL(first.endpoint).port);
    await first.stop();
    const queueUrl = `${first.endpoint}/000000000000/late-queue`;
    const watcher = startWatcher({ endpoint: first.endpoint, queueUrl, command: 'true' });
    await watcher.find('cannot receive: Error: connect ECONNREFUSED');

    const second = await startTestEmulator(port);
    const { CreateQueueCommand, SendMessageCommand } = await import('@aws-sdk/client-sqs');
    await second.sqs.send(new CreateQueueCommand({ QueueName: 'late-queue' }));
    await second.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }));
    await watcher.find('[success]');

    expect(watcher.count(/cannot receive/)).toBe(1);
    expect(watcher.count(/SQS answers again/)).toBe(1);
    await watcher.stop();
    await second.stop();
  });
});
