import { CreateQueueCommand, type Message } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startBench, type CommandBench } from '../../helpers/command-bench';
import { copyService, endFrameworks, removeServices, runFramework } from '../../helpers/framework';
import { itWithPython3 } from '../../helpers/python';
import { Key } from '../../helpers/terminal';

let bench: CommandBench;

const withBench = (service: 'fates' | 'fifo') => {
  beforeEach(async () => {
    bench = await startBench(service);
  });
};
afterEach(async () => {
  await endFrameworks();
  await bench.stop();
});
afterAll(removeServices);

const TOPIC_ID = '6a2f8b0c-0000-4000-8000-000000000000';

/** As SNS wraps it. */
const wrapped = (message: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: TOPIC_ID,
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    Message: message,
    ...more,
  });

/** What nobody holds. */
const NOBODY = { inFlight: 0 };

const bodiesOf = (messages: readonly Message[]) => messages.map(({ Body }) => Body).sort();

describe('list', () => {
  withBench('fates');

  it('shows each on a line, the oldest first, and gives all back', async () => {
    const first = await bench.bury('plain\nsecond line');
    const second = await bench.bury(wrapped('{"z":1}', { Subject: 'Tile\u009b31m' }));
    const { code, output } = await bench.run(['dead-letter', 'list']);
    expect(code).toBe(0);
    expect(output).toMatch(
      new RegExp(`${first} +\\d+ s +(3|4) d +1 +17 B +plain\n${second} .* Tile\\\\u009b31m: {"z":1}\n`),
    );
    expect(output).not.toContain('second line');
    expect(output).toContain('2 dead letters in queue fates-dev-WatchbotDeadLetterQueue');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 2, ...NOBODY });
  });

  it('gives a line of JSON for each, whose fields stay as they are', async () => {
    const id = await bench.bury(
      wrapped('{"z":1}', { Subject: 'Tile', MessageAttributes: { a: { Type: 'String', Value: 'b' } } }),
    );
    const { json } = await bench.run(['dead-letter', 'list', '--json']);
    expect(json).toEqual([
      {
        id,
        sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
        ageSeconds: expect.any(Number),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
        receives: 1,
        sizeBytes: expect.any(Number),
        groupId: null,
        subject: 'Tile',
        attributes: { a: { type: 'of the topic', value: 'b' } },
        message: '{"z":1}',
        body: expect.stringContaining('"Notification"'),
      },
    ]);
  });

  it('lists what is asked for, and no more than that', async () => {
    const attribute = (StringValue: string) => ({ tenant: { DataType: 'String', StringValue } });
    await bench.bury('one north', { MessageAttributes: attribute('north') });
    await bench.bury(
      wrapped('two "north"', { MessageAttributes: { tenant: { Type: 'String', Value: 'north' } } }),
    );
    await bench.bury('three south', { MessageAttributes: attribute('south') });
    const north = await bench.run(['dead-letter', 'list', '--attribute', 'tenant=north', '--json']);
    expect(north.json.map(({ message }) => message)).toEqual(['one north', 'two "north"']);
    // As the sender wrote it, and not as the envelope escapes it.
    const text = await bench.run([
      'dead-letter',
      'list',
      '--contains',
      '"north"',
      '--newer-than',
      '1h',
      '--json',
    ]);
    expect(text.json.map(({ message }) => message)).toEqual(['two "north"']);
    const old = await bench.run(['dead-letter', 'list', '--older-than', '1h']);
    expect(old.output).toContain('No dead letters that match in queue');
    const limited = await bench.run(['dead-letter', 'list', '--limit', '1', '--json']);
    expect(limited.json).toHaveLength(1);
    expect(limited.output).toContain('The first 1, of about 3 in queue');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 3, ...NOBODY });
  });

  it('gives back what it holds at Ctrl-C', async () => {
    await bench.buryMany(Array.from({ length: 3000 }, (_, index) => `message ${index}`));
    const list = bench.start(['dead-letter', 'list', '--limit', '0']);
    while ((await bench.counts(bench.deadUrl)).inFlight < 100);
    list.process.kill('SIGINT');
    const { code, output } = await list.ended;
    expect(output).toContain('WATCHBOT_INTERRUPTED');
    expect(code).toBe(1);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 3000, ...NOBODY });
  });

  it.each([
    [['--older-than', 'soon'], 'WATCHBOT_ARGUMENTS at --older-than'],
    [['--attribute', 'tenant'], 'WATCHBOT_ARGUMENTS at --attribute'],
    [['--limit', '-1'], 'WATCHBOT_ARGUMENTS at --limit'],
    [['--worker', 'other'], 'WATCHBOT_UNKNOWN_WORKER'],
  ])('refuses %j', async (args, error) => {
    const { code, output } = await bench.run(['dead-letter', 'list', ...args]);
    expect(output).toContain(error);
    expect(code).toBe(1);
  });

  itWithPython3('takes two lines for each in 80 columns, and no colours with NO_COLOR', async () => {
    const id = await bench.bury(`a message of many words ${'and more '.repeat(20)}`);
    const wide = bench.terminal(['dead-letter', 'list'], { columns: 140 });
    await wide.see(new RegExp(`${id} .* a message of many words`));
    expect(await wide.ended).toBe(0);
    // eslint-disable-next-line no-control-regex -- dim
    expect(wide.raw()).toMatch(/\u001b\[2mID/);
    const narrow = bench.terminal(['dead-letter', 'list'], { columns: 80, environment: { NO_COLOR: '1' } });
    const shown = await narrow.see(/1 dead letter in queue/);
    expect(await narrow.ended).toBe(0);
    expect(shown).toMatch(new RegExp(`${id} .* B\n {2}a message of many words`));
    expect(
      Math.max(
        ...shown
          .split('\n')
          .filter((line) => line.startsWith('  a'))
          .map(({ length }) => length),
      ),
    ).toBe(80);
    // eslint-disable-next-line no-control-regex -- any colour
    expect(narrow.raw()).not.toMatch(/\u001b\[\d+m[^\s]*ID/);
  });
});

