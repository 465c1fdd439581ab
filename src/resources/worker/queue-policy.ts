import { policyDocument, ref, type Resources } from '../cloudformation';
import { sourceCondition } from './encryption';
import { queueArn } from './queue-references';
import { senders } from './senders';
import { idOf, named, type Subject } from './subject';

/** The queue's leave for just these sources to send. */
export function queuePolicy(subject: Subject): Resources {
  const all = senders(subject);
  if (all.length === 0) return {};
  return named(subject, 'queuePolicy', {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(idOf(subject, 'queue'))],
      PolicyDocument: policyDocument(
        all.map(({ sid, service, source, isGlobal }) => ({
          Sid: sid,
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sqs:SendMessage',
          Resource: queueArn(subject),
          Condition: sourceCondition(source, isGlobal),
        })),
      ),
    },
  });
}
