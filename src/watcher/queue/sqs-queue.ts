import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type BatchResultErrorEntry,
  type Message,
  type MessageAttributeValue,
  type ReceiveMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FailedEntry, Queue, ReceivedMessage } from './queue';
import { LONG_POLL_SECONDS, POLL_TIMEOUT_MS } from './timeouts';

const POLL = {
  WaitTimeSeconds: LONG_POLL_SECONDS,
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: [
    'SentTimestamp',
    'ApproximateFirstReceiveTimestamp',
    'ApproximateReceiveCount',
    'MessageGroupId',
    'AWSTraceHeader',
  ],
} satisfies Partial<ReceiveMessageCommandInput>;

export function createSqsQueue(
  client: SQSClient,
  { queueUrl, visibilityTimeoutSeconds }: { queueUrl: string; visibilityTimeoutSeconds: number },
): Queue {
  return {
    receive: async (maxMessages, signal) => {
      const command = new ReceiveMessageCommand({
        ...POLL,
        QueueUrl: queueUrl,
        MaxNumberOfMessages: maxMessages,
        VisibilityTimeout: visibilityTimeoutSeconds,
      });
      const options = { abortSignal: signal, requestTimeout: POLL_TIMEOUT_MS };
      const { Messages = [] } = await client.send(command, options);
      return Messages.map(received);
    },
    deleteBatch: async (receiptHandles) => {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return failedEntries(Failed, receiptHandles);
    },
    changeVisibilityBatch: async (changes) => {
      const Entries = changes.map(({ receiptHandle, timeoutSeconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: timeoutSeconds,
      }));
      const { Failed } = await client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }),
      );
      return failedEntries(
        Failed,
        changes.map(({ receiptHandle }) => receiptHandle),
      );
    },
  };
}

function failedEntries(
  failed: BatchResultErrorEntry[] | undefined,
  handles: readonly string[],
): FailedEntry[] {
  return (failed ?? []).map(({ Id, SenderFault, Code, Message: text }) => ({
    receiptHandle: handles[Number(Id)] ?? '',
    // A key that is asked too often is no mistake of the sender's, though SQS may call it one.
    isFinal: (SenderFault ?? false) && !/throttl/i.test(Code ?? ''),
    reason: [Code, text].filter(Boolean).join(': '),
  }));
}

function received(message: Message): ReceivedMessage {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    systemAttributes: message.Attributes ?? {},
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attribute(value)]),
    ),
  };
}

function attribute({ DataType = 'String', StringValue, BinaryValue }: MessageAttributeValue) {
  const Value = StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64');
  return { Type: DataType, Value };
}
