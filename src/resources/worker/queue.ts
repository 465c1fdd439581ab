import { deadLetterQueueName, queueName } from '../../config/names';
import { arn, compact, getAtt, type Resources } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

/** The queue, and the dead-letter queue where there is one. */
export function queue(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { queue: settings } = worker;
  const RedrivePolicy = settings.deadLetter
    ? {
        deadLetterTargetArn: getAtt(idOf(subject, 'deadLetterQueue'), 'Arn'),
        maxReceiveCount: settings.maxReceives,
      }
    : undefined;
  return {
    ...named(subject, 'queue', {
      Type: 'AWS::SQS::Queue',
      Properties: compact({
        QueueName: queueName(configuration.context, worker.name, settings.fifo),
        ...common(subject),
        VisibilityTimeout: settings.visibilityTimeout,
        DelaySeconds: settings.delay === 0 ? undefined : settings.delay,
        RedrivePolicy,
      }),
    }),
    ...(settings.deadLetter ? deadLetterQueue(subject) : {}),
  };
}

function deadLetterQueue(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { fifo } = worker.queue;
  // By name, since a reference to the queue, which refers to this one, would be a circle.
  const source = arn('sqs', queueName(configuration.context, worker.name, fifo));
  return named(subject, 'deadLetterQueue', {
    Type: 'AWS::SQS::Queue',
    Properties: compact({
      QueueName: deadLetterQueueName(configuration.context, worker.name, fifo),
      ...common(subject),
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [source] },
    }),
  });
}

function common({ worker: { queue: settings } }: Subject) {
  return {
    // CloudFormation knows `FifoQueue: true` or none.
    FifoQueue: settings.fifo ? true : undefined,
    ContentBasedDeduplication: settings.fifo ? true : undefined,
    MessageRetentionPeriod: settings.retention,
    SqsManagedSseEnabled: true,
  };
}
