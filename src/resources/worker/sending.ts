import { policyDocument, ref, type Statement } from '../cloudformation';
import { keyStatements } from './encryption';
import { queueArn } from './queue-references';
import { idOf, type ConfiguredWorker, type Target } from './subject';

/** Leave to send messages as everybody does: to the topic, or to the queue where there is none. */
export function sendStatement(subject: Target): Statement {
  return subject.worker.topic
    ? { Effect: 'Allow', Action: 'sns:Publish', Resource: ref(idOf(subject, 'topic')) }
    : queueSendStatement(subject);
}

/** Leave to send messages straight to the queue. */
export function queueSendStatement(subject: Target): Statement {
  return { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn(subject) };
}

/** The policy of whoever may send and nothing else, with leave to use the key that this takes. */
export function sendPolicy(subject: ConfiguredWorker, statement: Statement) {
  return {
    PolicyName: 'send',
    PolicyDocument: policyDocument([{ Sid: 'Send', ...statement }, ...keyStatements(subject)]),
  };
}
