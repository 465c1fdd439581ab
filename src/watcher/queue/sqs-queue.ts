import type {
  BatchResultErrorEntry,
  Message,
  MessageAttributeValue,
  ReceiveMessageRequest,
} from '@aws-sdk/client-sqs';
import { COPY_ATTRIBUTE, type CopyMark } from '../../contract/copy-mark';
import { mapValues } from '../../shared/json';
import { markAttribute } from '../job/copy';
import {
  type FailedEntry,
  LONG_POLL_SECONDS,
  type MessageAttribute,
  type Queue,
  type ReceivedMessage,
} from './queue';
import { POLL_TIMEOUT_MS, type SqsClient, type Wire } from './sqs-client';

const POLL = {
  MessageAttributeNames: ['All'],
} satisfies Partial<ReceiveMessageRequest>;

type SystemAttributes = NonNullable<ReceiveMessageRequest['MessageSystemAttributeNames']>;

/** The attributes that a command learns of its message. */
export const COMMAND_ATTRIBUTES: SystemAttributes = [
  'SentTimestamp',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'MessageGroupId',
  'AWSTraceHeader',
];

/** The attributes that Lambda gives a handler. */
export const HANDLER_ATTRIBUTES: SystemAttributes = ['All'];

export interface SqsQueueOptions {
  queueUrl: string;
  visibilityTimeoutSeconds: number;
  /** How long a poll may wait; SQS has a limit of its own. */
  longestPollSeconds: number;
  systemAttributes: SystemAttributes;
}

export function createSqsQueue(
  client: SqsClient,
  { queueUrl: QueueUrl, visibilityTimeoutSeconds, longestPollSeconds, systemAttributes }: SqsQueueOptions,
): Queue {
  const longestSeconds = Math.min(LONG_POLL_SECONDS, longestPollSeconds);
  return {
    receive: async (maxMessages, { waitMs, signal }) => {
      const input = {
        ...POLL,
        WaitTimeSeconds: Math.min(longestSeconds, Math.ceil(waitMs / 1000)),
        MessageSystemAttributeNames: systemAttributes,
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        VisibilityTimeout: visibilityTimeoutSeconds,
      };
      const options = { signal, answerTimeoutMs: POLL_TIMEOUT_MS };
      const { Messages } = await client.call('ReceiveMessage', input, options);
      return (Messages ?? []).map(received);
    },
    deleteBatch: async (receiptHandles) => {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed } = await client.call('DeleteMessageBatch', { QueueUrl, Entries });
      return failedEntries(Failed, receiptHandles);
    },
    sendCopy: async (message, delaySeconds, mark) => {
      const copy = { QueueUrl, ...copyOf(marked(message, mark), delaySeconds) };
      return (await client.call('SendMessage', copy)).MessageId ?? '';
    },
    changeVisibilityBatch: async (changes) => {
      const Entries = changes.map(({ receiptHandle, timeoutSeconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: timeoutSeconds,
      }));
      const { Failed } = await client.call('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
      const handles = changes.map(({ receiptHandle }) => receiptHandle);
      return failedEntries(Failed, handles);
    },
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const MAX_DELAY_SECONDS = 900;

function marked(message: ReceivedMessage, mark: CopyMark | undefined): ReceivedMessage {
  if (mark === undefined) return message;
  return { ...message, attributes: { ...message.attributes, [COPY_ATTRIBUTE]: markAttribute(mark) } };
}

/** A copy has all that the sender gave the message. */
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
    // A throttled key is no mistake of the sender's, though SQS may call it one.
    isFinal: (SenderFault ?? false) && !/throttl/i.test(Code ?? ''),
    reason: [Code, text].filter(Boolean).join(': '),
  }));
}

function received(message: Wire<Message>): ReceivedMessage {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    systemAttributes: message.Attributes ?? {},
    attributes: mapValues(message.MessageAttributes ?? {}, attribute),
    md5: { body: message.MD5OfBody ?? '', attributes: message.MD5OfMessageAttributes },
  };
}

function attribute({ DataType = 'String', StringValue, BinaryValue }: Wire<MessageAttributeValue>) {
  return { Type: DataType, Value: StringValue ?? BinaryValue ?? '' };
}

/** The reverse of `attribute`. */
function sentAttribute({ Type: DataType, Value }: MessageAttribute): Wire<MessageAttributeValue> {
  return DataType.startsWith('Binary') ? { DataType, BinaryValue: Value } : { DataType, StringValue: Value };
}
