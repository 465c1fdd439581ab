import type { Job } from '../../src/watcher/job/job';
import type { ReceivedMessage } from '../../src/watcher/queue/queue';

export function testMessage(more: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const { messageId = 'm1' } = more;
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body: 'hello',
    systemAttributes: {},
    attributes: {},
    md5: { body: '5d41402abc4b2a76b9719d911017c592', attributes: undefined },
    ...more,
  };
}

export function testJob(more: Partial<Job> = {}): Job {
  const { messageId = 'm1' } = more;
  return {
    messageId,
    received: testMessage({ messageId }),
    copy: undefined,
    receiptHandle: `handle-${messageId}`,
    body: 'hello',
    subject: undefined,
    attributes: {},
    topicMessageId: undefined,
    receives: 1,
    sentAt: new Date(1_000_000),
    firstReceivedAt: new Date(1_000_000),
    receivedAtMs: 1_000_000,
    groupId: undefined,
    traceHeader: undefined,
    ...more,
  };
}
