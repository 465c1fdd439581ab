import { SQS } from '../../config/limits';
import { deadLetterQueueName, queueName } from '../../config/names';
import { compact, type Resources } from '../cloudformation';
import { awakeTags } from './awake';
import { keyId } from './encryption';
import { deadLetterQueueArn, queueArnByName } from './queue-references';
import { named, type Subject } from './subject';

/** The queue, and the dead-letter queue, where they are made. */
export function queue(subject: Subject): Resources {
  const { arn, deadLetter } = subject.worker.queue;
  return {
    ...(arn === undefined ? mainQueue(subject) : {}),
    ...(deadLetter === true ? deadLetterQueue(subject) : {}),
  };
}

function mainQueue(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { fifo, visibilityTimeout, retention, delay, maxReceives } = worker.queue;
  const deadLetterTargetArn = deadLetterQueueArn(subject);
  return named(subject, 'queue', {
    Type: 'AWS::SQS::Queue',
    Properties: compact({
      QueueName: queueName(configuration.context, worker.name, fifo),
      ...common(subject),
      MessageRetentionPeriod: retention,
      VisibilityTimeout: visibilityTimeout,
      Tags: awakeTags(subject),
      DelaySeconds: delay === 0 ? undefined : delay,
      RedrivePolicy:
        deadLetterTargetArn === undefined ? undefined : { deadLetterTargetArn, maxReceiveCount: maxReceives },
    }),
  });
}

function deadLetterQueue(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { fifo } = worker.queue;
  return named(subject, 'deadLetterQueue', {
    Type: 'AWS::SQS::Queue',
    Properties: compact({
      QueueName: deadLetterQueueName(configuration.context, worker.name, fifo),
      ...common(subject),
      // As long as SQS can: a message is as old there as when it was first sent.
      MessageRetentionPeriod: SQS.maxRetentionSeconds,
      // By name, since a reference to the queue, which refers to this one, would be a circle.
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [queueArnByName(subject)] },
    }),
  });
}

function common(subject: Subject) {
  const { fifo } = subject.worker.queue;
  const key = keyId(subject);
  return {
    // CloudFormation knows `FifoQueue: true` or none.
    FifoQueue: fifo ? true : undefined,
    ContentBasedDeduplication: fifo ? true : undefined,
    SqsManagedSseEnabled: key === undefined ? true : undefined,
    KmsMasterKeyId: key,
  };
}
