import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { createTestQueue, type TestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';
import { worker } from '../helpers/watcher';

const bed = useTestBed();

const start = (queue: TestQueue, command: string, environment: Record<string, string> = {}) =>
  bed.start(queue, command, { Fifo: 'true', WatchbotConcurrency: '10', ...environment });

describe('a FIFO group', () => {
  /** What the workers say of one group, in their order. */
  const ledgerOf = (group: string) =>
    readFileSync(bed.folder.join('ledger'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${group} `))
      .map((line) => line.slice(group.length + 1));
  const ledgerWorker = (between: string) => {
    const say = (mark: string) =>
      `echo "$MessageGroupId $\{Message#*-} ${mark}" >>'${bed.folder.join('ledger')}'`;
    return `${say('begins')}; ${between}; ${say('ends')}`;
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const inOrder = (count: number) =>
    numbers(count).flatMap((number) => [`${number} begins`, `${number} ends`]);

  async function sendGroups(queue: TestQueue, groups: readonly string[], count: number) {
    // The groups in turns, each one's messages in order.
    for (const number of numbers(count))
      await Promise.all(groups.map((groupId) => queue.send(`${groupId}-${number}`, { groupId })));
  }

  it('is worked on in its order, one message at a time, however many groups and workers there are', async () => {
    const groups = numbers(15).map((number) => `group${number}`);
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    await sendGroups(queue, groups, 4);
    const watcher = start(queue, ledgerWorker('true'));

    await watcher.findAll(60, '[success]', 40_000);

    for (const group of groups) expect([group, ledgerOf(group)]).toEqual([group, inOrder(4)]);
    await watcher.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });

  it('is held up by a message of its own that fails, and by no other', async () => {
    const others = ['north', 'south', 'west'];
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    await sendGroups(queue, ['east', ...others], 3);
    const isMended = `[ "$Message" != east-2 ] || [ -e '${bed.folder.join('mended')}' ]`;
    const watcher = start(queue, ledgerWorker(`${isMended} || exit 1`));

    // All of the others, and the first of the east.
    await watcher.findAll(10, '[success]', 40_000);
    await watcher.find('[failure]');
    for (const group of others) expect([group, ledgerOf(group)]).toEqual([group, inOrder(3)]);
    expect(ledgerOf('east')).not.toContain('3 begins');

    writeFileSync(bed.folder.join('mended'), '');
    await watcher.findAll(12, '[success]', 40_000);
    const tries = watcher.count(/\[failure\]/);
    expect(ledgerOf('east')).toEqual([
      ...inOrder(1),
      ...Array.from({ length: tries }, () => '2 begins'),
      ...['2 begins', '2 ends', '3 begins', '3 ends'],
    ]);
  });

  it('passes another whose worker is slow', async () => {
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    const watcher = start(queue, worker('wait.mjs', bed.folder.path));
    await queue.send('north-1', { groupId: 'north' });
    await watcher.find('started north-1');
    await queue.send('north-2', { groupId: 'north' });
    await queue.send('south-1', { groupId: 'south' });
    await watcher.find('started south-1');
    expect(watcher.count(/started north-2/)).toBe(0);

    writeFileSync(bed.folder.join('north-1'), '');
    await watcher.find('started north-2');
  });
});

describe('a message of a FIFO queue that was not tried in its last receive', () => {
  const LAST = 'this was its last receive: it goes to the dead-letter queue next';
  const environment = { WatchbotMaxReceives: '1' };

  it.each([
    { name: 'by exit 4', command: 'exit 4', signal: undefined },
    {
      name: 'since its task was stopped',
      command: 'echo started; exec sleep 600',
      signal: 'SIGTERM' as const,
    },
  ])('is not sent anew, out of its order, and this is said: $name', async ({ command, signal }) => {
    const queue = await createTestQueue(bed.emulator, { fifo: true, maxReceives: 1 });
    const watcher = start(queue, command, environment);
    const id = await queue.send('hello', { groupId: 'north' });
    if (signal !== undefined) {
      await watcher.find(/\[worker\].*started/);
      watcher.process.kill(signal);
    }

    expect(await watcher.find(LAST)).toContain(`[watcher] [${id}] `);
    expect(await watcher.stop()).toBe(0);

    expect(watcher.count(/sent anew/)).toBe(0);
    // It is still there once, in the dead-letter queue as soon as anybody has asked for it again.
    const { visible, inFlight, dead } = await queue.counts();
    expect(visible + inFlight + dead).toBe(1);
  });

  it('is given back like any other before', async () => {
    const queue = await createTestQueue(bed.emulator, { fifo: true, maxReceives: 2 });
    const watcher = start(queue, 'exit 4', { WatchbotMaxReceives: '2' });
    await queue.send('hello', { groupId: 'north' });

    await watcher.find(/\[noop\].*receive 1 /);
    await watcher.find(/\[noop\].*receive 2 /);
    await watcher.find(LAST);
    expect(watcher.count(/last receive/)).toBe(1);
  });
});
