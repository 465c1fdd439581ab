import type { CopyMark } from '../../contract/copy-mark';
import { readEnvelope, type Envelope } from '../../shared/envelope';
import { parseObject } from '../../shared/json';
import type { MessageAttribute, ReceivedMessage } from '../queue/queue';
import { takeMark } from './copy';

/** A message as its worker and the log see it. */
export interface Job extends Content {
  /** The message as its sender sent it, of which a copy can be made. */
  received: ReceivedMessage;
  messageId: string;
  receiptHandle: string;
  /** Present if the message is a copy that a watcher has sent. */
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

/** @param open takes apart what the sender sent */
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

/** Undefined rather than an invalid date, which would fail when it is written. */
function dateOf(milliseconds: string | undefined): Date | undefined {
  const date = new Date(wholeNumber(milliseconds) ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What was sent, whether it came straight to the queue or through a topic. */
interface Content {
  body: string;
  subject: string | undefined;
  attributes: Readonly<Record<string, MessageAttribute>>;
  /** The id that the topic gave to the sender. */
  topicMessageId: string | undefined;
}

/**
 * Takes a message apart. Never throws, whatever is in it: JSON is parsed without a stack, however deep it nests, and nothing
 * here follows it down again.
 */
export type Open = (message: ReceivedMessage) => Content;

/** One way to take a message apart; undefined if the message is not of its kind. */
type Rule = (message: ReceivedMessage) => Content | undefined;

/** Takes a message apart by the first rule that knows its kind. If none does, the body is what was sent. */
function openBy(rules: readonly Rule[]): Open {
  return (message) => {
    for (const rule of rules) {
      const content = rule(message);
      if (content !== undefined) return content;
    }
    return asItCame(message);
  };
}

/** For a command, which gets text and subject without what wraps them. */
export const openForCommand: Open = openBy([fromTopic, fromSubjectAndMessage]);

/** For a command that was written for Watchbot, which takes apart any JSON with a subject, and nothing else. */
export const openAsWatchbot: Open = openBy([fromAnySubject]);

/**
 * For a handler, which gets what Lambda would give it: a message of any other topic comes in its envelope, as the user
 * asked. The plugin's own topic is there unasked, so its messages come without the envelope.
 * @param ownTopicArn undefined if there is no such topic
 */
export function openForHandler(ownTopicArn: string | undefined): Open {
  return openBy([
    (message) => {
      const envelope = readEnvelope(message.body);
      if (envelope === undefined) return undefined;
      return envelope.topicArn === ownTopicArn
        ? contentOf(envelope)
        : { ...asItCame(message), topicMessageId: idOf(envelope) };
    },
  ]);
}

const asItCame = ({ body, attributes }: ReceivedMessage): Content => ({
  body,
  subject: undefined,
  attributes,
  topicMessageId: undefined,
});

/** Takes a message out of SNS's envelope, with or without a subject. */
function fromTopic({ body }: ReceivedMessage): Content | undefined {
  const envelope = readEnvelope(body);
  return envelope === undefined ? undefined : contentOf(envelope);
}

const contentOf = (envelope: Envelope): Content => ({
  body: envelope.message,
  subject: envelope.subject,
  attributes: envelope.attributes,
  topicMessageId: idOf(envelope),
});

const idOf = ({ messageId }: Envelope) => (TOPIC_MESSAGE_ID.test(messageId) ? messageId : undefined);

/**
 * Takes apart `{"Subject": …, "Message": …}`, sent straight to the queue. Watchbot takes apart any JSON with a subject, and
 * so a message can have one without a topic. Here nothing else may be in it, so that no other JSON loses anything.
 */
function fromSubjectAndMessage(message: ReceivedMessage): Content | undefined {
  const { body } = message;
  // Most bodies have no such keys: do not parse a megabyte to find out.
  if (!body.includes('"Subject"') || !body.includes('"Message"')) return undefined;
  const value = parseObject(body.replace(LEADING_SPACE, ''));
  if (value === undefined || Object.keys(value).length !== PAIR_KEYS) return undefined;
  const { Subject, Message } = value;
  if (typeof Subject !== 'string' || typeof Message !== 'string') return undefined;
  return { ...asItCame(message), body: Message, subject: Subject };
}

/**
 * SNS's envelope, or JSON that a sender wrote: what stands beside subject and message is left out. What comes by a topic
 * without a subject keeps its envelope.
 */
function fromAnySubject(message: ReceivedMessage): Content | undefined {
  const envelope = fromTopic(message);
  if (envelope !== undefined) return envelope.subject ? envelope : { ...envelope, body: message.body };
  if (!message.body.includes('"Subject"') || !message.body.includes('"Message"')) return undefined;
  const { Subject, Message } = parseObject(message.body.replace(LEADING_SPACE, '')) ?? {};
  if (typeof Subject !== 'string' || Subject === '' || typeof Message !== 'string') return undefined;
  return { ...asItCame(message), body: Message, subject: Subject };
}

const PAIR_KEYS = 2;

/** White space as JSON has it. */
const LEADING_SPACE = /^[ \t\r\n]+/;

/** The id stands in a line that the watcher writes: whoever forges an envelope must not be able to write there. */
const TOPIC_MESSAGE_ID = /^[\w-]{1,64}$/;
