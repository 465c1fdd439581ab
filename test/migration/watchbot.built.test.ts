import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { createTestQueue, type TestQueue } from '../helpers/emulator';
import { startTestDynamoDb } from '../helpers/dynamodb';
import { ROOT } from '../helpers/framework';
import { useTestBed } from '../helpers/test-bed';
import { awsCommand, readPage, section, shellLines } from './page';
import { BACKLOG, Ledger, runAws, startOldConsumer, startSender, textOf, until } from './stage';

const PAGE = readPage('migrate-from-watchbot.md');
const TAKE_OVER = section(PAGE, 'Take the queue over');
const BESIDE = section(PAGE, 'A new queue beside the old one');

/** On an idle machine, a move takes seconds. */
const MOVE_MS = 150_000;

const bed = useTestBed();
let endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(endings.map((end) => end()));
  endings = [];
});

let stages = 0;

/** Starts Watchbot's setup: a topic in front of a queue with a backlog, a consumer, and a sender that goes on. */
async function startOldService() {
  const { emulator, folder } = bed;
  const ledger = new Ledger(folder.join('ledger'));
  const queue = await createTestQueue(emulator);
  // Not Watchbot's 180 s: a message in flight at the kill must come back within the test.
  const Attributes = { VisibilityTimeout: '2' };
  await emulator.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
  stages += 1;
  const { TopicArn = '' } = await emulator.sns.send(new CreateTopicCommand({ Name: `old-${stages}` }));
  await subscribe(TopicArn, queue);
  const sender = startSender(emulator, TopicArn, ledger);
  endings.push(sender.stop);
  await sender.more(BACKLOG);
  const consumer = startOldConsumer(emulator, queue.url, ledger);
  endings.push(consumer.stop);
  await until(() => ledger.doneBy('old').length >= 10);
  return { ledger, queue, topicArn: TopicArn, sender, consumer };
}

const subscribe = (TopicArn: string, { arn: Endpoint }: TestQueue) =>
  bed.emulator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));

/** Starts the watcher that `sls deploy` would start. */
const startNewService = (queue: TestQueue, { file }: Ledger) =>
  bed.start(queue, `echo "new $Message" >> '${file}'`, { WatchbotConcurrency: '2' });

const isEmpty = async (queue: TestQueue) => {
  const { visible, inFlight } = await queue.counts();
  return visible + inFlight === 0;
};

describe('a queue that is taken over', () => {
  const lines = shellLines(TAKE_OVER);

  it(
    'loses no message while the sender goes on and the old consumer is killed at work',
    async () => {
      const { ledger, queue, sender, consumer } = await startOldService();

      expect(lines[0]).toBe('sls deploy');
      startNewService(queue, ledger);
      await until(() => ledger.doneBy('new').length >= 20);
      await until(() => ledger.doneBy('old').length >= 20);

      // The page scales the old service to 0: first its limits, then its desired count.
      const commands = lines.slice(-2).map((line) => awsCommand(line, {}));
      expect(commands.map(({ operation }) => operation)).toEqual([
        'register-scalable-target',
        'update-service',
      ]);
      expect(commands[0]!.options).toMatchObject({ 'min-capacity': ['0'], 'max-capacity': ['0'] });
      expect(commands[1]!.options).toMatchObject({ 'desired-count': ['0'] });
      const held = await consumer.killAtWork();

      await sender.more(50);
      await sender.stop();
      await until(() => ledger.undone().length === 0);
      await until(() => isEmpty(queue));
      expect(ledger.sent.size).toBeGreaterThanOrEqual(BACKLOG + 50);
      expect(ledger.doneBy('new')).toContain(held);
      expect((await queue.counts()).dead).toBe(0);
    },
    MOVE_MS,
  );

  it('is named in serverless.yml as the page says', () => {
    expect(TAKE_OVER).toMatch(
      /queue:\n +arn: arn:aws:sqs:\S+WatchbotQueue\n +deadLetter: arn:aws:sqs:\S+Queue\n/,
    );
  });
});

