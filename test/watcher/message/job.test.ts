import { describe, expect, it } from '@jest/globals';
import { openForCommand } from '../../../src/watcher/message/envelope';
import { toJob } from '../../../src/watcher/message/job';
import { testMessage } from '../../helpers/jobs';

const NOW_MS = 1_700_000_000_000;
const job = (systemAttributes: Record<string, string>) => {
  const message = testMessage({ systemAttributes });
  return toJob(message, openForCommand(message), NOW_MS);
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
    expect(toJob(message, openForCommand(message), NOW_MS)).toEqual({
      messageId: 'm1',
      received: message,
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

  it('has a date that can be written, whatever the number', () => {
    const { sentAt } = job({ SentTimestamp: '9'.repeat(30) });
    expect(sentAt).toEqual(new Date(NOW_MS));
  });
});
