import { ref, type Statement } from '../cloudformation';
import { queueArn } from './queue-references';
import { idOf, type Target } from './subject';

/** Leave to send messages as everybody does: to the topic, or to the queue where there is none. */
export function sendStatement(subject: Target): Statement {
  return subject.worker.topic
    ? { Effect: 'Allow', Action: 'sns:Publish', Resource: ref(idOf(subject, 'topic')) }
    : { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn(subject) };
}
