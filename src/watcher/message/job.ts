import type { ReceivedMessage } from '../queue/queue';
import type { Content } from './envelope';

/** A message as a worker and the log see it. */
export interface Job extends Content {
  /** As it came, for a copy of it. */
  received: ReceivedMessage;
  messageId: string;
  receiptHandle: string;
  /** How often the message has been received, this time included. */
  receives: number;
  sentAt: Date;
  firstReceivedAt: Date;
  /** When this watcher received it: SQS's 12 hours count from here. */
  receivedAtMs: number;
  groupId: string | undefined;
  traceHeader: string | undefined;
}

/** @param content what was taken out of it */
export function toJob(message: ReceivedMessage, content: Content, receivedAtMs: number): Job {
  const { systemAttributes: attributes } = message;
  return {
    ...content,
    received: message,
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    receives: wholeNumber(attributes.ApproximateReceiveCount) ?? 1,
    sentAt: dateOf(attributes.SentTimestamp) ?? new Date(receivedAtMs),
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
