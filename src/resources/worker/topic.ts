import { topicName } from '../../config/names';
import { compact, getAtt, policyDocument, ref, type Resources } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

/** The topic in front of the queue, its subscription, and the queue's leave for just this topic to send. */
export function topic(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.topic) return {};
  const { fifo } = worker.queue;
  const topicArn = ref(idOf(subject, 'topic'));
  const queueArn = getAtt(idOf(subject, 'queue'), 'Arn');
  return {
    ...named(subject, 'topic', {
      Type: 'AWS::SNS::Topic',
      Properties: compact({
        TopicName: topicName(configuration.context, worker.name, fifo),
        FifoTopic: fifo ? true : undefined,
        ContentBasedDeduplication: fifo ? true : undefined,
      }),
    }),
    ...named(subject, 'subscription', {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'sqs', TopicArn: topicArn, Endpoint: queueArn },
    }),
    ...named(subject, 'queuePolicy', {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref(idOf(subject, 'queue'))],
        PolicyDocument: policyDocument([
          {
            Sid: 'TopicSends',
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
          },
        ]),
      },
    }),
  };
}
