import type { MessageAttribute } from '../../src/watcher/queue/queue';

/**
 * A message as SNS would write it to a queue, in ASCII: characters that SQS refuses in a body, such as NUL or half of a
 * pair, come to a worker only this way.
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