describe('show', () => {
  withBench('fates');

  it('shows the whole of it, and says what it has not seen', async () => {
    const id = await bench.bury('line 1\nline 2', {
      MessageAttributes: { key: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) } },
    });
    const { code, output } = await bench.run(['dead-letter', 'show', id, 'other']);
    expect(output).toMatch(/^expires +\d{4}-.*Z, in \d+ d$/m);
    expect(output).toMatch(/^attributes +key = AQID \(Binary\)$/m);
    expect(output).toContain('\nline 1\nline 2\n');
    expect(output).toContain('other: not seen');
    expect(code).toBe(1);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 1, ...NOBODY });
  });
});

describe('ids', () => {
  withBench('fates');

  it('takes the id that `send` printed, and the characters with which a line of the log begins', async () => {
    const first = await bench.bury(wrapped('first'));
    const second = await bench.bury('second');
    const shown = await bench.run(['dead-letter', 'show', TOPIC_ID, '--json']);
    expect(shown.json).toMatchObject([{ id: first, message: 'first' }]);
    const unknown = await bench.run(['dead-letter', 'delete', second.slice(0, 8), 'fffffff0', '--yes']);
    expect(unknown.output).toContain('1 dead letter deleted');
    expect(unknown.output).toContain('fffffff0: not seen');
    const { output } = await bench.run(['dead-letter', 'replay', TOPIC_ID.slice(0, 8)]);
    expect(output).toContain('1 dead letter replayed');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 0, ...NOBODY });
  });
});

