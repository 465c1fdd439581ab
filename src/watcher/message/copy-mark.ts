import { parseObject } from '../../shared/json';
import type { MessageAttribute, ReceivedMessage } from '../queue/queue';

/** What a message that was sent anew says of the one that it is a copy of. */
export interface CopyMark {
  /** Of the message that was sent first. */
  messageId: string;
  sentAtMs: number;
  /** Of the last one before it, as far as they count for the backoff. */
  receives: number;
  /** Receives of the copy may have been no tries: that they are used up does not say that its job failed so often. */
  isWaiting: boolean;
}

/** The attribute in which it travels, beside the sender's own. */
export const COPY_ATTRIBUTE = 'watchbot-copy';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html */
const MOST_ATTRIBUTES = 10;
const MOST_MESSAGE_BYTES = 1_048_576;

/** The message as its sender sent it, and the mark apart from it. What somebody else has put there is no mark. */
export function takeMark(message: ReceivedMessage): {
  received: ReceivedMessage;
  mark: CopyMark | undefined;
} {
  const { [COPY_ATTRIBUTE]: attribute, ...attributes } = message.attributes;
  if (attribute === undefined) return { received: message, mark: undefined };
  // Its sum is over what is no longer there.
  const md5 = { ...message.md5, attributes: undefined };
  return { received: { ...message, attributes, md5 }, mark: readMark(attribute) };
}

export const markAttribute = (mark: CopyMark): MessageAttribute => ({
  Type: 'String',
  Value: JSON.stringify(mark),
});

function readMark({ Value }: MessageAttribute): CopyMark | undefined {
  const { messageId, sentAtMs, receives, isWaiting } = parseObject(Value) ?? {};
  const isMark =
    typeof messageId === 'string' && isCount(sentAtMs) && isCount(receives) && typeof isWaiting === 'boolean';
  return isMark ? { messageId, sentAtMs, receives, isWaiting } : undefined;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** SQS counts attributes as part of the message. */
export function hasRoomForMark({ body, attributes }: ReceivedMessage, mark: CopyMark): boolean {
  const own = Object.entries(attributes);
  if (own.length >= MOST_ATTRIBUTES) return false;
  const all = [...own, [COPY_ATTRIBUTE, markAttribute(mark)] as const];
  const bytes = all.reduce(
    (sum, [name, { Type, Value }]) => sum + bytesOf(name) + bytesOf(Type) + bytesOf(Value),
    bytesOf(body),
  );
  return bytes <= MOST_MESSAGE_BYTES;
}

const bytesOf = (text: string) => Buffer.byteLength(text);
