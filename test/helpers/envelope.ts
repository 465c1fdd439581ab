import type { MessageAttribute } from '../../src/watcher/queue/queue';

/**
 * The envelope that SNS writes to a queue around a message, in ASCII. Only inside an envelope can a worker get
 * characters that SQS refuses in a body, such as NUL or half of a surrogate pair.
 */
export function envelopeOf(
  message: string,
  more: {
    Subject?: string | undefined;
    MessageAttributes?: Record<string, MessageAttribute>;
    MessageId?: string;
  } = {},
): string {
  const envelope = {
    Type: 'Notification',
    MessageId: 'e1f2a3b4-0000-4000-8000-000000000000',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    Message: message,
    Timestamp: '2026-11-24T08:00:00.000Z',
    ...more,
  };
  return JSON.stringify(envelope).replace(/[^ -~]/g, escaped);
}

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
