import { describe, expect, it } from '@jest/globals';
import { readEnvelope } from '../../src/shared/envelope';

const ENVELOPE = {
  Type: 'Notification',
  MessageId: 'sns-1',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:topic',
  Message: 'hello',
};

describe("SNS's envelope", () => {
  it('has message, subject, attributes, and where it comes from', () => {
    const colour = { Type: 'String', Value: 'blue' };
    const body = JSON.stringify({ ...ENVELOPE, Subject: 'greeting', MessageAttributes: { colour } });
    expect(readEnvelope(body)).toEqual({
      message: 'hello',
      subject: 'greeting',
      attributes: { colour },
      topicArn: ENVELOPE.TopicArn,
      messageId: 'sns-1',
    });
  });

  it.each([
    ['text', 'hello'],
    ['a list', JSON.stringify([ENVELOPE])],
    ['cut off', JSON.stringify(ENVELOPE).slice(0, -1)],
    ['of another type', JSON.stringify({ ...ENVELOPE, Type: 'SubscriptionConfirmation' })],
    ...(['Type', 'MessageId', 'TopicArn', 'Message'] as const).flatMap((name): [string, string][] => [
      [`without ${name}`, JSON.stringify({ ...ENVELOPE, [name]: undefined })],
      [`with a number as ${name}`, JSON.stringify({ ...ENVELOPE, [name]: 5 })],
    ]),
  ])('is none: %s', (_name, body) => {
    expect(readEnvelope(body)).toBeUndefined();
  });
});
