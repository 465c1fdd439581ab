import { afterEach, describe, expect, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { programCommand } from '../../../src/watcher/worker/command';
import { createHandlerWorkers, type HandlerWorkers } from '../../../src/watcher/worker/handler-workers';
import { createFakeClock } from '../../helpers/fake-clock';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { testJob } from '../../helpers/jobs';
import { HANDLERS, RUNTIME_BUNDLE } from '../../helpers/runtime-clients';
import { createTestLog } from '../../helpers/test-log';
import { whenFree } from '../../helpers/when-free';

let workers: HandlerWorkers;
let folder: TestFolder | undefined;
afterEach(async () => {
  workers.kill();
  await workers.close();
  folder?.remove();
  folder = undefined;
});

/** Real processes, for which no time passes unless the test lets it. */
function start(words: string[], environment: Record<string, string> = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  workers = createHandlerWorkers({
    command: programCommand([process.execPath, ...words]),
    environment: { PATH: process.env.PATH, ...environment },
    functionArn: 'arn:function',
    source: { queueArn: 'arn:queue', region: 'us-east-1' },
    batchSize: 1,
    maxInvocations: 0,
    workerMemoryMiB: 0,
    concurrency: 1,
    maxJobDurationSeconds: 60,
    stopping: new AbortController().signal,
    clock,
    timeOfDay: clock,
    random: () => 0,
    log,
  });
  const { slots } = workers;
  return {
    clock,
    log,
    slots,
    /** As the loop does it. */
    work: async (messageId: string) => {
      await whenFree(slots);
      slots.take();
      return workers.start([testJob({ messageId, receivedAtMs: clock.now() })]).settled;
    },
    said: async (text: string) => {
      const isSaid = () => log.lines.some((line) => line.includes(text));
      while (!isSaid()) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    /** Long enough for what is just asked to be taken for a free slot. */
    freeSlots: async () => {
      await whenFree(slots, AbortSignal.timeout(300));
      return slots.free;
    },
  };
}
const byHand = (how: string) => start([path.join(HANDLERS, 'by-hand.mjs'), how]);

const DELETED = [{ action: 'delete' }];

describe('a slot', () => {
  it('is free again after a message for which there was no worker', async () => {
    folder = createTestFolder();
    const ready = path.join(folder.path, 'ready');
    writeFileSync(ready, '');
    const { work, slots, said, clock } = start([RUNTIME_BUNDLE], {
      LAMBDA_TASK_ROOT: HANDLERS,
      _HANDLER: 'init.handler',
      TRIES: path.join(folder.path, 'tries'),
      READY: ready,
    });
    await whenFree(slots);
    // A poll is under way for the slot, when its worker cannot be replaced.
    rmSync(ready);
    workers.reload();
    await said('cannot be initialised');
    slots.take();
    const [settlement] = await workers.start([testJob()]).settled;
    expect(settlement).toMatchObject({ action: 'return', isCounted: false });
    writeFileSync(ready, '');
    await clock.advance(1_000);
    expect(await work('next')).toEqual(DELETED);
  });
});

describe('a worker', () => {
  it('that answers and asks for nothing in ten minutes is replaced', async () => {
    const { work, freeSlots, clock, log } = byHand('silent');
    expect(await work('one')).toEqual(DELETED);
    await clock.advance(10 * 60_000 - 1);
    expect(await freeSlots()).toBe(0);
    await clock.advance(1);
    expect(await work('two')).toEqual(DELETED);
    expect(log.lines).toContain(
      'warn a worker is replaced: killed: it asked for no invocation in 10 minutes',
    );
  });

  it('that answers when its time is up gets nothing more, whatever it asks for', async () => {
    const { work, freeSlots, said, slots, clock } = byHand('stubborn');
    const worked = work('one');
    await said('[one] received');
    await clock.advance(60_000);
    // Its time is over: the answer does not count.
    expect(await worked).toEqual([{ action: 'return', afterSeconds: 2, isCounted: true }]);
    await said('asks for more');
    expect(await freeSlots()).toBe(0);
    await clock.advance(10_000);
    await whenFree(slots);
  });

  it('that cannot be initialised gets nothing, whatever it asks for', async () => {
    const { freeSlots, said, clock } = byHand('undecided');
    await said('asks for more');
    expect(await freeSlots()).toBe(0);
    await clock.advance(1_000);
    await said('cannot be initialised: Undecided: perhaps');
  });
});
