import { describe, expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const bed = useTestBed();

const GONE = { visible: 0, inFlight: 0, dead: 0 };
/** Hidden for the backoff. */
const RETURNED = { visible: 0, inFlight: 1, dead: 0 };

describe('how a worker ends decides the fate of its message', () => {
  it.each([
    { command: 'exit 0', outcome: '[success]', reason: 'exit code 0', counts: GONE },
    { command: 'exit 3', outcome: '[rejected]', reason: 'exit code 3: rejected', counts: GONE },
    { command: 'exit 4', outcome: '[noop]', reason: 'exit code 4: no-op', counts: RETURNED },
    { command: 'exit 1', outcome: '[failure]', reason: 'exit code 1', counts: RETURNED },
    { command: 'exit 120', outcome: '[failure]', reason: 'exit code 120', counts: RETURNED },
    { command: 'kill -9 $$', outcome: '[failure]', reason: 'signal SIGKILL', counts: RETURNED },
    {
      command: 'no-such-program',
      outcome: '[failure]',
      reason: 'exit code 127: the command was not found',
      counts: RETURNED,
    },
    {
      command: ['/no/such/program'],
      outcome: '[failure]',
      reason: 'cannot run /no/such/program: spawn /no/such/program ENOENT',
      counts: RETURNED,
    },
    { command: ['sh', '-c', 'exit 3'], outcome: '[rejected]', reason: 'exit code 3: rejected', counts: GONE },
  ])('$command: $outcome', async ({ command, outcome, reason, counts }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({ endpoint: bed.emulator.endpoint, queueUrl: queue.url, command });
    const id = await queue.send('hello');

    const line = await watcher.find(/\] after \d+ ms/);

    expect(line).toContain(`[watcher] [${id}] ${outcome}`);
    expect(line).toContain(`receive 1 (${reason})`);
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toEqual(counts);
  });

  it('a failed message comes again after 2, then 4 seconds, and goes to the dead-letter queue at last', async () => {
    const queue = await createTestQueue(bed.emulator, { maxReceives: 2 });
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      command: 'date +at=%s%3N; exit 1',
    });
    await queue.send('hello');

    await watcher.find('receive 2 (exit code 1)');
    const [first, second] = watcher.all.flatMap((line) => /at=(\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(second! - first!).toBeGreaterThanOrEqual(1900);
    // The next receive is one too many: SQS sets the message aside.
    await expect(watcher.find('receive 3', 6_000)).rejects.toThrow();
    expect(await queue.counts()).toMatchObject({ dead: 1 });
  });
});

describe('a message that was not tried does not become a dead letter', () => {
  it('by exit 4 in its last receive: it is sent anew, with all that it had', async () => {
    const queue = await createTestQueue(bed.emulator, { maxReceives: 1 });
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      command: 'echo "$Message, $MessageAttributes, receive $ApproximateReceiveCount"; exit 4',
      environment: { WatchbotMaxReceives: '1' },
    });
    const attributes = { kind: { DataType: 'String', StringValue: 'tile' } };
    const id = await queue.send('hello', { attributes });

    const [, copyId] = /sent anew as (\S+),/.exec(await watcher.find(`[${id}] sent anew as`))!;
    const again = await watcher.find(new RegExp(`\\[worker\\] \\[${copyId}\\]`), 15_000);
    expect(again).toContain('hello, {"kind":{"Type":"String","Value":"tile"}}, receive 1');
    await watcher.stop();
    expect(await queue.counts()).toMatchObject({ dead: 0 });
  });

  it('by a task that is stopped in its last receive', async () => {
    const queue = await createTestQueue(bed.emulator, { maxReceives: 1 });
    const parts = {
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      environment: { WatchbotMaxReceives: '1' },
    };
    const stopped = startWatcher({ ...parts, command: 'echo started; sleep 600' });
    await queue.send('hello');
    await stopped.find(/\[worker\].*started/);
    expect(await stopped.stop('SIGTERM')).toBe(0);
    expect(stopped.count(/sent anew as/)).toBe(1);

    const next = startWatcher({ ...parts, command: 'exit 0' });
    await next.find('[success]', 10_000);
    await next.stop();
    expect(await queue.counts()).toEqual(GONE);
  });
});
