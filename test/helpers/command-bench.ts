import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type Message,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterAll } from '@jest/globals';
import { ACCOUNT_ID, REGION, startTestEmulator, type TestEmulator } from './emulator';
import { copyService, runFramework, startFramework } from './framework';
import { startInTerminal } from './terminal';

/** A service whose queues are in the emulator, as `sls watchbot local` makes them, but without a watcher. */
export interface CommandBench {
  emulator: TestEmulator;
  folder: string;
  workUrl: string;
  deadUrl: string;
  /** Runs `sls watchbot …` to its end. */
  run(
    args: readonly string[],
  ): Promise<{ code: number | string; output: string; json: Record<string, unknown>[] }>;
  start(args: readonly string[]): ReturnType<typeof startFramework>;
  terminal(
    args: readonly string[],
    size?: { columns?: number; environment?: Record<string, string> },
  ): ReturnType<typeof startInTerminal>;
  /** Puts a message into the dead-letter queue. @returns its id */
  bury(body: string, more?: Partial<SendMessageCommandInput>): Promise<string>;
  buryMany(bodies: readonly string[]): Promise<void>;
  counts(url: string): Promise<{ visible: number; inFlight: number }>;
  /** Receives all visible messages, and leaves them in flight. */
  takeAll(url: string): Promise<Message[]>;
  /** Removes the queues. */
  stop(): Promise<void>;
}

/** All tests of a file share an emulator; each test has its own queues. */
let emulatorOfFile: Promise<TestEmulator> | undefined;
afterAll(async () => {
  await (await emulatorOfFile)?.stop();
});

export async function startBench(service: 'fates' | 'fifo'): Promise<CommandBench> {
  const emulator = await (emulatorOfFile ??= startTestEmulator());
  const { sqs, endpoint } = emulator;
  const folder = copyService(service);
  const isFifo = service === 'fifo';
  const suffix = isFifo ? '.fifo' : '';
  const fifo = isFifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const create = async (name: string, attributes = {}) => {
    const input = { QueueName: `${service}-dev-${name}${suffix}`, Attributes: { ...fifo, ...attributes } };
    return (await sqs.send(new CreateQueueCommand(input))).QueueUrl!;
  };
  const deadUrl = await create('WatchbotDeadLetterQueue');
  const deadLetterTargetArn = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${deadUrl.split('/').at(-1)!}`;
  const workUrl = await create('WatchbotQueue', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
  });
  const port = new URL(endpoint).port;
  const commandLine = (args: readonly string[]) => ['watchbot', ...args, '--local', '--port', port];
  return {
    emulator,
    folder,
    workUrl,
    deadUrl,
    run: async (args) => {
      const { code, output } = await runFramework('osls', commandLine(args), { folder });
      return { code, output, json: jsonLines(output) };
    },
    start: (args) => startFramework('osls', commandLine(args), { folder }),
    terminal: (args, more = {}) => startInTerminal('osls', commandLine(args), { folder, ...more }),
    bury: async (MessageBody, more = {}) => {
      const input = { QueueUrl: deadUrl, MessageBody, ...more };
      return (await sqs.send(new SendMessageCommand(input))).MessageId!;
    },
    buryMany: async (bodies) => {
      const batches = Array.from({ length: Math.ceil(bodies.length / 10) }, (_, index) =>
        bodies.slice(index * 10, index * 10 + 10),
      );
      const send = async () => {
        for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
          const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
          await sqs.send(new SendMessageBatchCommand({ QueueUrl: deadUrl, Entries }));
        }
      };
      await Promise.all(Array.from({ length: 8 }, send));
    },
    counts: async (QueueUrl) => {
      const { Attributes: counts = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(counts.ApproximateNumberOfMessages),
        inFlight: Number(counts.ApproximateNumberOfMessagesNotVisible),
      };
    },
    takeAll: async (QueueUrl) => {
      const all: Message[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: 600,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return all;
        all.push(...Messages);
      }
    },
    stop: () => removeQueues(emulator),
  };
}

async function removeQueues({ sqs }: TestEmulator): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  await Promise.all(QueueUrls.map((QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl }))));
}

export const jsonLines = (output: string) =>
  output
    .split('\n')
    .flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as Record<string, unknown>] : []));
