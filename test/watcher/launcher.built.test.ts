import { expect, it } from '@jest/globals';
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { createTestQueue } from '../helpers/emulator';
import { childrenOf, whenEnded } from '../helpers/processes';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';
import { describeWithLauncher, LAUNCHER } from '../helpers/ways-to-start';

const bed = useTestBed();

const pidsIn = (line: string) => (/started (\d+) (\d+)/.exec(line) ?? []).slice(1).map(Number);

const QUICK_PINGS = path.resolve(__dirname, '../fixtures/quick-pings.cjs');

async function startHeld(environment: Record<string, string> = {}) {
  const queue = await createTestQueue(bed.emulator);
  const watcher = startWatcher({
    endpoint: bed.emulator.endpoint,
    queueUrl: queue.url,
    environment,
    // Its second try, by which it is known that the message came again, ends well.
    command:
      'test "$ApproximateReceiveCount" = 1 || exit 0; sleep 600 >/dev/null 2>&1 & echo "started $$ $!"; sleep 600',
  });
  await queue.send('hello');
  const pids = pidsIn(await watcher.find(/\[worker\].*started/));
  const launcher = childrenOf(watcher.process.pid!).find(
    (pid) => readlinkSync(`/proc/${pid}/exe`) === LAUNCHER,
  );
  return { queue, watcher, pids, launcher: launcher! };
}

describeWithLauncher('the launcher of the built watcher', () => {
  it('ends with a watcher that is killed, and takes every worker with it', async () => {
    const { watcher, pids, launcher } = await startHeld();
    watcher.process.kill('SIGKILL');
    for (const pid of [...pids, launcher]) await whenEnded(pid);
  });

  it('gives a message back when it is killed itself, and the watcher works on', async () => {
    const { queue, watcher, pids, launcher } = await startHeld();
    process.kill(launcher, 'SIGKILL');
    expect(await watcher.find('[failure]')).toContain(
      '(the launcher of workers ended (signal SIGKILL), and its workers were killed)',
    );
    for (const pid of pids) await whenEnded(pid);
    await watcher.find('[success]');
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
    expect(watcher.count(/launcher of workers ended .* 1 workers were killed/)).toBe(1);
  });

  it('gives a message back when it hangs, and the next one works it down', async () => {
    const { watcher, pids, launcher } = await startHeld({ NODE_OPTIONS: `--require=${QUICK_PINGS}` });
    process.kill(launcher, 'SIGSTOP');
    expect(await watcher.find('[failure]')).toContain(
      '(the launcher of workers ended (it has not answered for 30 seconds), and its workers were killed)',
    );
    for (const pid of [...pids, launcher]) await whenEnded(pid);
    await watcher.find('[success]');
    expect(await watcher.stop()).toBe(0);
  });

  it('ends with a watcher that is told to stop', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({ endpoint: bed.emulator.endpoint, queueUrl: queue.url, command: 'true' });
    await queue.send('hello');
    await watcher.find('[success]');
    const [launcher] = childrenOf(watcher.process.pid!);
    expect(await watcher.stop()).toBe(0);
    await whenEnded(launcher!);
  });
});
