import { describe, expect, it } from '@jest/globals';
import { openForCommand, toJob } from '../../../src/watcher/job/job';
import { testMessage } from '../../helpers/jobs';

const NOW_MS = 1_700_000_000_000;
const job = (systemAttributes: Record<string, string>) => {
  const message = testMessage({ systemAttributes });
  return toJob(message, openForCommand, NOW_MS);
};

describe('a job', () => {
  it('has what SQS says of its message', () => {
    const message = testMessage({
      systemAttributes: {
        ApproximateReceiveCount: '3',
        SentTimestamp: '1600000000000',
        ApproximateFirstReceiveTimestamp: '1600000001000',
        MessageGroupId: 'north',
        AWSTraceHeader: 'Root=1-2-3',
      },
      attributes: { colour: { Type: 'String', Value: 'blue' } },
    });
    expect(toJob(message, openForCommand, NOW_MS)).toEqual({
      messageId: 'm1',
      received: message,
      copy: undefined,
      receiptHandle: 'handle-m1',
      body: 'hello',
      subject: undefined,
      attributes: { colour: { Type: 'String', Value: 'blue' } },
      topicMessageId: undefined,
      receives: 3,
      sentAt: new Date(1_600_000_000_000),
      firstReceivedAt: new Date(1_600_000_001_000),
      receivedAtMs: NOW_MS,
      groupId: 'north',
      traceHeader: 'Root=1-2-3',
    });
  });

  it.each(['', 'x', '-1', '1.5', '1e3', ' 1', 'NaN', undefined])(
    'is taken as it comes where SQS says %p',
    (value) => {
      const systemAttributes: Record<string, string> =
        value === undefined
          ? {}
          : {
              ApproximateReceiveCount: value,
              SentTimestamp: value,
              ApproximateFirstReceiveTimestamp: value,
            };
      expect(job(systemAttributes)).toMatchObject({
        receives: 1,
        sentAt: new Date(NOW_MS),
        firstReceivedAt: new Date(NOW_MS),
      });
    },
  );

  it('that is a copy has what its sender sent, and when', () => {
    const mark = { messageId: 'first', sentAtMs: 1_600_000_000_000, receives: 2, isWaiting: true };
    const colour = { Type: 'String', Value: 'blue' };
    const { received, attributes, copy, sentAt, receives } = toJob(
      testMessage({
        systemAttributes: { ApproximateReceiveCount: '1', SentTimestamp: '1699999999999' },
        attributes: { colour, 'watchbot-copy': { Type: 'String', Value: JSON.stringify(mark) } },
        md5: { body: 'b', attributes: 'a' },
      }),
      openForCommand,
      NOW_MS,
    );
    expect({ attributes, copy, receives }).toEqual({ attributes: { colour }, copy: mark, receives: 1 });
    expect(sentAt).toEqual(new Date(1_600_000_000_000));
    expect(received).toMatchObject({ attributes: { colour }, md5: { body: 'b', attributes: undefined } });
  });

  it.each([
    '',
    'x',
    '[]',
    '{}',
    '{"messageId":1}',
    '{"messageId":"a","sentAtMs":-1,"receives":0.5,"isWaiting":1}',
  ])('is no copy by what somebody else has put there: %s', (Value) => {
    const { copy, attributes } = toJob(
      testMessage({ attributes: { 'watchbot-copy': { Type: 'String', Value } } }),
      openForCommand,
      NOW_MS,
    );
    expect({ copy, attributes }).toEqual({ copy: undefined, attributes: {} });
  });

  it('has a date that can be written, whatever the number', () => {
    const { sentAt } = job({ SentTimestamp: '9'.repeat(30) });
    expect(sentAt).toEqual(new Date(NOW_MS));
  });
});
