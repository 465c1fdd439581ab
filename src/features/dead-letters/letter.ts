import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { readEnvelope, type Envelope } from '../../shared/envelope';

/** A message of a dead-letter queue, as it was received. */
export interface Letter {
  id: string;
  /** For this receive only. */
  receiptHandle: string;
  body: string;
  /** Undefined where it did not come by a topic. */
  envelope: Envelope | undefined;
  /** In a FIFO queue: when it came into this queue. */
  sentAt: Date;
  /** Looks at it here included. */
  receives: number;
  /** Body and attributes, as SQS counts them. */
  sizeBytes: number;
  groupId: string | undefined;
  traceHeader: string | undefined;
  /** ARN of the queue that it came from, where SQS says so: several queues may share a dead-letter queue. */
  sourceArn: string | undefined;
  attributes: Readonly<Record<string, MessageAttributeValue>>;
}

export function readLetter(message: Message): Letter {
  const { MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes = {} } = message;
  const system: Partial<Record<string, string>> = message.Attributes ?? {};
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    envelope: readEnvelope(Body),
    sentAt: new Date(Number(system.SentTimestamp ?? 0)),
    receives: Number(system.ApproximateReceiveCount ?? 0),
    sizeBytes: sizeOf(Body, MessageAttributes),
    groupId: system.MessageGroupId,
    traceHeader: system.AWSTraceHeader,
    sourceArn: system.DeadLetterQueueSourceArn,
    attributes: MessageAttributes,
  };
}

/** What the sender wrote: a topic's envelope is none of it. */
export const textOf = ({ body, envelope }: Letter): string => envelope?.message ?? body;

/** The value of an attribute, as the sender gave it. */
export function attributeOf({ attributes, envelope }: Letter, name: string): string | undefined {
  return attributes[name]?.StringValue ?? envelope?.attributes[name]?.Value;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
function sizeOf(body: string, attributes: Readonly<Record<string, MessageAttributeValue>>): number {
  const ofAttributes = Object.entries(attributes).map(
    ([name, { DataType = '', StringValue = '', BinaryValue }]) =>
      Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
  );
  return ofAttributes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}
