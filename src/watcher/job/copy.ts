import { COPY_ATTRIBUTE, readCopyMark, type CopyMark } from '../../contract/copy-mark';
import { ANEW_AFTER_FAILURE } from '../../contract/log-lines';
import { MIB } from '../../shared/sizes';
import type { Settlement } from '../settle/decide';
import type { MessageAttribute, ReceivedMessage } from '../queue/queue';
import type { Job } from './job';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html */
const MOST_ATTRIBUTES = 10;
const MOST_MESSAGE_BYTES = MIB;

/** Separates a message, as its sender sent it, from the mark. What no watcher wrote is not taken for a mark. */
export function takeMark(message: ReceivedMessage): {
  received: ReceivedMessage;
  mark: CopyMark | undefined;
} {
  const { [COPY_ATTRIBUTE]: attribute, ...attributes } = message.attributes;
  if (attribute === undefined) return { received: message, mark: undefined };
  // SQS's sum covers the mark, too, which is no longer there.
  const md5 = { ...message.md5, attributes: undefined };
  return { received: { ...message, attributes, md5 }, mark: readCopyMark(attribute.Value) };
}

export const markAttribute = (mark: CopyMark): MessageAttribute => ({
  Type: 'String',
  Value: JSON.stringify(mark),
});

/** SQS counts attributes as part of the message. */
function hasRoomForMark({ body, attributes }: ReceivedMessage, mark: CopyMark): boolean {
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

/** How often SQS has delivered a message, and what it is a copy of. */
export type Counted = Pick<Job, 'messageId' | 'receives' | 'received' | 'copy' | 'sentAt'>;

export interface SendAnew {
  /** The copy's mark; undefined if the message has no room for one. */
  mark: CopyMark | undefined;
  why: string;
  /** Whether the message would go to the dead-letter queue next if no copy were sent. */
  isNeeded: boolean;
}

/**
 * SQS counts every receive and cannot count one less, and it does not tell the next watcher how the last receive ended. So
 * the watcher sends a copy, which says so, and whose count begins again:
 * - In its last receive, a message that was not tried, or that is to wait, is sent anew.
 * - Before that, a message that is to wait is sent anew once, as soon as it says so: from then on the copy is known to wait,
 *   and its further receives are as good as free. A message that is to come again at once, because a task was stopped,
 *   would lose its place to the backlog: it is sent anew only if half of its receives are used up.
 * - If the job of such a copy fails, another copy is sent, which no longer waits: it may fail `maxReceives` times.
 * Undefined: the message goes back as it is, or is deleted.
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
  return { mark, why: ANEW_AFTER_FAILURE };
}

function uncountedCopy(message: Counted, isAtOnce: boolean, maxReceives: number): Copy | undefined {
  const { receives, copy } = message;
  const counted = receives + (copy?.receives ?? 0);
  // The backoff begins with its shortest wait again, too.
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
