import { MIB } from '../../shared/sizes';
import { parseObject } from '../../shared/json';
import type { Settlement } from '../settle/decide';
import type { MessageAttribute, ReceivedMessage } from '../queue/queue';
import type { Job } from './job';

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
const MOST_MESSAGE_BYTES = MIB;

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

/** What SQS has counted of a message, and what came before it. */
export type Counted = Pick<Job, 'messageId' | 'receives' | 'received' | 'copy' | 'sentAt'>;

export interface SendAnew {
  /** Of the copy; undefined where the message has no room for it. */
  mark: CopyMark | undefined;
  why: string;
  /** Without it the message would go to the dead-letter queue next. */
  isNeeded: boolean;
}

/**
 * SQS counts every receive and cannot count back, nor does it tell the next watcher how the last receive ended. So what
 * is to be known goes with a copy, whose count begins anew:
 * - In its last receive what was not tried, or is to wait, is sent anew.
 * - Before that, what is to wait is sent anew as soon as it says so, once: from then on the copy is known to wait, and
 *   its further receives are as good as free. What is to come at once (a task was stopped) would lose its place behind
 *   the backlog: that is done only where half of its receives are used up.
 * - When the job of such a copy fails, another one is sent, which no longer waits: it has all of `maxReceives` to fail.
 * Undefined: it goes back as it is, or is deleted.
 */
export function whenToSendAnew(
  message: Counted,
  settlement: Settlement,
  maxReceives: number,
): SendAnew | undefined {
  if (settlement.action === 'delete' || maxReceives === Infinity) return undefined;
  const isNeeded = message.receives >= maxReceives;
  const copy = settlement.isCounted
    ? failedCopy(message)
    : uncountedCopy(message, settlement.afterSeconds === 0, maxReceives);
  return copy && (isNeeded || copy.mark !== undefined) ? { ...copy, isNeeded } : undefined;
}

type Copy = Pick<SendAnew, 'mark' | 'why'>;

function failedCopy(message: Counted): Copy | undefined {
  if (!message.copy?.isWaiting) return undefined;
  const mark = markOf(message, { receives: 0, isWaiting: false });
  return { mark, why: 'since not all of its receives were tries' };
}

function uncountedCopy(message: Counted, isAtOnce: boolean, maxReceives: number): Copy | undefined {
  const { receives, copy } = message;
  const counted = receives + (copy?.receives ?? 0);
  // It begins with the shortest wait again, too.
  if (counted >= maxReceives) {
    const mark = markOf(message, { receives: 0, isWaiting: true });
    return { mark, why: 'since its receives are used up' };
  }
  const isEarly = isAtOnce && receives * 2 <= maxReceives;
  if (copy?.isWaiting || isEarly) return undefined;
  return { mark: markOf(message, { receives, isWaiting: true }), why: 'since this receive is not to count' };
}

function markOf(
  { messageId, sentAt, copy, received }: Counted,
  more: Pick<CopyMark, 'receives' | 'isWaiting'>,
): CopyMark | undefined {
  const mark = { messageId: copy?.messageId ?? messageId, sentAtMs: sentAt.getTime(), ...more };
  return hasRoomForMark(received, mark) ? mark : undefined;
}