describe('replay', () => {
  withBench('fates');

  it('replays the one that is named, also behind the options', async () => {
    const ids = [await bench.bury('one'), await bench.bury('two')];
    const { output } = await bench.run(['dead-letter', 'replay', '--worker', 'watchbot', ids[1]!]);
    expect(output).toContain('1 dead letter replayed');
    expect(await bench.counts(bench.deadUrl)).toMatchObject({ visible: 1 });
  });

  it('puts one back with all that it was sent with, and leaves the others', async () => {
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ü' },
      number: { DataType: 'Number.int', StringValue: '42' },
      bytes: { DataType: 'Binary.png', BinaryValue: new Uint8Array([0, 255]) },
    };
    const id = await bench.bury('wanted', { MessageAttributes });
    await bench.bury('other');
    const { code, output } = await bench.run(['dead-letter', 'replay', id]);
    expect(output).toContain('1 dead letter replayed from queue fates-dev-WatchbotDeadLetterQueue');
    expect(code).toBe(0);
    const [message] = await bench.takeAll(bench.workUrl);
    expect(message).toMatchObject({ Body: 'wanted', MessageAttributes });
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 1, ...NOBODY });
  });

  it('puts all back, message by message if there is no move task, and says so', async () => {
    await bench.buryMany(Array.from({ length: 25 }, (_, index) => `message ${index}`));
    const dry = await bench.run(['dead-letter', 'replay', '--dry-run']);
    expect(dry.output).toContain('About 25 dead letters would be replayed');
    const { output, json, code } = await bench.run(['dead-letter', 'replay', '--json']);
    expect(output).toContain('SQS has no move task here: replaying message by message');
    expect(json).toEqual([
      { replayed: 25, failed: [], notFound: [], isComplete: true, by: 'message by message' },
    ]);
    expect(code).toBe(0);
    expect(await bench.takeAll(bench.workUrl)).toHaveLength(25);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 0, ...NOBODY });
  });

  it('says first what a filter means', async () => {
    await bench.buryMany(['yes 1', 'no', 'yes 2']);
    const dry = await bench.run(['dead-letter', 'replay', '--contains', 'yes', '--dry-run']);
    expect(dry.output).toContain('2 dead letters would be replayed');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 3, ...NOBODY });
    const { json } = await bench.run(['dead-letter', 'replay', '--contains', 'yes', '--json']);
    expect(json).toMatchObject([{ replayed: 2, others: 1 }]);
    expect(bodiesOf(await bench.takeAll(bench.workUrl))).toEqual(['yes 1', 'yes 2']);
  });

  it('lists what the work queue refuses, leaves it, and ends with 1', async () => {
    const large = await bench.bury('x'.repeat(2000));
    await bench.bury('small');
    const { sqs } = bench.emulator;
    const { SetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: bench.workUrl, Attributes: { MaximumMessageSize: '1024' } }),
    );
    const { code, output } = await bench.run(['dead-letter', 'replay']);
    expect(output).toContain('1 dead letter replayed');
    expect(output).toMatch(new RegExp(`${large}: InvalidParameterValue: .*shorter than 1024 bytes`));
    expect(code).toBe(1);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 1, ...NOBODY });
  });

  it('asks for `sls watchbot local` if nothing answers, and for the service if its queues do not exist', async () => {
    const folder = copyService('minimal');
    const args = ['watchbot', 'dead-letter', 'list', '--local', '--port'];
    const other = await runFramework('osls', [...args, new URL(bench.emulator.endpoint).port], { folder });
    expect(other.output).toMatch(/WATCHBOT_NOT_DEPLOYED[^]*given: +no queue minimal-dev-WatchbotQueue/);
    const nobody = await runFramework('osls', [...args, '1'], { folder });
    expect(nobody.output).toContain('WATCHBOT_LOCAL_NOT_RUNNING');
  });

  it('says that a worker has no dead-letter queue', async () => {
    const folder = copyService('fifo-without-dead-letters');
    // The emulator is of one region.
    const file = path.join(folder, 'serverless.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('eu-west-1', 'us-east-1'));
    await bench.emulator.sqs.send(
      new CreateQueueCommand({
        QueueName: 'replication-dev-WatchbotQueue.fifo',
        Attributes: { FifoQueue: 'true' },
      }),
    );
    const { port } = new URL(bench.emulator.endpoint);
    const { output } = await runFramework(
      'osls',
      ['watchbot', 'dead-letter', 'list', '--local', '--port', port],
      { folder },
    );
    expect(output).toContain('WATCHBOT_NO_DEAD_LETTERS');
  });
});

