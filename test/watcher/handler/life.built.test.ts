import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTestQueue } from '../../helpers/emulator';
import { startHandler } from '../../helpers/handler';
import { HANDLERS } from '../../helpers/runtime-clients';
import { isRunning } from '../../helpers/processes';
import { useTestBed } from '../../helpers/test-bed';

const bed = useTestBed();

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function start(handler: string, environment: Record<string, string> = {}) {
  const queue = await createTestQueue(bed.emulator);
  const watcher = startHandler({ emulator: bed.emulator, queue, handler, environment });
  const pidOf = async (pattern: RegExp) => {
    const line = await watcher.find(pattern);
    return Number(/ in (\d+)/.exec(line)?.[1]);
  };
  return { queue, watcher, pidOf };
}

describe('a warm worker', () => {
  it('is there before its first message, and stays for the next', async () => {
    const { queue, watcher, pidOf } = await start('wait.handler');
    await queue.send('one');
    await queue.send('two');
    expect(await pidOf(/begins one/)).toBe(await pidOf(/begins two/));
    expect(watcher.count(/watching/)).toBe(1);
  });

  it('is loaded ahead', async () => {
    const { watcher } = await start('print.handler');
    expect(await watcher.find('loaded')).toMatch(/\[worker\] \[-\] loaded$/);
  });

  it('is one for each slot', async () => {
    const { queue, watcher, pidOf } = await start('wait.handler', {
      GATE: bed.gate.file,
      WatchbotConcurrency: '3',
    });
    for (const body of ['wait 1', 'wait 2', 'wait 3']) await queue.send(body);
    const pids = await Promise.all([1, 2, 3].map((number) => pidOf(new RegExp(`begins wait ${number}`))));
    expect(new Set(pids).size).toBe(3);
    bed.gate.open(3);
    await watcher.findAll(3, '[success]');
  });

  it('is replaced after as many invocations as are wanted', async () => {
    const { queue, watcher, pidOf } = await start('wait.handler', { WatchbotMaxInvocations: '2' });
    for (const body of ['one', 'two', 'three']) {
      await queue.send(body);
      await watcher.find(`begins ${body}`);
    }
    await watcher.findAll(3, '[success]');
    const [one, two, three] = [
      await pidOf(/begins one/),
      await pidOf(/begins two/),
      await pidOf(/begins three/),
    ];
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });

  it('that holds more memory than it may is replaced when it waits', async () => {
    const { queue, watcher, pidOf } = await start('grow.handler', { WatchbotWorkerMemory: '130' });
    const first = await queue.send('grow');
    const before = await pidOf(new RegExp(`${first}\\] in`));
    await watcher.find(/a worker uses \d+ MiB, more than workerMemory \(130 MiB\): it is replaced/);
    expect(await watcher.find(`[${first}] [success]`)).toContain('handled');
    const second = await queue.send('grow');
    expect(await pidOf(new RegExp(`${second}\\] in`))).not.toBe(before);
  });

  it('that holds more memory than it may at a message is killed, and the message comes again', async () => {
    const { queue, watcher } = await start('grow.handler', { WatchbotWorkerMemory: '130' });
    const id = await queue.send('hold');
    expect(await watcher.find(`[${id}] [failure]`)).toContain('killed: more than workerMemory');
    await watcher.find(`[${id}] received (receive 2)`);
  });
});

