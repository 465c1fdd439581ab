import type { ReceivedMessage } from '../queue/queue';
import { takeMark, type CopyMark } from './copy-mark';
import type { Content, Open } from './envelope';

/** A message as a worker and the log see it. */
export interface Job extends Content {
  /** As its sender sent it, for a copy of it. */
  received: ReceivedMessage;
  messageId: string;
  receiptHandle: string;
  /** Where it is a copy that a watcher has sent. */
  copy: CopyMark | undefined;
  /** How often the message has been received, this time included. */
  receives: number;
  sentAt: Date;
  firstReceivedAt: Date;
  /** When this watcher received it: SQS's 12 hours count from here. */
  receivedAtMs: number;
  groupId: string | undefined;
  traceHeader: string | undefined;
}

/** @param open takes apart what its sender sent */
export function toJob(message: ReceivedMessage, open: Open, receivedAtMs: number): Job {
  const { received, mark } = takeMark(message);
  const { systemAttributes: attributes } = received;
  return {
    ...open(received),
    received,
    copy: mark,
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    receives: wholeNumber(attributes.ApproximateReceiveCount) ?? 1,
    sentAt: dateOf(mark?.sentAtMs.toString() ?? attributes.SentTimestamp) ?? new Date(receivedAtMs),
    firstReceivedAt: dateOf(attributes.ApproximateFirstReceiveTimestamp) ?? new Date(receivedAtMs),
    receivedAtMs,
    groupId: attributes.MessageGroupId,
    traceHeader: attributes.AWSTraceHeader,
  };
}

/** No date at all, rather than one that fails when it is written. */
function dateOf(milliseconds: string | undefined): Date | undefined {
  const date = new Date(wholeNumber(milliseconds) ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
