import { describe, expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';
import { worker } from '../helpers/watcher';

const bed = useTestBed();

describe('SIGTERM, as ECS sends it', () => {
  it('tells the worker, and gives the message back at once, uncounted', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('obedient.mjs', '1'));
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

  it.each([
    { code: '0', outcome: '[success]', visible: 0 },
    { code: '3', outcome: '[rejected]', visible: 0 },
  ])('lets a worker that finishes with exit code $code have its say', async ({ code, outcome, visible }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('obedient.mjs', code));
    await queue.send('hello');
    await watcher.find('started');

    watcher.process.kill('SIGTERM');

    await watcher.find(outcome);
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toEqual({ visible, inFlight: 0, dead: 0 });
  });

  it('kills a worker that does not end in time, and gives the message back', async () => {
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

  it('a second one kills the workers', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, worker('stubborn.mjs'), { WatchbotStopTimeout: '120' });
    await queue.send('hello');
    await watcher.find('started');

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
});
