import { describe, expect, it } from '@jest/globals';
import { ownArn, single } from './support';

describe('a standard queue', () => {
  const { of } = single();

  it('is as in Watchbot: 14 days, ten receives, and encrypted besides', () => {
    expect(of('queue')).toEqual({
      QueueName: 'tiles-dev-WatchbotQueue',
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 180,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['WatchbotDeadLetterQueue', 'Arn'] },
        maxReceiveCount: 10,
      },
      Tags: [{ Key: 'watchbot:worker', Value: 'tiles-dev-Watchbot' }],
    });
  });

  it('has a dead-letter queue that takes messages from it alone', () => {
    expect(of('deadLetterQueue')).toEqual({
      QueueName: 'tiles-dev-WatchbotDeadLetterQueue',
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [ownArn('sqs', of('queue').QueueName as string)],
      },
    });
  });

  it('has what its keys say', () => {
    const queue = { visibilityTimeout: 60, retention: 3_600, maxReceives: 3, delay: 5 };
    const tuned = single({ queue });
    expect(tuned.of('queue')).toMatchObject({
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 3_600,
      DelaySeconds: 5,
      RedrivePolicy: { maxReceiveCount: 3 },
    });
  });

  it('keeps dead letters for 14 days, however short its own retention is: their age counts from the first sending', () => {
    const { of: tuned } = single({ queue: { retention: 3_600 } });
    expect(tuned('deadLetterQueue')).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
  });
});

describe('a FIFO queue', () => {
  const fifo = { FifoQueue: true, ContentBasedDeduplication: true };

  it('has a FIFO dead-letter queue, and no topic', () => {
    const { of, has } = single({ queue: { fifo: true } });
    expect(of('queue')).toMatchObject({ ...fifo, QueueName: 'tiles-dev-WatchbotQueue.fifo' });
    expect(of('deadLetterQueue')).toMatchObject({
      ...fifo,
      QueueName: 'tiles-dev-WatchbotDeadLetterQueue.fifo',
      RedriveAllowPolicy: { sourceQueueArns: [ownArn('sqs', 'tiles-dev-WatchbotQueue.fifo')] },
    });
    expect([has('topic'), has('subscription'), has('queuePolicy')]).toEqual([false, false, false]);
  });

  it('may have a FIFO topic', () => {
    const { of } = single({ queue: { fifo: true }, topic: true });
    expect(of('topic')).toEqual({
      TopicName: 'tiles-dev-WatchbotTopic.fifo',
      FifoTopic: true,
      ContentBasedDeduplication: true,
    });
    expect(of('subscription')).toMatchObject({ Protocol: 'sqs', TopicArn: { Ref: 'WatchbotTopic' } });
  });

  it('may stall rather than skip: no dead-letter queue, alarm or output of one', () => {
    const { of, has, Outputs } = single({ queue: { fifo: true, deadLetter: false } });
    expect(of('queue')).not.toHaveProperty('RedrivePolicy');
    expect([has('deadLetterQueue'), has('deadLetterAlarm')]).toEqual([false, false]);
    expect(Object.keys(Outputs)).toEqual(['ClusterArn', 'WatchbotQueueUrl', 'WatchbotLogGroup']);
  });
});

describe('a topic', () => {
  const { of } = single();
  const topic = { Ref: 'WatchbotTopic' };
  const queueArn = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };

  it('is in front of the queue', () => {
    expect(of('topic')).toEqual({ TopicName: 'tiles-dev-WatchbotTopic' });
    expect(of('subscription')).toEqual({ Protocol: 'sqs', TopicArn: topic, Endpoint: queueArn });
  });

  it('is subscribed to only once it may send', () => {
    expect(single().Resources.WatchbotQueueSubscription?.DependsOn).toBe('WatchbotQueuePolicy');
  });

  it('is the only one that may send to the queue, and may do nothing else', () => {
    expect(of('queuePolicy')).toEqual({
      Queues: [{ Ref: 'WatchbotQueue' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TopicSends',
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': topic } },
          },
        ],
      },
    });
  });

  it('can be left out', () => {
    const { has, Outputs } = single({ topic: false });
    expect([has('topic'), has('subscription'), has('queuePolicy')]).toEqual([false, false, false]);
    expect(Outputs).not.toHaveProperty('WatchbotTopicArn');
  });
});

it.each([
  [true, undefined],
  [{ maxMessageSize: '1MB' }, 1_048_576],
  [{ maxMessageSize: 1_024 }, 1_024],
])('a topic of %j takes messages of %d bytes', (topic, bytes) => {
  for (const fifo of [false, true]) {
    const { of } = single({ topic, queue: { fifo } });
    expect((of('topic') as { MaximumMessageSize?: number }).MaximumMessageSize).toBe(bytes);
  }
});
