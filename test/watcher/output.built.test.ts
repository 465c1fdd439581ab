import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { LogSource, readLine } from '../../src/contract/log-lines';
import { createTestQueue, type TestQueue } from '../helpers/emulator';
import { peakMemoryOf } from '../helpers/memory';
import { isRunning, whenEnded } from '../helpers/processes';
import { startSqsRecorder } from '../helpers/sqs-recorder';
import { LOG_FORMATS } from '../helpers/log-formats';
import { useTestBed } from '../helpers/test-bed';
import { LAUNCHER } from '../helpers/ways-to-start';
import { startWatcher, type TestWatcher, worker } from '../helpers/watcher';

const MEBIBYTE = 2 ** 20;

const bed = useTestBed();

const start = (
  queue: TestQueue,
  command: string,
  more: { environment?: Record<string, string>; keep?: (line: string) => boolean } = {},
) => startWatcher({ endpoint: bed.emulator.endpoint, queueUrl: queue.url, command, ...more });

/** What the worker printed, by the log. */
const textsOf = ({ all }: TestWatcher) =>
  all
    .map(readLine)
    .filter(({ source }) => source === LogSource.worker)
    .map(({ text }) => text);
/** Of either format. */
const SUCCESS = /\[success\]/;

const pidIn = (line: string) => Number(/pid (\d+)/.exec(line)?.[1]);

describe('output', () => {
  it('is logged to the last line, before the outcome, even without an end of line', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue, 'echo one; echo two >&2; printf "the last"');
    await queue.send('hello');

    await watcher.find(SUCCESS);

    expect(textsOf(watcher).sort()).toEqual(['one', 'the last', 'two']);
    expect(watcher.all.findIndex((line) => line.endsWith('the last'))).toBeLessThan(
      watcher.all.findIndex((line) => line.includes('[success]')),
    );
  });

  it('is logged before the message is settled', async () => {
    const queue = await createTestQueue(bed.emulator);
    const recorder = await startSqsRecorder(bed.emulator.endpoint, async ({ action }, pass) => {
      // Answered only when the line is there: a watcher that logged it afterwards would never get so far.
      if (action === 'DeleteMessageBatch') await watcher.find(/\[worker\].*the last$/);
      return pass();
    });
    const watcher = startWatcher({
      endpoint: recorder.endpoint,
      queueUrl: queue.url,
      command: 'printf "the last"',
    });
    await queue.send('hello');

    await recorder.lines.find(/^DeleteMessageBatch/);
    await watcher.find(SUCCESS);
    await watcher.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
    await recorder.stop();
  });

  it('of 100 MB is logged to the last byte, and never all in memory', async () => {
    const LINES = 100 * 1024;
    let lines = 0;
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue, worker('pour.mjs', '100'), {
      keep: (line) => {
        const isPoured = line.endsWith(` ${'x'.repeat(1023)}`) && line.includes('[worker]');
        if (isPoured) lines += 1;
        return !isPoured;
      },
    });
    const { stdout } = watcher.process;
    await watcher.find('watching');
    // Nobody reads the log for a while: time for a watcher that did not wait to take all of it in.
    stdout?.pause();
    await queue.send('hello');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    stdout?.resume();

    await watcher.find(SUCCESS, 50_000);

    expect(lines).toBe(LINES);
    expect(textsOf(watcher)).toEqual([]);
    expect(peakMemoryOf(watcher.process.pid!)).toBeLessThan(170 * MEBIBYTE);
  });

  it.each(LOG_FORMATS)(
    'in lines of 10 MB is logged in pieces, none of it lost: $format',
    async ({ environment }) => {
      const LENGTH = 10_000_000;
      const queue = await createTestQueue(bed.emulator);
      const long = (letter: string) => `head -c ${LENGTH} /dev/zero | tr '\\0' ${letter}`;
      const watcher = start(queue, `${long('x')}; echo; echo between; ${long('y')}`, { environment });
      await queue.send('hello');

      await watcher.find(SUCCESS);

      const texts = textsOf(watcher);
      const between = texts.indexOf('between');
      const [before, after] = [texts.slice(0, between).join(''), texts.slice(between + 1).join('')];
      // Not as a difference of ten megabytes, should it fail.
      expect([before === 'x'.repeat(LENGTH), after === 'y'.repeat(LENGTH)]).toEqual([true, true]);
      expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(32_768);
      expect(peakMemoryOf(watcher.process.pid!)).toBeLessThan(170 * MEBIBYTE);
    },
  );
});

describe('a worker that closes its output', () => {
  it('is waited for: its message is settled when it ends', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue, `echo "pid $$"; exec >&- 2>&-; ${bed.gate.wait}; exit 3`);
    await queue.send('hello');
    const pid = pidIn(await watcher.find(/\[worker\].*pid/));
    while (existsSync(`/proc/${pid}/fd/1`)) await new Promise(setImmediate);

    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 1, dead: 0 });
    expect(watcher.count(/\] after \d+ ms/)).toBe(0);

    bed.gate.open();
    await watcher.find('(exit code 3: rejected)');
  });
});

describe('a worker that has ended', () => {
  it('may have left someone who still writes: that is logged before the outcome', async () => {
    const queue = await createTestQueue(bed.emulator);
    // Ended, and perhaps not yet asked after.
    const hasEnded = '! read -r pid name state rest 2>/dev/null </proc/$$/stat || [ "$state" = Z ]';
    const late = `(until ${hasEnded}; do sleep 0.02; done; echo late) &`;
    const watcher = start(queue, `${late} exit 3`);
    await queue.send('hello');

    await watcher.find('[rejected]');

    expect(textsOf(watcher)).toEqual(['late']);
  });

  it('is not waited for any longer by those that it left, in its group or out of it', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(
      queue,
      `$Message sh -c 'echo "pid $$"; exec sleep 600' & ${bed.gate.wait}; exit 3`,
      {
        environment: { WatchbotConcurrency: '2' },
      },
    );
    // Both hold its output open.
    const inside = await queue.send('env');
    const outside = await queue.send('setsid');
    const pids = new Map(
      (await watcher.findAll(2, /\[worker\].*pid/)).map((line) => [readLine(line).messageId, pidIn(line)]),
    );
    bed.gate.open(2);

    await watcher.findAll(2, '[rejected]');

    await whenEnded(pids.get(inside)!);
    const left = pids.get(outside)!;
    // By Node, who left the group is out of reach, but holds up nothing.
    if (LAUNCHER === undefined) process.kill(-left, 'SIGKILL');
    else expect(isRunning(left)).toBe(false);
    await watcher.findAll(
      LAUNCHER === undefined ? 1 : 2,
      'it left 1 process behind (sleep), which was ended',
    );
    await watcher.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });
});
