import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestQueue, startTestEmulator, type TestEmulator, type TestQueue } from '../helpers/emulator';
import { checkHealth, newSocketName } from '../helpers/health';
import { whenEnded } from '../helpers/processes';
import { LAUNCHER } from '../helpers/ways-to-start';
import { endWatchers, startWatcher, worker } from '../helpers/watcher';

const HEALTHY = { code: 0, output: '' };

let emulator: TestEmulator;
let folder: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(endWatchers);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await emulator.stop();
});

function start({ url }: TestQueue, command: string, socketName = newSocketName()) {
  const environment = { WatchbotHealthCheck: socketName };
  const watcher = startWatcher({ endpoint: emulator.endpoint, queueUrl: url, command, environment });
  return { watcher, check: () => checkHealth(socketName) };
}

/** A watcher that has done one job, and now waits for the next. */
async function startIdle() {
  const queue = await createTestQueue(emulator);
  const { watcher, check } = start(queue, 'true');
  await queue.send('first');
  await watcher.find('[success]');
  return { watcher, check };
}

describe('a watcher is healthy', () => {
  it('when it waits for messages', async () => {
    const { check } = await startIdle();
    expect(await check()).toEqual(HEALTHY);
  });

  it('by itself, where two tasks share the network of their instance', async () => {
    const socketName = newSocketName();
    const startTask = async (id: string) => {
      const queue = await createTestQueue(emulator);
      const environment = {
        WatchbotHealthCheck: socketName,
        ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:1/v4/${id}`,
      };
      const started = { endpoint: emulator.endpoint, queueUrl: queue.url, command: 'true', environment };
      const watcher = startWatcher(started);
      await queue.send('first');
      await watcher.find('[success]');
      return { watcher, check: () => checkHealth(socketName, environment) };
    };
    const [one, other] = await Promise.all(['one', 'other'].map(startTask));
    expect([await one!.check(), await other!.check()]).toEqual([HEALTHY, HEALTHY]);
    await one!.watcher.stop('SIGKILL');
    expect((await one!.check()).code).toBe(1);
    expect(await other!.check()).toEqual(HEALTHY);
  });

  it('while a job holds its only slot', async () => {
    const queue = await createTestQueue(emulator);
    const { watcher, check } = start(queue, worker('wait.mjs', folder));
    await queue.send('held');
    await watcher.find('started held');
    expect(await check()).toEqual(HEALTHY);
    writeFileSync(path.join(folder, 'held'), '');
    await watcher.find('[success]');
  });

  it('while SQS is away', async () => {
    const away = await startTestEmulator();
    const queue = await createTestQueue(away);
    await away.stop();
    const socketName = newSocketName();
    const watcher = startWatcher({
      endpoint: away.endpoint,
      queueUrl: queue.url,
      command: 'true',
      environment: { WatchbotHealthCheck: socketName },
    });
    await watcher.find('cannot receive');
    expect(await checkHealth(socketName)).toEqual(HEALTHY);
  });

  it('while it stops', async () => {
    const queue = await createTestQueue(emulator);
    const { watcher, check } = start(queue, worker('stubborn.mjs'));
    await queue.send('hello');
    await watcher.find('started');
    watcher.process.kill('SIGTERM');
    await watcher.find('told to end');
    expect(await check()).toEqual(HEALTHY);
  });
});

describe('a watcher is unhealthy', () => {
  it('while it stands still, and healthy again when it goes on', async () => {
    const { watcher, check } = await startIdle();
    watcher.process.kill('SIGSTOP');
    expect(await check()).toEqual({ code: 1, output: 'no answer from the watcher (waited 4 s)\n' });
    watcher.process.kill('SIGCONT');
    expect(await check()).toEqual(HEALTHY);
    expect(await watcher.stop()).toBe(0);
  });

  it('when it is gone, with all that it started', async () => {
    const queue = await createTestQueue(emulator);
    const { watcher, check } = start(queue, `setsid sh -c 'echo "started $$"; exec sleep 60'`);
    await queue.send('hello');
    const line = await watcher.find(/\[worker\].*started/);
    expect(await check()).toEqual(HEALTHY);
    const orphan = Number(/started (\d+)/.exec(line)?.[1]);
    watcher.process.kill('SIGKILL');
    await watcher.ended;
    expect(await check()).toEqual({ code: 1, output: 'no answer from the watcher (ECONNREFUSED)\n' });
    // Without the launcher it lives on, and has not the watcher's socket.
    if (LAUNCHER === undefined) process.kill(-orphan, 'SIGKILL');
    await whenEnded(orphan);
  });

  it('when it was told not to answer', async () => {
    const queue = await createTestQueue(emulator);
    const { watcher, check } = start(queue, 'true', 'false');
    await queue.send('hello');
    await watcher.find('[success]');
    expect(await check()).toEqual({ code: 1, output: 'no answer from the watcher (ECONNREFUSED)\n' });
  });

  it('when another has its socket: it says so, and works all the same', async () => {
    const [queue, other] = [await createTestQueue(emulator), await createTestQueue(emulator)];
    const socketName = newSocketName();
    const { watcher: first } = start(queue, 'true', socketName);
    await queue.send('hello');
    await first.find('[success]');
    const { watcher: second } = start(other, 'true', socketName);
    await other.send('hello');
    await second.find('the health check cannot be answered: Error: listen EADDRINUSE');
    await second.find('[success]');
    expect(second.count(/cannot be answered/)).toBe(1);
  });
});
