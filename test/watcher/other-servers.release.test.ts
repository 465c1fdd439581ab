import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareElasticMq, startElasticMq } from '../helpers/elasticmq';
import { REGION } from '../helpers/emulator';
import { startMoto } from '../helpers/moto';
import { preparePython } from '../helpers/python';
import { endWatchers, startWatcher } from '../helpers/watcher';

/** Servers of SQS that others wrote, beside the one that all other tests use. */
const SERVERS = [
  { name: 'moto', prepare: preparePython, start: startMoto },
  { name: 'ElasticMQ', prepare: prepareElasticMq, start: startElasticMq },
];

afterEach(endWatchers);

describe.each(SERVERS)('the watcher on $name', ({ prepare, start }) => {
  const reason = prepare();
  const test = reason === undefined ? it : it.skip;
  const because = reason === undefined ? '' : ` (skipped: ${reason})`;
  let server: { endpoint: string; stop: () => Promise<void> };
  let sqs: SQSClient;
  beforeAll(async () => {
    if (reason !== undefined) return;
    server = await start();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    sqs = new SQSClient({
      endpoint: server.endpoint,
      region: REGION,
      credentials,
      useQueueUrlAsEndpoint: false,
    });
  }, 120_000);
  afterAll(async () => {
    if (reason !== undefined) return;
    sqs.destroy();
    await server.stop();
  });

  let count = 0;
  /** A queue with a dead-letter queue. */
  async function createQueue({ maxReceives = 2, fifo = false } = {}) {
    count += 1;
    const suffix = fifo ? '.fifo' : '';
    const kind = fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
    const create = async (name: string, more: Record<string, string> = {}) => {
      const input = { QueueName: `${name}-${count}${suffix}`, Attributes: { ...kind, ...more } };
      return (await sqs.send(new CreateQueueCommand(input))).QueueUrl!;
    };
    const attributesOf = async (QueueUrl: string) =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes!;
    const deadUrl = await create('dead');
    const deadLetterTargetArn = (await attributesOf(deadUrl)).QueueArn;
    const redrive = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: maxReceives });
    const url = await create('work', { RedrivePolicy: redrive });
    return {
      url,
      send: async (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
        (await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...more }))).MessageId!,
      left: async () => {
        const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } =
          await attributesOf(url);
        return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
      },
      /** Waits for one, by polls that are short: ElasticMQ wakes none for a message that it moves here. */
      dead: async () => {
        for (let poll = 0; poll < 20; poll += 1) {
          const input = { QueueUrl: deadUrl, WaitTimeSeconds: 1 };
          const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand(input));
          if (message !== undefined) return message.Body;
        }
        return undefined;
      },
    };
  }

  const watch = (queueUrl: string, command: string, environment: Record<string, string> = {}) =>
    startWatcher({ endpoint: server.endpoint, queueUrl, command, environment });

  test(`settles each message by how its worker ends${because}`, async () => {
    const queue = await createQueue();
    const watcher = watch(queue.url, 'exit $Message', { WatchbotMaxReceives: '2', WatchbotConcurrency: '4' });
    const done = await queue.send('0');
    const rejected = await queue.send('3');
    const failed = await queue.send('1');

    await watcher.find(`[${done}] [success]`);
    await watcher.find(`[${rejected}] [rejected]`);
    await watcher.find(new RegExp(`\\[${failed}\\] \\[failure\\].*receive 1`));
    await watcher.find(new RegExp(`\\[${failed}\\] \\[failure\\].*receive 2`));
    expect(await queue.dead()).toBe('1');
    expect(await watcher.stop()).toBe(0);
    expect(await queue.left()).toBe(0);
  });

  test(`loses none of two hundred, with their attributes${because}`, async () => {
    const queue = await createQueue();
    const numbers = Array.from({ length: 200 }, (_, index) => String(index));
    for (const number of numbers) {
      await queue.send(`body ${number}`, {
        MessageAttributes: { number: { DataType: 'Number', StringValue: number } },
      });
    }
    const watcher = watch(queue.url, 'echo "got $Message $MessageAttributes"', { WatchbotConcurrency: '10' });
    await watcher.findAll(numbers.length, '[success]', 60_000);
    for (const number of numbers) {
      const said = `got body ${number} {"number":{"Type":"Number","Value":"${number}"}}`;
      expect([number, watcher.all.filter((line) => line.includes(said)).length]).toEqual([number, 1]);
    }
    expect(await watcher.stop()).toBe(0);
    expect(await queue.left()).toBe(0);
  });

  test(`gives back at a stop what it cannot end, and another works on it${because}`, async () => {
    const queue = await createQueue();
    const first = watch(queue.url, 'echo started; exec sleep 600', { WatchbotStopTimeout: '8' });
    await queue.send('hello');
    await first.find(/\[worker\].*started/);
    expect(await first.stop('SIGINT')).toBe(0);
    const second = watch(queue.url, 'exit 0');
    await second.find('[success]', 20_000);
    expect(await second.stop()).toBe(0);
    expect(await queue.left()).toBe(0);
  });

  test(`keeps the order of a FIFO group${because}`, async () => {
    const queue = await createQueue({ fifo: true });
    for (const number of [1, 2, 3]) {
      for (const MessageGroupId of ['a', 'b'])
        await queue.send(`${MessageGroupId}${number}`, { MessageGroupId });
    }
    const watcher = watch(queue.url, 'echo "got $Message"', { Fifo: 'true', WatchbotConcurrency: '2' });
    // A poll that waits may not be woken by a deletion there: then each message takes a poll of 20 s.
    await watcher.findAll(6, '[success]', 110_000);
    const order = watcher.all.flatMap((line) => /\[worker\].*got (\w\d)/.exec(line)?.[1] ?? []);
    for (const group of ['a', 'b']) {
      expect(order.filter((body) => body.startsWith(group))).toEqual(
        [1, 2, 3].map((each) => `${group}${each}`),
      );
    }
    expect(await watcher.stop()).toBe(0);
  });
});
