import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type BatchResultErrorEntry,
  type Message,
  type MessageAttributeValue,
  type ReceiveMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FailedEntry, MessageAttribute, Queue, ReceivedMessage } from './queue';
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
    sendCopy: async (message, delaySeconds) => {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, ...copyOf(message, delaySeconds) });
      return (await client.send(command)).MessageId ?? '';
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
      const handles = changes.map(({ receiptHandle }) => receiptHandle);
      return failedEntries(Failed, handles);
    },
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const MAX_DELAY_SECONDS = 900;

/** With all that its sender gave it. */
function copyOf({ body, attributes, systemAttributes }: ReceivedMessage, delaySeconds: number) {
  const { AWSTraceHeader, MessageGroupId } = systemAttributes;
  return {
    MessageBody: body,
    DelaySeconds: Math.min(delaySeconds, MAX_DELAY_SECONDS),
    MessageAttributes: mapValues(attributes, sentAttribute),
    MessageGroupId,
    MessageSystemAttributes:
      AWSTraceHeader === undefined
        ? undefined
        : { AWSTraceHeader: { DataType: 'String', StringValue: AWSTraceHeader } },
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
    attributes: mapValues(message.MessageAttributes ?? {}, attribute),
  };
}

function attribute({ DataType = 'String', StringValue, BinaryValue }: MessageAttributeValue) {
  const Value = StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64');
  return { Type: DataType, Value };
}

/** The reverse of `attribute`. */
function sentAttribute({ Type: DataType, Value }: MessageAttribute): MessageAttributeValue {
  return DataType.startsWith('Binary')
    ? { DataType, BinaryValue: Buffer.from(Value, 'base64') }
    : { DataType, StringValue: Value };
}

function mapValues<From, To>(map: Readonly<Record<string, From>>, change: (value: From) => To) {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}
