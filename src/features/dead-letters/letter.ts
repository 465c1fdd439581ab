import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { COPY_ATTRIBUTE, readCopyMark, type CopyMark } from '../../contract/copy-mark';
import { readEnvelope, type Envelope } from '../../shared/envelope';

/** A message of a dead-letter queue, as it was received. */
export interface Letter {
  id: string;
  /** For this receive only. */
  receiptHandle: string;
  body: string;
  /** Undefined if it did not come by a topic. */
  envelope: Envelope | undefined;
  /** Undefined if the watcher has not sent it anew. */
  copyOf: Pick<CopyMark, 'messageId' | 'sentAtMs'> | undefined;
  /** In a FIFO queue: when it came into this queue. */
  sentAt: Date;
  /**
   * When SQS deletes it: so long after `sentAt` as the dead-letter queue keeps messages; undefined if that is not known.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
   */
  expiresAt: Date | undefined;
  /** Looks at the dead letter included. */
  receives: number;
  /** Body and attributes, as SQS counts them. */
  sizeBytes: number;
  groupId: string | undefined;
  traceHeader: string | undefined;
  /** ARN of the queue that it came from, if SQS says so: several queues may share a dead-letter queue. */
  sourceArn: string | undefined;
  attributes: Readonly<Record<string, MessageAttributeValue>>;
}

/** @param retentionSeconds for which its queue keeps messages */
export function readLetter(message: Message, retentionSeconds?: number): Letter {
  const { MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes = {} } = message;
  const system: Partial<Record<string, string>> = message.Attributes ?? {};
  const sentAtMs = Number(system.SentTimestamp ?? 0);
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    envelope: readEnvelope(Body),
    copyOf: readCopyMark(MessageAttributes[COPY_ATTRIBUTE]?.StringValue ?? ''),
    sentAt: new Date(sentAtMs),
    expiresAt: expiryOf(sentAtMs, retentionSeconds),
    receives: Number(system.ApproximateReceiveCount ?? 0),
    sizeBytes: sizeOf(Body, MessageAttributes),
    groupId: system.MessageGroupId,
    traceHeader: system.AWSTraceHeader,
    sourceArn: system.DeadLetterQueueSourceArn,
    attributes: MessageAttributes,
  };
}

const expiryOf = (sentAtMs: number, retentionSeconds: number | undefined) =>
  retentionSeconds === undefined ? undefined : new Date(sentAtMs + retentionSeconds * 1000);

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
function sizeOf(body: string, attributes: Readonly<Record<string, MessageAttributeValue>>): number {
  const ofAttributes = Object.entries(attributes).map(
    ([name, { DataType = '', StringValue = '', BinaryValue }]) =>
      Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
  );
  return ofAttributes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}

/**
 * All ids that anybody may know it by: its own, which a queue's `send` has printed; the topic's; and that of the message
 * of which it is a copy.
 */
export const idsOf = ({ id, envelope, copyOf }: Letter): string[] => [
  ...new Set([id, envelope?.messageId, copyOf?.messageId].filter((each) => each !== undefined)),
];

/** What the sender wrote, without the topic's envelope. */
export const textOf = ({ body, envelope }: Letter): string => envelope?.message ?? body;

/** The value of an attribute, as the sender gave it. */
function attributeOf({ attributes, envelope }: Letter, name: string): string | undefined {
  return attributes[name]?.StringValue ?? envelope?.attributes[name]?.Value;
}

/** Which dead letters are meant; all conditions must hold. */
export interface LetterFilter {
  olderThanMs?: number | undefined;
  newerThanMs?: number | undefined;
  /** Part of the body; capitals and small letters are told apart. */
  contains?: string | undefined;
  attributes?: readonly (readonly [name: string, value: string])[] | undefined;
}

export function isFiltering({ olderThanMs, newerThanMs, contains, attributes = [] }: LetterFilter): boolean {
  return [olderThanMs, newerThanMs, contains].some((each) => each !== undefined) || attributes.length > 0;
}

/** @param nowMs what ages are counted from */
export function matches(filter: LetterFilter, letter: Letter, nowMs: number): boolean {
  const { olderThanMs = -Infinity, newerThanMs = Infinity, contains = '', attributes = [] } = filter;
  const ageMs = nowMs - letter.sentAt.getTime();
  return (
    ageMs > olderThanMs &&
    ageMs < newerThanMs &&
    (letter.body.includes(contains) || textOf(letter).includes(contains)) &&
    attributes.every(([name, value]) => attributeOf(letter, name) === value)
  );
}
