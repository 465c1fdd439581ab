import { createHash } from 'node:crypto';
import { mapValues } from '../../shared/json';
import type { MessageAttribute } from '../queue/queue';
import type { Job } from './job';

/** Where messages come from, as an event names it. */
export interface EventSource {
  queueArn: string;
  region: string;
}

/** An attribute that SQS itself does not have: the event has no other place for a subject. */
const SUBJECT = 'Subject';

/**
 * The event of Lambda's SQS integration, as JSON: messages as SQS delivered them. A message that the plugin's own topic
 * wrapped looks as if its sender had sent it to the queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function sqsEvent(
  jobs: readonly Pick<Job, 'received' | 'body' | 'attributes' | 'subject'>[],
  { queueArn, region }: EventSource,
): string {
  const records = jobs.map(({ received, body, attributes, subject }) => {
    // A body that was taken out of an envelope differs from the envelope.
    const isWhole = body === received.body;
    return {
      messageId: received.messageId,
      receiptHandle: received.receiptHandle,
      body,
      attributes: { ...received.systemAttributes, ...(subject !== undefined && { [SUBJECT]: subject }) },
      messageAttributes: mapValues(attributes, eventAttribute),
      // Without attributes Lambda leaves it out.
      md5OfMessageAttributes: isWhole ? received.md5.attributes : md5OfAttributes(attributes),
      md5OfBody: isWhole ? received.md5.body : md5OfBody(body),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    };
  });
  return JSON.stringify({ Records: records });
}

function eventAttribute({ Type, Value }: MessageAttribute) {
  const value = isBinary(Type) ? { binaryValue: Value } : { stringValue: Value };
  return { ...value, stringListValues: [], binaryListValues: [], dataType: Type };
}

/** SQS's checksum of a body. */
const md5OfBody = (body: string): string => createHash('md5').update(body).digest('hex');

const isBinary = (dataType: string): boolean => dataType.startsWith('Binary');

/** The byte before a value, by its kind. */
const TRANSPORT = { text: Buffer.from([1]), binary: Buffer.from([2]) };

/**
 * SQS's checksum of attributes: in the order of their names, each field after its length. Undefined if there are none.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (part: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of names) {
    const { Type, Value } = attributes[name]!;
    add(Buffer.from(name));
    add(Buffer.from(Type));
    hash.update(isBinary(Type) ? TRANSPORT.binary : TRANSPORT.text);
    add(isBinary(Type) ? Buffer.from(Value, 'base64') : Buffer.from(Value));
  }
  return hash.digest('hex');
}
