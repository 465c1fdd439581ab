import { isMap, parseObject } from './json';

/** What SNS wraps around a message that it delivers to a queue. */
export interface Envelope {
  message: string;
  subject: string | undefined;
  attributes: Readonly<Record<string, EnvelopeAttribute>>;
  topicArn: string;
  /** The id that the topic gave the sender. */
  messageId: string;
}

interface EnvelopeAttribute {
  Type: string;
  Value: string;
}

/**
 * Undefined if the body is no envelope; what only looks like one is a body. Never throws, whatever is in the body: JSON is
 * parsed without a stack, however deep it nests, and nothing here follows it down again.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function readEnvelope(body: string): Envelope | undefined {
  // Most bodies are no envelope: do not parse a megabyte to find out.
  if (!body.startsWith('{') || !body.includes('"TopicArn"')) return undefined;
  const { Type, Message, MessageId, TopicArn, Subject, MessageAttributes } = parseObject(body) ?? {};
  if (Type !== 'Notification') return undefined;
  if (typeof Message !== 'string' || typeof MessageId !== 'string' || typeof TopicArn !== 'string')
    return undefined;
  return {
    message: Message,
    subject: typeof Subject === 'string' ? Subject : undefined,
    attributes: attributesOf(MessageAttributes),
    topicArn: TopicArn,
    messageId: MessageId,
  };
}

/**
 * Anybody who may send to the queue can write an envelope: what SNS would not have written is left out, in an attribute
 * as among the attributes.
 */
function attributesOf(given: unknown): Record<string, EnvelopeAttribute> {
  if (!isMap(given)) return {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, attribute]) => {
      if (!isMap(attribute)) return [];
      const { Type, Value } = attribute;
      return typeof Type === 'string' && typeof Value === 'string' ? [[name, { Type, Value }]] : [];
    }),
  );
}
