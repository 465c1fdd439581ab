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

/** The policy of whoever may send as everybody does, and nothing else, with leave to use the key that this takes. */
export const sendPolicy = (subject: ConfiguredWorker) =>
  policyOf(sendStatement(subject), keyStatements(subject, [subject.worker.topic ? 'sns' : 'sqs']));

/** The same, straight to the queue. */
export const queueSendPolicy = (subject: ConfiguredWorker) =>
  policyOf(queueSendStatement(subject), keyStatements(subject, ['sqs']));

const policyOf = (send: Statement, key: readonly Statement[]) => ({
  PolicyName: 'send',
  PolicyDocument: policyDocument([{ Sid: 'Send', ...send }, ...key]),
});
