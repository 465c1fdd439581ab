import { describe, expect, it } from '@jest/globals';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { createTestQueue, type TestQueue } from '../helpers/emulator';
import { envelopeOf } from '../helpers/envelope';
import { startSqsRecorder } from '../helpers/sqs-recorder';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher, worker, type TestWatcher } from '../helpers/watcher';

const bed = useTestBed();

interface Given {
  environment: Record<string, string>;
  standardInput: string;
  file: string;
}

async function whatTheWorkerGot(watcher: TestWatcher): Promise<Given> {
  const line = await watcher.find(/\[worker\].*standardInput/);
  return JSON.parse(line.slice(line.indexOf('{'))) as Given;
}

const start = (queue: TestQueue, command = worker('print-environment.mjs'), stdin = 'true') =>
  bed.start(queue, command, { WatchbotStandardInput: stdin });

describe('a message as its worker gets it', () => {
  it('is in the environment under the names of Watchbot, on standard input and in a file', async () => {
    const queue = await createTestQueue(bed.emulator);
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
    { what: 'the null device', command: 'readlink /proc/self/fd/0', says: '/dev/null' },
    { what: 'at its end', command: 'wc -c', says: '0' },
    // As ffmpeg and ssh read it, which take a letter of the message for a key.
    { what: 'no key', command: 'read -r key || echo "no key"', says: 'no key' },
    // What a program starts has it, too.
    { what: 'no key for a program of the program', command: 'sh -c "head -c 1 | wc -c"', says: '0' },
  ])('is not on standard input unless it is asked for: $what', async ({ command, says }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue, command, 'false');
    await queue.send('q\nis a key');

    await watcher.find('[success]');
    expect(watcher.all.filter((line) => line.includes('[worker]'))).toEqual([
      expect.stringMatching(new RegExp(`\\] ${says}$`)),
    ]);
  });

  it('has what would change the watcher’s own Node as image and user have set it, or not at all', async () => {
    const queue = await createTestQueue(bed.emulator);
    const value = `--require "${bed.folder.join('a b.js')}" --title='$HOME \\n'`;
    const watcher = bed.start(queue, '/usr/bin/env', {
      NODE_OPTIONS: '',
      WATCHBOT_WORKER_NODE_OPTIONS: value,
      LD_PRELOAD: '',
      WATCHBOT_WORKER_LD_PRELOAD: '',
      LD_AUDIT: '',
      OPENSSL_CONF: '',
      NODE_DEBUG: '',
    });
    await queue.send('one');
    await watcher.find('success');
    const variables = watcher.all.flatMap((line) => /\[worker\].*?\] (.*)/.exec(line)?.[1] ?? []);
    const shown = /NODE_OPTIONS|LD_PRELOAD|LD_AUDIT|OPENSSL_CONF|NODE_DEBUG|WATCHBOT_WORKER/;
    expect(variables.filter((line) => shown.test(line))).toEqual([`NODE_OPTIONS=${value}`]);
  });

  it.each([
    { name: 'with a subject', Subject: 'greeting' },
    { name: 'without a subject', Subject: undefined },
  ])('comes out of its SNS envelope $name', async ({ Subject }) => {
    const queue = await createTestQueue(bed.emulator);
    const { TopicArn } = await bed.emulator.sns.send(
      new CreateTopicCommand({ Name: `topic-${Subject ?? 'none'}` }),
    );
    await bed.emulator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
    const watcher = start(queue);
    const MessageAttributes = { colour: { DataType: 'String', StringValue: 'blue' } };
    await bed.emulator.sns.send(
      new PublishCommand({ TopicArn, Message: 'hello', Subject, MessageAttributes }),
    );

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    expect(environment).toMatchObject({ Message: 'hello', Subject: Subject ?? '' });
    expect(JSON.parse(environment.MessageAttributes!)).toEqual({ colour: { Type: 'String', Value: 'blue' } });
    expect(standardInput).toBe('hello');
  });

  it('comes out of the pair of subject and message that was sent straight to the queue', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue);
    await queue.send(JSON.stringify({ Subject: 'greeting', Message: '{"z":1}' }));

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    expect(environment).toMatchObject({ Message: '{"z":1}', Subject: 'greeting' });
    expect(standardInput).toBe('{"z":1}');
  });

  it('comes out of an envelope with an attribute that nests deeper than any stack', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue);
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const MessageAttributes = { colour: { Type: 'String', Value: 'blue', Foreign: 'DEEP' } };
    await queue.send(envelopeOf('hello', { MessageAttributes }).replace('"DEEP"', deep));

    const { environment } = await whatTheWorkerGot(watcher);

    expect(JSON.parse(environment.MessageAttributes!)).toEqual({ colour: { Type: 'String', Value: 'blue' } });
  });

  it.each([
    { name: 'text', body: 'hello' },
    { name: 'JSON', body: '{"Type":"Notification","Message":"hello"}' },
  ])('is as it was published, with its attributes, where delivery is raw: $name', async ({ name, body }) => {
    const queue = await createTestQueue(bed.emulator);
    const { TopicArn } = await bed.emulator.sns.send(new CreateTopicCommand({ Name: `raw-${name}` }));
    await bed.emulator.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    const watcher = start(queue);
    const MessageAttributes = { colour: { DataType: 'String', StringValue: 'blue' } };
    await bed.emulator.sns.send(
      new PublishCommand({ TopicArn, Message: body, Subject: 'lost', MessageAttributes }),
    );

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    // SNS has no place for a subject there.
    expect(environment).toMatchObject({ Message: body, Subject: '' });
    expect(JSON.parse(environment.MessageAttributes!)).toEqual({ colour: { Type: 'String', Value: 'blue' } });
    expect(standardInput).toBe(body);
  });

  it.each([
    '{',
    '{"TopicArn":',
    '{"Type":"Notification","TopicArn":"a","MessageId":"b"}',
    '{"Type":"Notification","TopicArn":"a","MessageId":"b","Message":{"not":"text"}}',
    '{"Type":"SubscriptionConfirmation","TopicArn":"a","MessageId":"b","Message":"text"}',
    '[{"TopicArn":"a"}]',
    'null',
    '"TopicArn"',
    ' ',
  ])('is whole where it is no JSON, or no envelope: %s', async (body) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue);
    await queue.send(body);

    const { environment, standardInput, file } = await whatTheWorkerGot(watcher);

    expect([environment.Message, standardInput, file]).toEqual([body, body, body]);
    await watcher.find('[success]');
  });

  it.each([
    { name: 'with a NUL', body: 'one\0two', variable: undefined },
    { name: 'that is empty', body: '', variable: '' },
    {
      name: 'of control characters',
      body: '\u0001\u001b[2J\u007f\r\n\t\u009f',
      variable: '\u0001\u001b[2J\u007f\r\n\t\u009f',
    },
    { name: 'with half of a pair', body: 'a\ud800b\udc00', variable: 'a\ufffdb\ufffd' },
    { name: 'beyond U+FFFF', body: '🦉', variable: '🦉' },
  ])('$name is whole on standard input and in the file', async ({ body, variable }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue);
    // SQS takes no such body, but SNS does, in its envelope.
    await queue.send(envelopeOf(body));

    const { environment, standardInput, file } = await whatTheWorkerGot(watcher);

    // Half of a pair cannot be written in UTF-8.
    const written = Buffer.from(body).toString();
    expect([standardInput, file]).toEqual([written, written]);
    expect(environment.Message).toBe(variable);
    await watcher.find('[success]');
  });

  it('has its trace header, which SQS gives to whoever asks for it', async () => {
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const queue = await createTestQueue(bed.emulator);
    const recorder = await startSqsRecorder(bed.emulator.endpoint, async ({ action, body }, pass) => {
      const answer = await pass();
      if (action !== 'ReceiveMessage' || !body.MessageSystemAttributeNames?.includes('AWSTraceHeader'))
        return answer;
      // The emulator knows of none.
      return { ...answer, body: answer.body.replace('"SentTimestamp"', `"AWSTraceHeader":"${header}",$&`) };
    });
    const watcher = startWatcher({
      endpoint: recorder.endpoint,
      queueUrl: queue.url,
      command: worker('print-environment.mjs'),
    });
    await queue.send('hello');

    const { environment } = await whatTheWorkerGot(watcher);

    expect(environment).toMatchObject({ _X_AMZN_TRACE_ID: header });
    await watcher.stop();
    await recorder.stop();
  });

  it('has a worker of its own, which leads its process group', async () => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(
      queue,
      'read -r pid name state parent group rest </proc/$$/stat; echo "pid $$ leads $group"',
    );
    await queue.send('hello');

    const [, pid, group] = /pid (\d+) leads (\d+)/.exec(await watcher.find(/\[worker\].*leads/))!;
    expect(group).toBe(pid);
  });

  it('has its group, from a FIFO queue', async () => {
    const queue = await createTestQueue(bed.emulator, { fifo: true });
    const watcher = start(queue);
    await queue.send('one', { groupId: 'north' });

    expect((await whatTheWorkerGot(watcher)).environment).toMatchObject({ MessageGroupId: 'north' });
  });

  it.each([
    { bytes: 131_000, variable: '131000' },
    // `Message=`, the value and a NUL must fit into 131,072 bytes.
    { bytes: 131_063, variable: '131063' },
    { bytes: 131_064, variable: 'absent' },
    // The most that SQS takes.
    { bytes: 1_048_576, variable: 'absent' },
  ])('of $bytes bytes is whole on standard input and in the file', async ({ bytes, variable }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue, worker('measure-input.mjs'));
    await queue.send('x'.repeat(bytes));

    await watcher.find(`input ${bytes}, file ${bytes}, variable ${variable}`);
    await watcher.find('[success]');
  });

  it.each(['exec true', 'exec <&-; echo on', 'head -c 1 >/dev/null'])(
    'of 1 MiB need not be read by its worker: %s',
    async (command) => {
      const queue = await createTestQueue(bed.emulator);
      const watcher = start(queue, command);
      await queue.send('x'.repeat(1_048_576));

      await watcher.find('[success]');
    },
  );

  it.each([
    '$(touch /tmp/escaped) `id` ; exit 4',
    '"; exit 4; "',
    "'; exit 4; '",
    '{"PATH":"/nowhere","LD_PRELOAD":"x"}',
    'Message=other\nQueueUrl=http://127.0.0.1:1/',
    '()  { :; }; exit 4',
  ])('cannot reach the shell or a variable of its choosing: %s', async (body) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = start(queue);
    await queue.send(body);

    const { environment, standardInput } = await whatTheWorkerGot(watcher);

    expect(standardInput).toBe(body);
    expect(environment).toMatchObject({ Message: body, PATH: process.env.PATH, QueueUrl: queue.url });
    expect(environment).not.toHaveProperty('LD_PRELOAD');
    await watcher.find('[success]');
  });
});
