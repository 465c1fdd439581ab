import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDeferred } from '../helpers/deferred';
import { createTestQueue } from '../helpers/emulator';
import { whenEnded } from '../helpers/processes';
import { startSqsRecorder, type SqsRecorder, type Intercept } from '../helpers/sqs-recorder';
import { createTimeAhead, type TimeAhead } from '../helpers/time-ahead';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** The watcher's first line has the command in it, too. */
const TOLD = /\[worker\].*told to end/;
/** A message that was tried once goes back. */
const RETURNED = /^ChangeMessageVisibilityBatch.*"VisibilityTimeout":2[,}]/;

const bed = useTestBed();
let time: TimeAhead;
let recorder: SqsRecorder | undefined;

beforeEach(() => {
  time = createTimeAhead(bed.folder.path);
});
afterEach(async () => {
  await recorder?.stop();
  recorder = undefined;
});

/** A watcher whose time can jump, and whose calls are seen. */
async function start(parts: { command: string; environment?: Record<string, string>; treat?: Intercept }) {
  const queue = await createTestQueue(bed.emulator);
  recorder = await startSqsRecorder(bed.emulator.endpoint, parts.treat);
  const watcher = startWatcher({
    endpoint: recorder.endpoint,
    queueUrl: queue.url,
    command: parts.command,
    environment: { ...time.environment, ...parts.environment },
  });
  return { queue, watcher, recorder };
}

