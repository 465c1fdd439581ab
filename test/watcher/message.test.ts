import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { createTestQueue, startTestEmulator, type TestEmulator, type TestQueue } from '../helpers/emulator';
import { endWatchers, startWatcher, worker, type TestWatcher } from '../helpers/watcher';

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterEach(endWatchers);
afterAll(() => emulator.stop());

interface Given {
  environment: Record<string, string>;
  standardInput: string;
  file: string;
}

async function whatTheWorkerGot(watcher: TestWatcher): Promise<Given> {
  const line = await watcher.find(/\[worker\].*standardInput/);
  return JSON.parse(line.slice(line.indexOf('{'))) as Given;
}

const start = (queue: TestQueue, command = worker('print-environment.mjs')) =>
  startWatcher({ endpoint: emulator.endpoint, queueUrl: queue.url, command });

describe('a message as its worker gets it', () => {
  it('is in the environment under the names of Watchbot, on standard input and in a file', async () => {
    const queue = await createTestQueue(emulator);
    const watcher = start(queue);
    const id = await queue.send('{"z":1}', {
      attributes: {
        colour: { DataType: 'String', StringValue: 'blue' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from('hi') },
        traceparent: { DataType: 'String', StringValue: '00-1-2-01' },
      },
    });

    const { environment, standardInput, file } = await whatTheWorkerGot(watcher);

    expect(environment).toMatchObject({
      Message: '{"z":1}',
      MessageId: id,
      Subject: '',
      ApproximateReceiveCount: '1',
      QueueUrl: queue.url,
      TRACEPARENT: '00-1-2-01',
    });
    expect(JSON.parse(environment.MessageAttributes!)).toEqual({
      colour: { Type: 'String', Value: 'blue' },
      bytes: { Type: 'Binary', Value: Buffer.from('hi').toString('base64') },
      traceparent: { Type: 'String', Value: '00-1-2-01' },
    });
    for (const name of ['SentTimestamp', 'ApproximateFirstReceiveTimestamp'] as const) {
      expect(new Date(environment[name]!).toISOString()).toBe(environment[name]);
    }
    expect(standardInput).toBe('{"z":1}');
    expect(file).toBe('{"z":1}');
  });

  it.each([
    { name: 'with a subject', Subject: 'greeting' },
    { name: 'without a subject', Subject: undefined },
  ])('comes out of its SNS envelope $name', async ({ Subject }) => {
    const queue = await createTestQueue(emulator);
    const { TopicArn } = await emulator.sns.send(
      new CreateTopicCommand({ Name: `topic-${Subject ?? 'none'}` }),
    );
    await emulator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
    const watcher = start(queue);
    const MessageAttributes = { colour: { DataType: 'String', StringValue: 'blue' } };
    await emulator.sns.send(new PublishCommand({ TopicArn, Message: 'hello', Subject, MessageAttributes }));

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    expect(environment).toMatchObject({ Message: 'hello', Subject: Subject ?? '' });
    expect(JSON.parse(environment.MessageAttributes!)).toEqual({ colour: { Type: 'String', Value: 'blue' } });
    expect(standardInput).toBe('hello');
  });

  it('has its group, from a FIFO queue', async () => {
    const queue = await createTestQueue(emulator, { fifo: true });
    const watcher = start(queue);
    await queue.send('one', { groupId: 'north' });

    expect((await whatTheWorkerGot(watcher)).environment).toMatchObject({ MessageGroupId: 'north' });
  });

  it.each([
    { bytes: 131_000, variable: '131000' },
    // `Message=`, the value and a NUL must fit into 131,072 bytes.
    { bytes: 131_063, variable: '131063' },
    { bytes: 131_064, variable: 'absent' },
    { bytes: 1_000_000, variable: 'absent' },
  ])('of $bytes bytes is whole on standard input and in the file', async ({ bytes, variable }) => {
    const queue = await createTestQueue(emulator);
    const watcher = start(queue, worker('measure-input.mjs'));
    await queue.send('x'.repeat(bytes));

    await watcher.find(`input ${bytes}, file ${bytes}, variable ${variable}`);
    await watcher.find('[success]');
  });

  it('need not be read by its worker', async () => {
    const queue = await createTestQueue(emulator);
    const watcher = start(queue, 'exec true');
    await queue.send('x'.repeat(500_000));

    await watcher.find('[success]');
  });

  it.each([
    '$(touch /tmp/escaped) `id` ; exit 4',
    '"; exit 4; "',
    "'; exit 4; '",
    '{"PATH":"/nowhere","LD_PRELOAD":"x"}',
    'Message=other\nQueueUrl=http://127.0.0.1:1/',
    '()  { :; }; exit 4',
  ])('cannot reach the shell or a variable of its choosing: %s', async (body) => {
    const queue = await createTestQueue(emulator);
    const watcher = start(queue);
    await queue.send(body);

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    expect(standardInput).toBe(body);
    expect(environment).toMatchObject({ Message: body, PATH: process.env.PATH, QueueUrl: queue.url });
    expect(environment).not.toHaveProperty('LD_PRELOAD');
    await watcher.find('[success]');
  });
});