describe('a new queue beside the old one', () => {
  it(
    'loses no message, and empties the old queue',
    async () => {
      const { ledger, queue: old, topicArn, sender } = await startOldService();
      const { emulator } = bed;
      const dead = ['failed 1', 'failed 2', 'failed 3'];
      for (const MessageBody of dead) {
        ledger.sent.add(MessageBody);
        await emulator.sqs.send(new SendMessageCommand({ QueueUrl: old.deadLetterUrl, MessageBody }));
      }
      const next = await createTestQueue(emulator);
      startNewService(next, ledger);
      // Does what `events: - sns` does.
      await subscribe(topicArn, next);
      await sender.more(5);

      const names: Record<string, string> = {
        OLD_TOPIC_ARN: topicArn,
        OLD_QUEUE_URL: old.url,
        OLD_DEAD_LETTER_ARN: `${old.arn}-dead`,
        NEW_QUEUE_ARN: next.arn,
      };
      const [list, unsubscribe, look, move] = shellLines(BESIDE).filter((line) => line.startsWith('aws '));
      const run = (line: string) => runAws(emulator, awsCommand(line, names));

      const { Subscriptions } = (await run(list!)) as {
        Subscriptions: { Endpoint: string; SubscriptionArn: string }[];
      };
      names.OLD_SUBSCRIPTION_ARN = Subscriptions.find(
        ({ Endpoint }) => Endpoint === old.arn,
      )!.SubscriptionArn;
      await run(unsubscribe!);

      await until(async () => {
        const { Attributes } = await run(look!);
        return Object.values(Attributes as object).every((count) => count === '0');
      });
      await sender.more(20);
      expect(await isEmpty(old)).toBe(true);

      await moveLikeSqs(awsCommand(move!, names), { old, next, names });
      await sender.stop();
      await until(() => ledger.undone().length === 0);
      await until(() => isEmpty(next));
      expect(await old.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
      expect(ledger.doneBy('new')).toEqual(expect.arrayContaining(dead));
      // The old consumer has done all messages of its queue.
      expect(ledger.doneBy('old').length).toBeGreaterThanOrEqual(BACKLOG);
    },
    MOVE_MS,
  );
});

/** Moves messages one by one as a move task of SQS does, which the emulator lacks. */
async function moveLikeSqs(
  { service, operation, options }: ReturnType<typeof awsCommand>,
  { old, next, names }: { old: TestQueue; next: TestQueue; names: Record<string, string> },
): Promise<void> {
  expect(`${service} ${operation}`).toBe('sqs start-message-move-task');
  expect(textOf(options['source-arn']!)).toBe(names.OLD_DEAD_LETTER_ARN);
  expect(textOf(options['destination-arn']!)).toBe(next.arn);
  const { sqs } = bed.emulator;
  const QueueUrl = old.deadLetterUrl;
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    if (Messages.length === 0) return;
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: next.url, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

describe('a job of reduce mode that has begun', () => {
  it('goes on with its existing table, given in the command', async () => {
    const dynamoDb = await startTestDynamoDb();
    endings.push(() => dynamoDb.stop());
    const arn = await dynamoDb.createTable();
    // The item is as Watchbot's helper has left it: part 2 of 3 is done.
    const Item = { id: { S: 'job' }, parts: { NS: ['1', '3'] }, total: { N: '3' } };
    await dynamoDb.call('PutItem', { TableName: arn.split('/')[1], Item });

    expect(PAGE).toContain('\n  command: ProgressTable=arn:aws:dynamodb:');
    const queue = await createTestQueue(bed.emulator);
    const helper = `'${process.execPath}' '${path.join(ROOT, 'dist/layer/progress.js')}'`;
    const watcher = bed.start(queue, `ProgressTable=${arn} ${helper} complete-part job -p "$Message"`, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    });
    await queue.send('1');
    await watcher.find(/\] false$/);
    await queue.send('3');
    await watcher.find(/\] true$/);
  });
});

describe('the templates that the page compares', () => {
  const OPTIONS = readPage('watchbot-options.md');
  const [ours = ''] = /```yaml\n(service: tiles[^]*?)```/.exec(section(PAGE, 'Side by side', 2))!;

  /** First-level options in a block of a Watchbot template. */
  const optionsIn = (call: string) => {
    return [
      ...PAGE.split(call)[1]!
        .split('\n});')[0]!
        .matchAll(/^ {2}(\w+)[:,]/gm),
    ].map(([, name]) => name!);
  };
  const row = (name: string) =>
    new RegExp(`^\\| \`${name}(?:[.[][^\`]*)?\` \\| (\\w+) \\| (?:\`([^\`]*)\`)?`, 'm').exec(OPTIONS);

  it.each(['watchbot.template({', "new FargateWatchbot(stack, 'Tiles', {"])(
    '%s: every option has a counterpart',
    (call) => {
      const options = optionsIn(call);
      expect(options.length).toBeGreaterThan(10);
      const missing = options.filter((name) => {
        const [, status = 'unknown', here = ''] = row(name) ?? [];
        if (['derived', 'dropped'].includes(status)) return false;
        // Watchbot names an existing image; here its key says what it is built from.
        const key = here.split('.').at(here.startsWith('image') ? 0 : -1)!;
        return status === 'unknown' || !new RegExp(`\\b${key}:`).test(ours);
      });
      expect(missing).toEqual([]);
    },
  );
});
