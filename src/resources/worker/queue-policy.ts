import { policyDocument, ref, type Resources } from '../cloudformation';
import { queueArn } from './queue-references';
import { leaveOf, senders } from './senders';
import { idOf, named, type Subject } from './subject';

/** The queue's leave for just these sources to send. */
export function queuePolicy(subject: Subject): Resources {
  const all = senders(subject);
  if (all.length === 0) return {};
  const what = { Action: 'sqs:SendMessage', Resource: queueArn(subject) };
  return named(subject, 'queuePolicy', {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(idOf(subject, 'queue'))],
      PolicyDocument: policyDocument(all.map((sender) => leaveOf(sender, what, ({ arn }) => [arn]))),
    },
  });
}
