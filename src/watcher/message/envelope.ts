import type { MessageAttribute, ReceivedMessage } from '../queue/queue';

/** What was sent, whichever way it came: straight to the queue, or through a topic. */
export interface Content {
  body: string;
  subject: string | undefined;
  attributes: Readonly<Record<string, MessageAttribute>>;
  /** The id that the topic gave its sender. */
  topicMessageId: string | undefined;
}

/**
 * Takes a message out of SNS's envelope, with or without a subject. What only looks like an envelope is a body.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function unwrap({ body, attributes }: ReceivedMessage): Content {
  const envelope = parseEnvelope(body);
  if (envelope === undefined) return { body, subject: undefined, attributes, topicMessageId: undefined };
  return {
    body: envelope.Message,
    subject: typeof envelope.Subject === 'string' ? envelope.Subject : undefined,
    attributes: attributesOf(envelope.MessageAttributes),
    topicMessageId: TOPIC_MESSAGE_ID.test(envelope.MessageId) ? envelope.MessageId : undefined,
  };
}

/** It stands in a line of the watcher's own: whoever writes an envelope must not have the word there. */
const TOPIC_MESSAGE_ID = /^[\w-]{1,64}$/;

interface Envelope {
  Type: 'Notification';
  Message: string;
  MessageId: string;
  TopicArn: string;
  Subject?: unknown;
  MessageAttributes?: unknown;
}

function parseEnvelope(body: string): Envelope | undefined {
  // Most bodies are no envelope: do not parse a megabyte to find out.
  if (!body.startsWith('{') || !body.includes('"TopicArn"')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isEnvelope(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { Type, Message, MessageId, TopicArn } = value as Record<string, unknown>;
  const texts = [Message, MessageId, TopicArn];
  return Type === 'Notification' && texts.every((text) => typeof text === 'string');
}

/** Anybody who may send to the queue can write an envelope: what SNS would not have written is left out. */
function attributesOf(value: unknown): Record<string, MessageAttribute> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, MessageAttribute] => isAttribute(entry[1])),
  );
}

function isAttribute(value: unknown): value is MessageAttribute {
  if (typeof value !== 'object' || value === null) return false;
  const { Type, Value } = value as Record<string, unknown>;
  return typeof Type === 'string' && typeof Value === 'string';
}