describe('an error that nobody catches after the answer', () => {
  it('ends the worker at once: the next message would end with it', async () => {
    const { queue, watcher, pidOf } = await start('cases.handler');
    await queue.send('late');
    const pid = await pidOf(/ in \d+$/);
    await watcher.find('too late');
    const started = Date.now();
    while (isAlive(pid)) {
      if (Date.now() - started > 10_000) throw new Error('it goes on');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

describe('a handler with nothing left to do', () => {
  it.each([
    { handler: 'styles.silent', outcome: '[success]' },
    { handler: 'styles.wrapped', outcome: '[success]' },
    { handler: 'styles.forgetful', outcome: '[failure]' },
  ])('$handler: $outcome', async ({ handler, outcome }) => {
    const { queue, watcher } = await start(handler);
    await watcher.find(`[${await queue.send('hello')}] ${outcome}`);
  });
});

describe('a handler that cannot be initialised', () => {
  it('within its memory says so once', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startHandler({
      emulator: bed.emulator,
      queue,
      command: [process.execPath, path.join(HANDLERS, 'by-hand.mjs'), 'loading'],
      environment: { WatchbotWorkerMemory: '1' },
    });
    await watcher.find(/a worker uses \d+ MiB, more than workerMemory \(1 MiB\)/);
    await watcher.find('the handler cannot be initialised: killed: more than workerMemory');
  });

  it('says so once, takes no message, and works as soon as it can', async () => {
    const [tries, ready] = ['tries', 'ready'].map((name) => path.join(bed.folder.path, name));
    const { queue, watcher } = await start('init.handler', {
      TRIES: tries!,
      READY: ready!,
      WatchbotConcurrency: '3',
    });
    await queue.send('hello');
    await watcher.find('the handler cannot be initialised: RangeError: the table is missing; trying on');
    // Three tries: each waits longer than the one before, a quarter of a second at first.
    const started = Date.now();
    while (!existsSync(tries!) || readFileSync(tries!, 'utf8').length < 3) {
      if (Date.now() - started > 20_000) throw new Error('it is not tried again');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await queue.counts()).toMatchObject({ visible: 1, inFlight: 0 });
    writeFileSync(ready!, '');
    await watcher.find('the handler is initialised');
    await watcher.find('[success]');
    expect(watcher.count(/cannot be initialised/)).toBe(1);
    expect(watcher.count(/about to fail/)).toBe(1);
  });
});

describe('told to stop', () => {
  it('lets an invocation end, and ends the workers that wait', async () => {
    const { queue, watcher } = await start('wait.handler', { GATE: bed.gate.file, WatchbotConcurrency: '2' });
    const id = await queue.send('wait');
    await watcher.find('begins wait');
    watcher.process.kill('SIGTERM');
    await watcher.find('SIGTERM: stopping');
    bed.gate.open();
    expect(await watcher.ended).toBe(0);
    expect(watcher.all.join('\n')).toContain(`[${id}] [success]`);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });

  it.each(['shutdown', 'duration'])(
    'does not take an answer for one that comes after it: %s',
    async (cause) => {
      const isStop = cause === 'shutdown';
      const { queue, watcher } = await start(
        'obedient.handler',
        isStop ? { WatchbotStopTimeout: '9', WatchbotStopNotice: '3' } : { maxJobDuration: '1' },
      );
      const id = await queue.send('hello');
      await watcher.find('begins hello');
      if (isStop) watcher.process.kill('SIGTERM');
      await watcher.find('told to end');
      const line = await watcher.find(/\] after \d+ ms/);
      expect(line).toContain(`[${id}] ${isStop ? '[released]' : '[failure]'}`);
      if (isStop) expect(await watcher.ended).toBe(0);
    },
  );

  it('gives back at once what does not end in time', async () => {
    const { queue, watcher } = await start('wait.handler', { GATE: bed.gate.file, WatchbotStopTimeout: '1' });
    const id = await queue.send('wait');
    await watcher.find('begins wait');
    expect(await watcher.stop('SIGTERM')).toBe(0);
    expect(watcher.all.join('\n')).toContain(`[${id}] [released]`);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
  });
});

describe('a worker whose watcher is killed', () => {
  it('ends, also where it only then writes to those who do not read any more', async () => {
    const { queue, watcher, pidOf } = await start('wait.handler', { GATE: bed.gate.file });
    await queue.send('wait');
    const pid = await pidOf(/begins wait/);
    watcher.process.kill('SIGKILL');
    bed.gate.open();
    const started = Date.now();
    while (isRunning(pid)) {
      if (Date.now() - started > 10_000) throw new Error(`${pid} goes on without its watcher`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

describe('told to reload', () => {
  it('replaces each worker, after the invocation that it is at', async () => {
    const { queue, watcher, pidOf } = await start('wait.handler', { GATE: bed.gate.file });
    const id = await queue.send('wait');
    const before = await pidOf(/begins wait/);
    watcher.process.kill('SIGHUP');
    await watcher.find('SIGHUP: replacing the workers');
    bed.gate.open();
    await watcher.find(`[${id}] [success]`);
    await queue.send('next');
    expect(await pidOf(/begins next/)).not.toBe(before);
  });
});

describe('messages', () => {
  it('wait in their window for one another', async () => {
    const { queue, watcher } = await start('wait.handler', {
      WatchbotBatchSize: '2',
      WatchbotBatchWindow: '20',
    });
    await queue.send('one');
    await queue.send('two');
    await watcher.find(/begins (one\+two|two\+one)/);
    await watcher.findAll(2, '[success]');
  });

  it('of a FIFO group keep their order, whatever fails', async () => {
    const ledger = path.join(bed.folder.path, 'ledger');
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    const bodies = ['a1', 'a2 once', 'a3', 'a4 once', 'a5'];
    for (const body of bodies) await queue.send(body, { groupId: 'a' });
    const watcher = startHandler({
      emulator: bed.emulator,
      queue,
      handler: 'ordered.handler',
      environment: { LEDGER: ledger, Fifo: 'true', WatchbotBatchSize: '3', WatchbotConcurrency: '2' },
    });
    await watcher.findAll(bodies.length, '[success]');
    expect(readFileSync(ledger, 'utf8').trim().split('\n')).toEqual(bodies);
  });
});
