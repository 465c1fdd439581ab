import { describe, expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import { startSqsRecorder } from '../helpers/sqs-recorder';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher, worker } from '../helpers/watcher';

const bed = useTestBed();

/** Told after a second, killed three seconds later. */
const NOTICE_SOON = { WatchbotStopTimeout: '9', WatchbotStopNotice: '3' };

describe('SIGTERM, as ECS sends it', () => {
  it('lets a worker work on, without a signal', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(
      queue,
      `trap 'echo told to end; exit 1' TERM; echo started; ${bed.gate.wait}; exit 0`,
    );
    await queue.send('hello');
    await watcher.find(/\[worker\].*started/);

    watcher.process.kill('SIGTERM');
    await watcher.find('SIGTERM: stopping');
    bed.gate.open();

    await watcher.find('[success]');
    expect(watcher.count(/\[worker\].*told to end/)).toBe(0);
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });

  it.each([
    { code: 0, outcome: '[success]', counts: { visible: 0, inFlight: 0, dead: 0 } },
    { code: 3, outcome: '[rejected]', counts: { visible: 0, inFlight: 0, dead: 0 } },
    { code: 4, outcome: '[noop]', counts: { visible: 0, inFlight: 1, dead: 0 } },
    { code: 1, outcome: '[failure]', counts: { visible: 0, inFlight: 1, dead: 0 } },
  ])('before its notice exit code $code is what it says: $outcome', async ({ code, outcome, counts }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, `echo started; ${bed.gate.wait}; exit ${code}`);
    await queue.send('hello');
    await watcher.find(/\[worker\].*started/);

    watcher.process.kill('SIGTERM');
    await watcher.find('SIGTERM: stopping');
    bed.gate.open();

    await watcher.find(outcome);
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual(counts);
  });

  it.each([0, 3, 4, 1])('after its notice exit code %d is a release: at once, uncounted', async (code) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('obedient.mjs', String(code)), NOTICE_SOON);
    await queue.send('hello');
    await watcher.find('started');

    watcher.process.kill('SIGTERM');

    await watcher.find('told to end');
    expect(await watcher.find('[released]')).toContain(
      '(the task was stopped; the message goes back at once)',
    );
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });

  it('becomes the signal that workers want, and these have the limits that the service gives them', async () => {
    const queue = await createTestQueue(bed.emulator);
    const line = `trap 'echo interrupted; exit 1' INT; echo limit $(ulimit -Sn); while :; do sleep 0.05; done`;
    const watcher = bed.start(queue, line, {
      ...NOTICE_SOON,
      WatchbotStopSignal: 'SIGINT',
      WatchbotWorkerLimits: 'nofile=123:456',
    });
    await queue.send('hello');
    await watcher.find(/\[worker\].*limit 123/);

    watcher.process.kill('SIGTERM');

    await watcher.find(/\[worker\].*interrupted/);
    await watcher.find('[released]');
    expect(await watcher.ended).toBe(0);
  });

  it('kills a worker that does not end after its notice, and gives the message back', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('stubborn.mjs'), { WatchbotStopTimeout: '6' });
    await queue.send('hello');
    await watcher.find('started');

    watcher.process.kill('SIGTERM');

    await watcher.find('told to end');
    await watcher.find('[released]');
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });

  it('ends in time where a job over its time does not end', async () => {
    const queue = await createTestQueue(bed.emulator);
    const stop = { WatchbotStopTimeout: '6', maxJobDuration: '1' };
    const watcher = bed.start(queue, worker('stubborn.mjs'), stop);
    await queue.send('hello');
    await watcher.find('told to end');
    const before = Date.now();

    expect(await watcher.stop('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(6_000);
    // Ten seconds would be its grace otherwise.
    expect(watcher.count(/\[failure\].*longer than maxJobDuration/)).toBe(1);
  });

  it('ends in time where SQS does not answer any more, with a word', async () => {
    const queue = await createTestQueue(bed.emulator);
    const recorder = await startSqsRecorder(bed.emulator.endpoint, ({ action }, pass) =>
      action === 'ReceiveMessage' ? pass() : new Promise(() => undefined),
    );
    const watcher = startWatcher({
      endpoint: recorder.endpoint,
      queueUrl: queue.url,
      command: 'echo started; sleep 600',
      environment: { WatchbotStopTimeout: '4' },
    });
    await queue.send('hello');
    await watcher.find(/\[worker\].*started/);
    const before = Date.now();

    expect(await watcher.stop('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(4_000);
    expect(watcher.count(/out of time: what is still in hand comes again/)).toBe(1);
    await recorder.stop();
  });

  it.each([2, 3, 10])('ends an idle task in time where its stopTimeout is %d s', async (seconds) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, 'true', { WatchbotStopTimeout: String(seconds) });
    await queue.send('first');
    await watcher.find('[success]');
    // A poll is just beginning.
    const before = Date.now();

    expect(await watcher.stop('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(seconds * 1000);
  });

  it('gives back what still arrives in the poll that is under way', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, 'echo worked');
    await queue.send('first');
    await watcher.find('[success]');

    watcher.process.kill('SIGTERM');
    await watcher.find('SIGTERM: stopping');
    await queue.send('late');

    expect(await watcher.ended).toBe(0);
    expect(watcher.count(/\[worker\].*worked/)).toBe(1);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });

  it('a second one tells the workers, a third kills them: released all the same', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('stubborn.mjs'), { WatchbotStopTimeout: '120' });
    await queue.send('hello');
    await watcher.find('started');

    watcher.process.kill('SIGTERM');
    await watcher.find('SIGTERM: stopping');
    watcher.process.kill('SIGTERM');
    await watcher.find('told to end');
    watcher.process.kill('SIGTERM');

    await watcher.find('[released]');
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });
});

describe('SIGINT, as a developer sends it', () => {
  it('gives up the poll at once', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, 'true');
    await queue.send('first');
    await watcher.find('[success]');
    const before = Date.now();

    expect(await watcher.stop('SIGINT')).toBe(0);
    // A poll lasts 20 s: this is far less than that, not a measurement.
    expect(Date.now() - before).toBeLessThan(10_000);
  });

  it.each(['0', '1'])('tells the worker at once, and gives the message back: exit code %s', async (code) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('obedient.mjs', code), { WatchbotStopTimeout: '120' });
    await queue.send('hello');
    await watcher.find('started');

    expect(await watcher.stop('SIGINT')).toBe(0);
    expect(watcher.count(/\[released\]/)).toBe(1);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });
});
