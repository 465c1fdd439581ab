import { createHash } from 'node:crypto';
import type { MessageAttribute } from '../queue/queue';

/** As SQS sums up a body. */
export const md5OfBody = (body: string): string => createHash('md5').update(body).digest('hex');

export const isBinary = (dataType: string): boolean => dataType.startsWith('Binary');

/** What stands before a value, by its kind. */
const TRANSPORT = { text: Buffer.from([1]), binary: Buffer.from([2]) };

/**
 * As SQS sums up attributes: by name, each part behind its length. Undefined where there are none.
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
