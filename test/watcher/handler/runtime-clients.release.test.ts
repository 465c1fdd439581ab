import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { startTestEmulator, createTestQueue, type TestEmulator } from '../../helpers/emulator';
import { startHandler } from '../../helpers/handler';
import { describeRuntimeClients } from '../../helpers/runtime-clients';
import { endWatchers } from '../../helpers/watcher';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterEach(endWatchers);
afterAll(() => emulator.stop());

/** By the body of a message: what becomes of it, and why, whatever the language. */
const CASES = [
  { body: 'ok', outcome: /\[success\] .*\(handled\)/ },
  { body: 'throw', outcome: /\[failure\] .*\(.*broken\)/ },
  { body: 'unknown', outcome: /\[failure\] .*names no message of the batch/ },
  { body: 'large', outcome: /\[success\] .*\(handled\)/ },
  { body: 'huge', outcome: /\[failure\]/ },
  { body: 'exit', outcome: /\[failure\] .*ended before it answered: exit code 7/ },
  { body: 'kill', outcome: /\[failure\] .*ended before it answered: signal SIGKILL/ },
  { body: 'unhandled', outcome: /\[failure\]/ },
  { body: 'hang', outcome: /\[failure\] .*longer than maxJobDuration/ },
  // What came before has cost the worker its life, more than once.
  { body: 'ok', outcome: /\[success\] .*\(handled\)/ },
];

describeRuntimeClients(({ command }) => {
  it('decides the fate of each message, and is replaced where it has to be', async () => {
    const queue = await createTestQueue(emulator, { maxReceives: 1 });
    const watcher = startHandler({ emulator, queue, command, environment: { maxJobDuration: '3' } });
    for (const { body, outcome } of CASES) {
      const id = await queue.send(body);
      const line = await watcher.find(new RegExp(`\\[watcher\\] \\[${id}\\] \\[\\w+\\] after`), 40_000);
      expect({ body, line }).toEqual({ body, line: expect.stringMatching(outcome) as unknown });
    }
  });

  it('fails message by message, and logs under the message', async () => {
    const queue = await createTestQueue(emulator, { maxReceives: 1 });
    const Entries = ['pass 1', 'fail 2', 'pass 3'].map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
    }));
    const { Successful = [] } = await emulator.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }),
    );
    const watcher = startHandler({ emulator, queue, command, environment: { WatchbotBatchSize: '3' } });
    const [first, second, third] = Successful.map(({ MessageId = '' }) => MessageId);
    const ends = ['success', 'failure', 'success'];
    for (const [index, id] of [first, second, third].entries()) {
      await watcher.find(`[watcher] [${id}] [${ends[index]}]`);
    }
    const said = await queue.send('log');
    await watcher.find(new RegExp(`\\[worker\\] \\[${said}\\] .*says ${said}`));
    const line = await watcher.find(`[watcher] [${said}] [success]`);
    expect(watcher.all.findIndex((each) => each.includes('says'))).toBeLessThan(watcher.all.indexOf(line));
    expect(await watcher.stop('SIGTERM')).toBe(0);
    const { visible, inFlight, dead } = await queue.counts();
    expect(visible + inFlight + dead).toBe(1);
  });
});
