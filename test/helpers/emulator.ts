import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
  type MessageAttributeValue,
} from '@aws-sdk/client-sqs';
import { SNSClient } from '@aws-sdk/client-sns';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';

export interface TestEmulator {
  endpoint: string;
  sqs: SQSClient;
  sns: SNSClient;
  stop(): Promise<void>;
}

export async function startTestEmulator(port = 0): Promise<TestEmulator> {
  const child = fork(path.join(__dirname, 'emulator-process.mjs'), [String(port)]);
  const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
  const settings = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
  };
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  return {
    endpoint,
    sqs,
    sns,
    stop: async () => {
      sqs.destroy();
      sns.destroy();
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

let queueCount = 0;

export interface TestQueue {
  url: string;
  arn: string;
  deadLetterUrl: string;
  send(
    body: string,
    more?: { attributes?: Record<string, MessageAttributeValue>; groupId?: string },
  ): Promise<string>;
  /** Visible messages, messages in flight, and dead letters. */
  counts(): Promise<{ visible: number; inFlight: number; dead: number }>;
}

/** Creates a queue with a dead-letter queue. Both have new names at each call. */
export async function createTestQueue(
  { sqs }: TestEmulator,
  { fifo = false, maxReceives = 10 }: { fifo?: boolean; maxReceives?: number } = {},
): Promise<TestQueue> {
  queueCount += 1;
  const suffix = fifo ? '.fifo' : '';
  const fifoAttributes = fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const name = `queue-${process.pid}-${queueCount}`;
  const { QueueUrl: deadLetterUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${name}-dead${suffix}`, Attributes: fifoAttributes }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}-dead${suffix}`,
    maxReceiveCount: maxReceives,
  });
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `${name}${suffix}`,
      Attributes: { ...fifoAttributes, RedrivePolicy },
    }),
  );
  return {
    url,
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}${suffix}`,
    deadLetterUrl,
    send: async (body, { attributes, groupId } = {}) => {
      const { MessageId = '' } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageAttributes: attributes,
          MessageGroupId: groupId,
        }),
      );
      return MessageId;
    },
    counts: async () => {
      const [main, dead] = await Promise.all([countsOf(sqs, url), countsOf(sqs, deadLetterUrl)]);
      return { ...main, dead: dead.visible + dead.inFlight };
    },
  };
}

export async function countsOf(sqs: SQSClient, QueueUrl: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