describe('heartbeat', () => {
  it('keeps a message hidden for as long as its worker runs', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
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

  it('is one call for ten messages, at a third of the visibility timeout', async () => {
    const { queue, watcher, recorder } = await start({
      command: `echo started; ${bed.gate.wait}`,
      environment: { WatchbotConcurrency: '12', WatchbotVisibilityTimeout: '180' },
    });
    await Promise.all(Array.from({ length: 12 }, (_, index) => queue.send(`job ${index}`)));
    await watcher.findAll(12, /\[worker\].*started/);
    expect(recorder.of('ChangeMessageVisibilityBatch')).toEqual([]);

    time.jump(60 * SECOND);
    await recorder.lines.findAll(2, /^ChangeMessageVisibilityBatch/);
    bed.gate.open(12);
    await watcher.findAll(12, '[success]');
    await watcher.stop();

    const batches = recorder.of('ChangeMessageVisibilityBatch').map(({ body }) => body.Entries ?? []);
    expect(batches.map(({ length }) => length).sort()).toEqual([10, 2]);
    expect(new Set(batches.flat().map(({ ReceiptHandle }) => ReceiptHandle)).size).toBe(12);
    for (const entry of batches.flat()) expect(entry).toMatchObject({ VisibilityTimeout: 180 });
  });

  it('under way is waited for before the message is settled, which it would undo', async () => {
    const beat = createDeferred();
    const { queue, watcher, recorder } = await start({
      command: `echo started; ${bed.gate.wait}`,
      treat: async ({ action }, pass) => {
        if (action === 'ChangeMessageVisibilityBatch') await beat.promise;
        return pass();
      },
    });
    await queue.send('hello');
    await watcher.find(/\[worker\].*started/);
    time.jump(60 * SECOND);
    await recorder.lines.find(/^ChangeMessageVisibilityBatch/);

    bed.gate.open();
    await watcher.find('[success]');
    // The slot is free, and the next poll under way.
    await recorder.lines.findAll(2, /^ReceiveMessage/);
    await expect(recorder.lines.find(/^DeleteMessageBatch/, 500)).rejects.toThrow('no line');

    beat.resolve();
    await recorder.lines.find(/^DeleteMessageBatch/);
    await watcher.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });
});

describe("the end of SQS's 12 hours", () => {
  it('stops a job while its message can still be returned, and says so', async () => {
    const { queue, watcher, recorder } = await start({
      command: `trap 'echo told to end; exit 1' TERM; echo started; while :; do ${bed.gate.wait}; done`,
      environment: { WatchbotVisibilityTimeout: '300' },
    });
    await queue.send('hello');
    await watcher.find(/\[worker\].*started/);

    time.jump(12 * HOUR - 90 * SECOND);
    // No longer for the visibility timeout, which would go beyond them: SQS would refuse it.
    await recorder.lines.find(/^ChangeMessageVisibilityBatch/);
    const [beat] = recorder.of('ChangeMessageVisibilityBatch');
    const seconds = beat?.body.Entries?.[0]?.VisibilityTimeout;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(90);
    expect(watcher.count(TOLD)).toBe(0);

    time.jump(30 * SECOND);
    await watcher.find(TOLD);
    const line = await watcher.find('(stopped: SQS holds a message for 12 hours at most)');
    expect(line).toMatch(/\[failure\] after 431\d{5} ms/);
    await recorder.lines.find(RETURNED);
    await watcher.find('received (receive 2)');
  });
});

describe('maxJobDuration', () => {
  const environment = { maxJobDuration: '3600' };
  const pidsIn = (lines: readonly string[]) => lines.map((line) => Number(/pid (\d+)/.exec(line)?.[1]));
  /** What the worker starts says that it runs, so that the signal finds it. */
  const child = (before: string) => `sh -c '${before}echo "pid $$"; exec sleep 600' &`;

  it('stops the worker and what it started, and returns the message', async () => {
    const { queue, watcher, recorder } = await start({
      command: `${child('')} echo "pid $$"; wait`,
      environment,
    });
    const id = await queue.send('hello');
    const pids = pidsIn(await watcher.findAll(2, /\[worker\].*pid/));

    time.jump(HOUR);

    const line = await watcher.find('(stopped: longer than maxJobDuration)');
    expect(line).toContain(`[${id}] [failure]`);
    for (const pid of pids) await whenEnded(pid);
    await recorder.lines.find(RETURNED);
  });

  it.each([0, 3, 4])('has failed, whatever the worker then says: exit code %d', async (code) => {
    const { queue, watcher, recorder } = await start({
      command: `trap 'echo told to end; exit ${code}' TERM; ${child('')} echo "pid $$"; wait`,
      environment,
    });
    const id = await queue.send('hello');
    const pids = pidsIn(await watcher.findAll(2, /\[worker\].*pid/));

    time.jump(HOUR);

    await watcher.find(TOLD);
    expect(await watcher.find(/\] after \d+ ms/)).toContain(`[${id}] [failure]`);
    for (const pid of pids) await whenEnded(pid);
    await recorder.lines.find(RETURNED);
  });

  it.each([
    {
      name: 'a worker that does not heed SIGTERM',
      command: `trap 'echo told to end' TERM; ${child('trap "" TERM; ')} echo "pid $$"; while :; do wait; done`,
      processes: 2,
    },
    {
      name: 'a worker that heeds it, but not what it started',
      command: `${child('trap "" TERM; ')} ${child('trap "" TERM; ')} trap 'echo told to end; exit 1' TERM; echo "pid $$"; wait`,
      processes: 3,
    },
    {
      name: 'what outlives the program that started it',
      command: `(${child('trap "" TERM; ')}); trap 'echo told to end' TERM; echo "pid $$"; while :; do sleep 0.1; done`,
      processes: 2,
    },
  ])('kills $name after ten seconds', async ({ command, processes }) => {
    const { queue, watcher, recorder } = await start({ command, environment });
    const id = await queue.send('hello');
    const pids = pidsIn(await watcher.findAll(processes, /\[worker\].*pid/));

    time.jump(HOUR);
    await watcher.find(TOLD);
    time.jump(10 * SECOND);

    const line = await watcher.find('(stopped: longer than maxJobDuration)');
    expect(line).toContain(`[${id}] [failure]`);
    for (const pid of pids) await whenEnded(pid);
    await recorder.lines.find(RETURNED);
  });
});

describe('the time of day', () => {
  /** By the log, to the second. */
  const timeOf = (line: string) => Date.parse(/^\[([^\]]+)\]/.exec(line)?.[1] ?? '');

  it.each([3600, -3600])('set by %d s does not change how long a job took', async (shiftSeconds) => {
    const shift = bed.folder.join('shift');
    const done = bed.folder.join('done');
    writeFileSync(shift, '0');
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
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