describe('in a FIFO queue, replay', () => {
  withBench('fifo');

  it('keeps group and order, and takes a new deduplication id', async () => {
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) {
      await bench.bury(body, { MessageGroupId: body.charAt(0), MessageDeduplicationId: body });
    }
    const { code, output } = await bench.run(['dead-letter', 'replay']);
    expect(output).toContain('5 dead letters replayed');
    expect(code).toBe(0);
    const order: string[] = [];
    const ids = new Set<string | undefined>();
    const { ReceiveMessageCommand, DeleteMessageCommand } = await import('@aws-sdk/client-sqs');
    for (;;) {
      const { Messages = [] } = await bench.emulator.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: bench.workUrl, MessageSystemAttributeNames: ['All'] }),
      );
      const [message] = Messages;
      if (message === undefined) break;
      order.push(message.Body ?? '');
      expect(message.Attributes?.MessageGroupId).toBe(message.Body?.charAt(0));
      ids.add(message.Attributes?.MessageDeduplicationId);
      await bench.emulator.sqs.send(
        new DeleteMessageCommand({ QueueUrl: bench.workUrl, ReceiptHandle: message.ReceiptHandle }),
      );
    }
    expect(order.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(order.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
    expect([...ids].filter((id) => !id?.startsWith('replay-'))).toEqual([]);
    expect(ids.size).toBe(5);
  });

  it('says what a group hides', async () => {
    for (const body of ['a1', 'a2'])
      await bench.bury(body, { MessageGroupId: 'a', MessageDeduplicationId: body });
    const { output } = await bench.run(['dead-letter', 'list']);
    expect(output).toContain('1 seen of about 2: a FIFO queue shows the first messages of each group');
  });
});

describe('delete', () => {
  withBench('fates');

  itWithPython3('asks on a terminal, and deletes what it has asked about', async () => {
    await bench.buryMany(['yes 1', 'no', 'yes 2']);
    const refused = bench.terminal(['dead-letter', 'delete', '--contains', 'yes']);
    await refused.see('Delete 2 dead letters from queue fates-dev-WatchbotDeadLetterQueue?');
    refused.type(`n${Key.enter}`);
    await refused.see('Nothing was deleted');
    expect(await refused.ended).toBe(1);
    const stopped = bench.terminal(['dead-letter', 'delete', '--contains', 'yes']);
    await stopped.see('Delete 2 dead letters');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 3, ...NOBODY });
    stopped.type(Key.controlC);
    expect(await stopped.ended).toBe(1);
    const taken = bench.terminal(['dead-letter', 'delete', '--contains', 'yes']);
    await taken.see('Delete 2 dead letters');
    await bench.bury('yes, but later');
    taken.type(`y${Key.enter}`);
    await taken.see('2 dead letters deleted from queue');
    expect(await taken.ended).toBe(0);
    expect(bodiesOf(await bench.takeAll(bench.deadUrl))).toEqual(['no', 'yes, but later']);
  });

  it('refuses if there is nobody to ask, and deletes with --yes', async () => {
    const id = await bench.bury('one');
    await bench.bury('two');
    const refused = await bench.run(['dead-letter', 'delete', id]);
    expect(refused.output).toContain('WATCHBOT_NOT_CONFIRMED');
    expect(refused.code).toBe(1);
    const dry = await bench.run(['dead-letter', 'delete', id, '--dry-run', '--json']);
    expect(dry.json).toEqual([{ dryRun: true, ids: [id] }]);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 2, ...NOBODY });
    const { json, code, output } = await bench.run(['dead-letter', 'delete', id, 'other', '--yes', '--json']);
    expect(json).toEqual([{ deleted: 1, failed: [], notFound: ['other'], isComplete: true }]);
    expect(output).toContain('other: not seen');
    expect(code).toBe(1);
    expect(bodiesOf(await bench.takeAll(bench.deadUrl))).toEqual(['two']);
  });

  it('needs ids or filters', async () => {
    const { output, code } = await bench.run(['dead-letter', 'delete', '--yes']);
    expect(output).toContain('neither ids nor filters');
    expect(code).toBe(1);
  });
});

describe('purge', () => {
  withBench('fates');

  itWithPython3('deletes all, but asks before', async () => {
    await bench.buryMany(['one', 'two']);
    const refused = await bench.run(['dead-letter', 'purge']);
    expect(refused.output).toContain('WATCHBOT_NOT_CONFIRMED');
    const dry = await bench.run(['dead-letter', 'purge', '--dry-run']);
    expect(dry.output).toContain('About 2 dead letters would be deleted');
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 2, ...NOBODY });
    const asked = bench.terminal(['dead-letter', 'purge']);
    await asked.see('Delete all, about 2, from queue fates-dev-WatchbotDeadLetterQueue?');
    asked.type(`y${Key.enter}`);
    await asked.see('is being emptied of about 2 dead letters');
    expect(await asked.ended).toBe(0);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 0, ...NOBODY });
  });
});
