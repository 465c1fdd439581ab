import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { createTestQueue } from '../helpers/emulator';
import { startSqsRecorder, type SqsCall, type SqsRecorder, type Intercept } from '../helpers/sqs-recorder';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher, worker } from '../helpers/watcher';

const GONE = { visible: 0, inFlight: 0, dead: 0 };

const bed = useTestBed();
let recorder: SqsRecorder | undefined;

afterEach(async () => {
  await recorder?.stop();
  recorder = undefined;
});

/** `+` when a worker begins, `-` when it is about to end: the workers' own word. */
const ledgerFile = () => bed.folder.join('ledger');
const heldWorker = () =>
  `echo + >>'${ledgerFile()}'; echo "started $Message"; ${bed.gate.wait}; echo - >>'${ledgerFile()}'`;

function readLedger() {
  let [running, most] = [0, 0];
  for (const mark of readFileSync(ledgerFile(), 'utf8').trim().split('\n')) {
    running += mark === '+' ? 1 : -1;
    most = Math.max(most, running);
  }
  return { running, most };
}

/** Messages that wait before the watcher starts, so that its first polls are full. */
async function startHeld({
  concurrency,
  messages,
  treat,
}: {
  concurrency: number;
  messages: number;
  treat?: Intercept;
}) {
  writeFileSync(ledgerFile(), '');
  const queue = await createTestQueue(bed.emulator);
  await Promise.all(Array.from({ length: messages }, (_, index) => queue.send(`job ${index}`)));
  recorder = await startSqsRecorder(bed.emulator.endpoint, treat);
  const watcher = startWatcher({
    endpoint: recorder.endpoint,
    queueUrl: queue.url,
    command: heldWorker(),
    environment: { WatchbotConcurrency: String(concurrency) },
  });
  return { queue, watcher, recorder };
}

describe('slots', () => {
  it.each([1, 2, 10, 50])(
    '%d: never more workers at once, nor more asked for while jobs may be long',
    async (concurrency) => {
      const messages = concurrency + 12;
      const tooMany: SqsCall[] = [];
      let mayBeLong = true;
      const { queue, watcher } = await startHeld({
        concurrency,
        messages,
        treat: (call, pass) => {
          // A slot is taken before its worker writes, and a worker writes before its slot is free: this is never too strict.
          const free = concurrency - readLedger().running;
          if (mayBeLong && Number(call.body.MaxNumberOfMessages) > Math.min(10, free)) tooMany.push(call);
          return pass();
        },
      });

      await watcher.findAll(concurrency, /\[worker\].*started/);
      expect(await queue.counts()).toEqual({
        visible: messages - concurrency,
        inFlight: concurrency,
        dead: 0,
      });
      mayBeLong = false;
      bed.gate.open(messages);
      await watcher.findAll(messages, '[success]', 40_000);
      expect(await watcher.stop()).toBe(0);

      expect(readLedger()).toEqual({ running: 0, most: concurrency });
      expect(tooMany).toEqual([]);
      expect(await queue.counts()).toEqual(GONE);
    },
  );

  it('are filled again one by one: a slow message does not hold up the others', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      command: worker('wait.mjs', bed.folder.path),
      environment: { WatchbotConcurrency: '2' },
    });
    for (const body of ['a', 'b', 'c', 'd']) await queue.send(body);
    await watcher.find('started a');
    await watcher.find('started b');

    for (const [done, next] of [
      ['b', 'c'],
      ['c', 'd'],
    ] as const) {
      writeFileSync(bed.folder.join(done), '');
      await watcher.find(`started ${next}`);
    }
    // `a` has held its slot all the while.
    expect(watcher.count(/\[success\]/)).toBe(2);
  });
});

describe('calls of SQS', () => {
  /** How many settlements each call carries; where a machine is slow, messages may come again and be released. */
  const settledBy = (calls: readonly SqsCall[]) =>
    calls
      .map(
        ({ body }) => (body.Entries ?? []).filter(({ VisibilityTimeout: seconds }) => seconds !== 0).length,
      )
      .filter((count) => count > 0);
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

  it.each([
    [1, 1],
    [4, 4],
    [10, 10],
    [25, 10],
  ])('with %d free slots: a poll of 20 s for %d messages', async (concurrency, asked) => {
    const { recorder } = await startHeld({ concurrency, messages: 0 });
    await recorder.lines.find(/^ReceiveMessage/);
    expect(recorder.calls[0]).toMatchObject({
      body: { WaitTimeSeconds: 20, MaxNumberOfMessages: asked, VisibilityTimeout: 180 },
    });
  });

  it('ask a FIFO queue for one message: several of one group must not be worked on side by side', async () => {
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    recorder = await startSqsRecorder(bed.emulator.endpoint);
    startWatcher({
      endpoint: recorder.endpoint,
      queueUrl: queue.url,
      command: 'true',
      environment: { Fifo: 'true', WatchbotConcurrency: '10' },
    });
    await recorder.lines.find(/^ReceiveMessage/);
    expect(recorder.calls[0]).toMatchObject({ body: { MaxNumberOfMessages: 1 } });
  });

  it.each([
    { settlement: 'DeleteMessageBatch', exit: 'exit 0', outcome: '[success]' },
    { settlement: 'ChangeMessageVisibilityBatch', exit: 'exit 1', outcome: '[failure]' },
  ])('are shared by messages that end together: $settlement', async ({ settlement, exit, outcome }) => {
    const messages = 20;
    const queue = await createTestQueue(bed.emulator);
    await Promise.all(Array.from({ length: messages }, (_, index) => queue.send(`job ${index}`)));
    recorder = await startSqsRecorder(bed.emulator.endpoint);
    const watcher = startWatcher({
      endpoint: recorder.endpoint,
      queueUrl: queue.url,
      command: `echo started; ${bed.gate.wait}; ${exit}`,
      environment: { WatchbotConcurrency: String(messages) },
    });
    await watcher.findAll(messages, /\[worker\].*started/);
    // All slots are taken: the first two polls brought all that they asked for, and no other is made.
    expect(recorder.of('ReceiveMessage').map(({ body }) => body.MaxNumberOfMessages)).toEqual([10, 10]);

    bed.gate.open(messages);
    await watcher.findAll(messages, outcome);
    expect(await watcher.stop()).toBe(0);

    const entries = settledBy(recorder.of(settlement));
    expect(sum(entries)).toBe(messages);
    expect(Math.max(...entries)).toBeLessThanOrEqual(10);
    // How many go together depends on the machine; that each has a call of its own would be a fault.
    expect(entries.length).toBeLessThan(messages);
  });
});
