import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { endAwsStandIns, startQueueStandIn, type BatchEntry } from '../../helpers/aws-stand-in';
import { ACCOUNT_ID, REGION, startTestEmulator, type TestEmulator } from '../../helpers/emulator';
import {
  copyService,
  endFrameworks,
  removeServices,
  runFramework,
  startFramework,
} from '../../helpers/framework';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

const services = new Map<string, string>();
/** One copy of each for all tests: none of them writes to it but its own files. */
const folderOf = (service: string) => {
  const folder = services.get(service) ?? copyService(service);
  services.set(service, folder);
  return folder;
};

afterEach(endFrameworks);
afterEach(endAwsStandIns);
afterAll(removeServices);

function writeLines(service: string, name: string, lines: readonly (string | object)[]): void {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  writeFileSync(path.join(folderOf(service), name), text);
}

/** At an endpoint that answers as AWS. */
const startAt = (endpoint: string, service: string, words: string[]) =>
  startFramework('osls', ['watchbot', 'send', ...words], {
    folder: folderOf(service),
    environment: { AWS_ENDPOINT_URL: endpoint, ...CREDENTIALS },
  });

describe('send, to the emulator', () => {
  let emulator: TestEmulator;
  let queueUrl: string;
  beforeAll(async () => {
    emulator = await startTestEmulator();
    ({ QueueUrl: queueUrl = '' } = await emulator.sqs.send(
      new CreateQueueCommand({ QueueName: 'fates-dev-WatchbotQueue' }),
    ));
    const { TopicArn } = await emulator.sns.send(new CreateTopicCommand({ Name: 'fates-dev-WatchbotTopic' }));
    const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:fates-dev-WatchbotQueue`;
    await emulator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  });
  afterAll(() => emulator.stop());

  const send = (words: string[], input?: string) =>
    runFramework(
      'osls',
      ['watchbot', 'send', ...words, '--local', '--port', new URL(emulator.endpoint).port],
      {
        folder: folderOf('fates'),
        ...(input === undefined ? {} : { input }),
      },
    );
  const countOf = async (name = 'ApproximateNumberOfMessages') => {
    const { Attributes } = await emulator.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    return Number(Attributes?.[name as 'QueueArn']);
  };
  const receive = async () => {
    const { Messages = [] } = await emulator.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        WaitTimeSeconds: 5,
        VisibilityTimeout: 43_200,
        MessageAttributeNames: ['All'],
        MaxNumberOfMessages: 10,
      }),
    );
    return Messages;
  };

  it('takes the message behind its options too, and leaves standard input alone', async () => {
    const port = new URL(emulator.endpoint).port;
    const args = ['watchbot', 'send', '--worker', 'watchbot', '--port', port, '--local', '{"mine":1}'];
    const { code } = await runFramework('osls', args, { folder: folderOf('fates'), input: 'other' });
    expect(code).toBe(0);
    const [message] = await receive();
    expect(JSON.parse(message!.Body!)).toMatchObject({ Message: '{"mine":1}' });
  });

  it('sends attributes and a subject, to the topic', async () => {
    const { code, output } = await send([
      'hello',
      '--subject',
      'news',
      '--attribute',
      'kind=a=b',
      '--attribute',
      'size:Number=5',
    ]);
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^Sent [0-9a-f-]{36} to the topic of watchbot/),
    ]);
    const [message] = await receive();
    expect(JSON.parse(message!.Body!)).toMatchObject({
      Message: 'hello',
      Subject: 'news',
      MessageAttributes: { kind: { Type: 'String', Value: 'a=b' }, size: { Type: 'Number', Value: '5' } },
    });
  });

  it('sends straight to the queue, and later', async () => {
    const { code } = await send(['now', '--queue', '--attribute', 'kind=x']);
    expect(code).toBe(0);
    const [message] = await receive();
    expect(message).toMatchObject({ Body: 'now', MessageAttributes: { kind: { StringValue: 'x' } } });
    const { output } = await send(['later', '--delay', '15m', '--json']);
    expect(JSON.parse(output)).toMatchObject({ to: 'queue' });
    expect(await countOf('ApproximateNumberOfMessagesDelayed')).toBe(1);
  });

  it('sends what each line of a file says', async () => {
    writeLines('fates', 'envelopes.jsonl', [
      { body: { z: 1 }, attributes: { n: 7 }, subject: 'own' },
      '',
      { body: 'text' },
    ]);
    const { code, output } = await send([
      '--file',
      'envelopes.jsonl',
      '--envelope',
      '--subject',
      'common',
      '--json',
    ]);
    expect([code, JSON.parse(output)]).toEqual([
      0,
      { worker: 'watchbot', to: 'topic', sent: 2, failed: [], overtaken: [], nextLine: null },
    ]);
    const bodies: Record<string, unknown>[] = [];
    while (bodies.length < 2) {
      for (const { Body } of await receive()) bodies.push(JSON.parse(Body!) as Record<string, unknown>);
    }
    expect(bodies.map(({ Message, Subject }) => [Message, Subject]).sort()).toEqual([
      ['text', 'common'],
      ['{"z":1}', 'own'],
    ]);
  });

  it('says all that is wrong with a file, and sends nothing', async () => {
    writeFileSync(
      path.join(folderOf('fates'), 'wrong.jsonl'),
      Buffer.concat([Buffer.from('{"body":1,"x":2}\n[]\n{"body":"ok"}\n'), Buffer.from([0xff, 10])]),
    );
    const before = await countOf();
    const { code, output } = await send(['--file', 'wrong.jsonl', '--envelope']);
    expect(code).toBe(1);
    expect(output).toContain('wrong.jsonl has 3 mistakes, and nothing was sent');
    expect(output).toMatch(/at line 1\n.+the key "x"/);
    expect(output).toContain('at line 2\n');
    expect(output).toMatch(/at line 4\n.+not UTF-8/);
    expect(await countOf()).toBe(before);
  });

  it.each([
    {
      words: ['a\u0007', '--dedup', 'x', '--delay', '5y', '--attribute', 'k', '--attribute', 'n:Number=y'],
      says: [
        '5 things are wrong',
        'U+0007',
        'at --dedup',
        'at --delay',
        'at --attribute\n',
        'at --attribute n',
      ],
    },
    { words: ['a', '--delay', '2h'], says: ['the emulator has no scheduler'] },
    { words: ['x'.repeat(300_000)], says: ['300000 bytes', 'at most 262144 bytes', '--queue'] },
    { words: ['a', '--queue', '--subject', 'b'], says: ['WATCHBOT_SEND at --subject'] },
    { words: ['a', '--start-line', '5', '--envelope'], says: ['without --file'] },
    {
      words: ['a', '--file', 'none', '--wait'],
      says: ['a message and --file', '--wait\n  given:   with --file'],
    },
    { words: ['--file', 'none'], says: ['none: there is no such file'] },
    { words: ['--file', '/dev/null'], says: ['which is no file that can be read twice'] },
  ])('$words says what is wrong', async ({ words, says }) => {
    // One argument of a command line has at most 128 KiB.
    const [first = ''] = words;
    const isLong = first.length > 100_000;
    const { code, output } = await send(isLong ? [] : words, isLong ? first : undefined);
    expect(code).toBe(1);
    for (const text of says) expect(output).toContain(text);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });

  it('needs a local run to wait for', async () => {
    await emulator.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x' }));
    const { code, output } = await send(['a', '--wait']);
    expect([code, output]).toEqual([1, expect.stringContaining('WATCHBOT_LOCAL_NOT_RUNNING at --local')]);
  });
});

describe('send, to a queue that takes what the test lets it', () => {
  const bodies = (entries: readonly BatchEntry[]) => entries.map(({ MessageBody }) => Number(MessageBody));

  it('retries what is not taken at first, and lists what is refused', async () => {
    const tries = new Map<string, number>();
    const queue = await startQueueStandIn('fates-dev-WatchbotQueue', ({ MessageBody }) => {
      const count = (tries.get(MessageBody) ?? 0) + 1;
      tries.set(MessageBody, count);
      if (MessageBody === '17') return { Code: 'InvalidMessageContents', SenderFault: true };
      const isBusy = Number(MessageBody) % 5 === 0 && count < 3;
      return isBusy ? { Code: 'RequestThrottled', SenderFault: true } : undefined;
    });
    writeLines(
      'fates',
      'part.jsonl',
      Array.from({ length: 40 }, (_, n) => String(n + 1)),
    );
    const { code, output } = await startAt(queue.url, 'fates', ['--file', 'part.jsonl', '--queue']).ended;
    expect(code).toBe(1);
    expect(output).toContain('Sent 39 messages of part.jsonl to the queue of watchbot (AWS, us-east-1)');
    expect(output).toContain('1 message not taken:\n  line 17: InvalidMessageContents: says the stand-in');
    expect(new Set(bodies(queue.taken)).size).toBe(39);
    expect(queue.taken).toHaveLength(39);
  });

  it('stops at Ctrl-C, and goes on where it says: nothing is lost', async () => {
    const LINES = 30_000;
    let stop: () => void = () => undefined;
    const queue = await startQueueStandIn(
      'fates-dev-WatchbotQueue',
      () => undefined,
      () => {
        if (queue.taken.length > LINES / 3) stop();
      },
    );
    writeLines(
      'fates',
      'long.jsonl',
      Array.from({ length: LINES }, (_, n) => String(n + 1)),
    );
    const run = startAt(queue.url, 'fates', ['--file', 'long.jsonl', '--queue']);
    stop = () => void run.process.kill('SIGINT');
    const { code, output } = await run.ended;
    const [, line] = /sls watchbot send --file long\.jsonl --queue --start-line (\d+)/.exec(output) ?? [];
    expect([code, Number(line) > LINES / 3, Number(line) < LINES]).toEqual([130, true, true]);
    const before = new Set(bodies(queue.taken));
    for (let each = 1; each < Number(line); each += 1) expect(before.has(each)).toBe(true);

    stop = () => undefined;
    const rest = await startAt(queue.url, 'fates', ['--file', 'long.jsonl', '--queue', '--start-line', line!])
      .ended;
    expect(rest.code).toBe(0);
    expect(new Set(bodies(queue.taken)).size).toBe(LINES);
    // All calls that were under way were waited for.
    expect(queue.taken).toHaveLength(LINES);
  }, 120_000);

  it('keeps the order of each group of a FIFO queue', async () => {
    const tries = new Map<string, number>();
    const queue = await startQueueStandIn('fifo-dev-WatchbotQueue.fifo', ({ MessageBody }) => {
      const count = (tries.get(MessageBody) ?? 0) + 1;
      tries.set(MessageBody, count);
      return count === 1 && MessageBody === '777' ? { Code: 'InternalError', SenderFault: false } : undefined;
    });
    const groupOf = (n: number) => (n % 3 === 0 ? 'big' : `small-${n % 50}`);
    const lines = Array.from({ length: 2_000 }, (_, n) => ({ body: String(n + 1), group: groupOf(n + 1) }));
    writeLines('fifo', 'groups.jsonl', lines);
    const { code, output } = await startAt(queue.url, 'fifo', [
      '--file',
      'groups.jsonl',
      '--envelope',
      '--queue',
    ]).ended;
    expect(output).toContain('Sent 2000 messages');
    const groups = new Map<string, number[]>();
    for (const { MessageBody, MessageGroupId = '' } of queue.taken) {
      groups.set(MessageGroupId, [...(groups.get(MessageGroupId) ?? []), Number(MessageBody)]);
    }
    for (const sent of groups.values()) {
      const others = sent.filter((n) => n !== 777);
      expect(others).toEqual([...others].sort((a, b) => a - b));
    }
    // One that AWS takes out of the middle of a batch is reported if others of its group were with it.
    const isOvertaken = /Taken after a later message of their group.*: line 777/.test(output);
    expect(code).toBe(isOvertaken ? 1 : 0);
    expect(new Set(queue.taken.map((entry) => entry.MessageDeduplicationId)).size).toBe(2_000);
  }, 60_000);

  it('stops at a message of a FIFO queue that is refused', async () => {
    const queue = await startQueueStandIn('fifo-dev-WatchbotQueue.fifo', ({ MessageBody }) =>
      MessageBody === '25' ? { Code: 'InvalidMessageContents', SenderFault: true } : undefined,
    );
    writeLines(
      'fifo',
      'refused.jsonl',
      Array.from({ length: 60 }, (_, n) => String(n + 1)),
    );
    const { code, output } = await startAt(queue.url, 'fifo', [
      '--file',
      'refused.jsonl',
      '--group',
      'g',
      '--queue',
    ]).ended;
    expect(code).toBe(1);
    expect(output).toContain('line 25: InvalidMessageContents');
    expect(output).toContain('--file refused.jsonl --group g --queue --start-line 25');
    expect(Math.max(...bodies(queue.taken))).toBeLessThanOrEqual(30);
  });
});
