import { queueName } from '../../config/names';
import type { TextOrIntrinsic } from '../../config/configuration';
import { arn, getAtt, ref, select, sub } from '../cloudformation';
import { idOf, type Target } from './subject';

/** What the rest of the template says of the queue, made here or existing. */

export function queueArn(subject: Target): TextOrIntrinsic {
  return subject.worker.queue.arn ?? getAtt(idOf(subject, 'queue'), 'Arn');
}

/** By its name, for what the queue itself depends on. */
export function queueArnByName(subject: Target): TextOrIntrinsic {
  const { configuration, worker } = subject;
  return worker.queue.arn ?? arn('sqs', queueName(configuration.context, worker.name, worker.queue.fifo));
}

export function queueUrl(subject: Target): TextOrIntrinsic {
  const existing = subject.worker.queue.arn;
  return existing === undefined ? ref(idOf(subject, 'queue')) : urlOf(existing);
}

/** The account and the name, of which its path in SQS's API is made. */
export function queuePath(subject: Target): { Account: TextOrIntrinsic; Queue: TextOrIntrinsic } {
  const existing = subject.worker.queue.arn;
  const Account = existing === undefined ? ref('AWS::AccountId') : partOf(existing, ArnPart.account);
  return { Account, Queue: queueNameOf(subject) };
}

/** For the dimension of metrics. */
export function queueNameOf(subject: Target): TextOrIntrinsic {
  const existing = subject.worker.queue.arn;
  if (existing === undefined) return getAtt(idOf(subject, 'queue'), 'QueueName');
  return partOf(existing, ArnPart.name);
}

/** The URL of the dead-letter queue; undefined where none is known. */
export function deadLetterQueueUrl(subject: Target): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return ref(idOf(subject, 'deadLetterQueue'));
  return deadLetter === false ? undefined : urlOf(deadLetter);
}

/** Whether it is known after how many receives a message goes to the dead-letter queue. */
export function countsReceives({ worker: { queue } }: Target): boolean {
  return queue.arn === undefined && queue.deadLetter !== false;
}

export function deadLetterQueueArn(subject: Target): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return getAtt(idOf(subject, 'deadLetterQueue'), 'Arn');
  return deadLetter === false ? undefined : deadLetter;
}

export function deadLetterQueueNameOf(subject: Target): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return getAtt(idOf(subject, 'deadLetterQueue'), 'QueueName');
  return deadLetter === false ? undefined : partOf(deadLetter, ArnPart.name);
}

/** `arn:aws:sqs:region:account:name` */
const ArnPart = { region: 3, account: 4, name: 5 } as const;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html */
function urlOf(queue: TextOrIntrinsic): TextOrIntrinsic {
  return sub('https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}', {
    Region: partOf(queue, ArnPart.region),
    Account: partOf(queue, ArnPart.account),
    Name: partOf(queue, ArnPart.name),
  });
}

/** Of a text that is no ARN, which a rule tells, a part may be lacking. */
function partOf(queue: TextOrIntrinsic, part: number): TextOrIntrinsic {
  return typeof queue === 'string' ? (queue.split(':')[part] ?? '') : select(part, { 'Fn::Split': [':', queue] });
}
