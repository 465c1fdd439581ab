import { topicName } from '../../config/names';
import { compact, ref, type Resources } from '../cloudformation';
import { keyId } from './encryption';
import { queueArn } from './queue-references';
import { idOf, named, type Subject } from './subject';

/** The topic in front of the queue, and its subscription. */
export function topic(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.topic) return {};
  const { fifo } = worker.queue;
  return {
    ...named(subject, 'topic', {
      Type: 'AWS::SNS::Topic',
      Properties: compact({
        TopicName: topicName(configuration.context, worker.name, fifo),
        FifoTopic: fifo ? true : undefined,
        ContentBasedDeduplication: fifo ? true : undefined,
        KmsMasterKeyId: keyId(subject),
      }),
    }),
    ...named(subject, 'subscription', {
      Type: 'AWS::SNS::Subscription',
      // SNS drops what it may not deliver: the leave must be there first.
      DependsOn: idOf(subject, 'queuePolicy'),
      Properties: { Protocol: 'sqs', TopicArn: ref(idOf(subject, 'topic')), Endpoint: queueArn(subject) },
    }),
  };
}
