import { SQS } from '../config/limits';
import { deadLetterQueueName, queueName, topicName } from '../config/names';
import { policyDocument, ref } from './cloudformation';
import { keyId } from './encryption';
import { deadLetterQueueArn, queueArn, queueArnByName } from './queue-references';
import type { Resources } from './resource-types';
import { awakeTags } from './schedules';
import { permissionOf, senders } from './senders';
import { idOf, named, type Subject } from './subject';

/** The queue and the dead-letter queue, unless they exist already. */
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
    Properties: {
      QueueName: queueName(configuration.context, worker.name, fifo),
      ...common(subject),
      MessageRetentionPeriod: retention,
      VisibilityTimeout: visibilityTimeout,
      Tags: awakeTags(subject),
      DelaySeconds: delay === 0 ? undefined : delay,
      RedrivePolicy:
        deadLetterTargetArn === undefined ? undefined : { deadLetterTargetArn, maxReceiveCount: maxReceives },
    },
  });
}

function deadLetterQueue(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { fifo } = worker.queue;
  return named(subject, 'deadLetterQueue', {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: deadLetterQueueName(configuration.context, worker.name, fifo),
      ...common(subject),
      // As long as SQS allows: the age of a message counts from when it was first sent.
      MessageRetentionPeriod: SQS.maxRetentionSeconds,
      // By name: the queue refers to this one, so a reference to the queue would be a circle.
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [queueArnByName(subject)] },
    },
  });
}

/** What both queues have. */
function common(subject: Subject) {
  const { fifo } = subject.worker.queue;
  const key = keyId(subject);
  return {
    // CloudFormation accepts `FifoQueue: true` or none, but not `false`.
    FifoQueue: fifo ? true : undefined,
    ContentBasedDeduplication: fifo ? true : undefined,
    SqsManagedSseEnabled: key === undefined ? true : undefined,
    KmsMasterKeyId: key,
  };
}

/** Lets just the worker's own event sources send to the queue. */
export function queuePolicy(subject: Subject): Resources {
  const all = senders(subject);
  if (all.length === 0) return {};
  const what = { Action: 'sqs:SendMessage', Resource: queueArn(subject) };
  return named(subject, 'queuePolicy', {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(idOf(subject, 'queue'))],
      PolicyDocument: policyDocument(all.map((sender) => permissionOf(sender, what, ({ arn }) => arn))),
    },
  });
}

/** The topic in front of the queue, and its subscription. */
export function topic(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (worker.topic !== true) return {};
  const { fifo } = worker.queue;
  return {
    ...named(subject, 'topic', {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: topicName(configuration.context, worker.name, fifo),
        FifoTopic: fifo ? true : undefined,
        ContentBasedDeduplication: fifo ? true : undefined,
        KmsMasterKeyId: keyId(subject),
        MaximumMessageSize: worker.maxMessageSize,
      },
    }),
    ...named(subject, 'subscription', {
      Type: 'AWS::SNS::Subscription',
      // SNS drops messages that it is not allowed to deliver: the permission must exist first.
      DependsOn: idOf(subject, 'queuePolicy'),
      Properties: { Protocol: 'sqs', TopicArn: ref(idOf(subject, 'topic')), Endpoint: queueArn(subject) },
    }),
  };
}
