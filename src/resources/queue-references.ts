import type { TextOrIntrinsic } from '../config/configuration';
import { queueName } from '../config/names';
import { arnOfName, getAtt, ref, sub } from './cloudformation';
import { ArnPart, partFrom } from './derived';
import { extendedName } from './extensions';
import { idOf, type ConfiguredWorker, type ReferredWorker } from './subject';

/** How the rest of the template refers to the queue and the dead-letter queue, whether they are made here or exist already. */

export function queueArn(subject: ReferredWorker): TextOrIntrinsic {
  return subject.worker.queue.arn ?? getAtt(idOf(subject, 'queue'), 'Arn');
}

/** The ARN made of the name, for resources that the queue itself depends on: a reference would be a circle. */
export function queueArnByName({ configuration, worker }: ConfiguredWorker): TextOrIntrinsic {
  const { arn, fifo } = worker.queue;
  const name =
    extendedName(worker, 'queue', 'QueueName') ?? queueName(configuration.context, worker.name, fifo);
  return arn ?? arnOfName('sqs', name);
}

export function queueUrl(subject: ReferredWorker): TextOrIntrinsic {
  const existing = subject.worker.queue.arn;
  return existing === undefined ? ref(idOf(subject, 'queue')) : urlOf(existing);
}

/** The account and the name, which make up the queue's path in SQS's API. */
export function queuePath(subject: ReferredWorker): { Account: TextOrIntrinsic; Queue: TextOrIntrinsic } {
  const existing = subject.worker.queue.arn;
  const Account = existing === undefined ? ref('AWS::AccountId') : partOf(existing, ArnPart.account);
  return { Account, Queue: queueNameOf(subject) };
}

/** The name, for the dimension of metrics. */
export function queueNameOf(subject: ReferredWorker): TextOrIntrinsic {
  const existing = subject.worker.queue.arn;
  if (existing === undefined) return getAtt(idOf(subject, 'queue'), 'QueueName');
  return partOf(existing, ArnPart.name);
}

/** The URL of the dead-letter queue; undefined if none is known. */
export function deadLetterQueueUrl(subject: ReferredWorker): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return ref(idOf(subject, 'deadLetterQueue'));
  return deadLetter === false ? undefined : urlOf(deadLetter);
}

/** Whether the plugin knows after how many receives SQS moves a message to the dead-letter queue. */
export function countsReceives({ worker: { queue } }: ReferredWorker): boolean {
  return queue.arn === undefined && queue.deadLetter !== false;
}

export function deadLetterQueueArn(subject: ReferredWorker): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return getAtt(idOf(subject, 'deadLetterQueue'), 'Arn');
  return deadLetter === false ? undefined : deadLetter;
}

export function deadLetterQueueNameOf(subject: ReferredWorker): TextOrIntrinsic | undefined {
  const { deadLetter } = subject.worker.queue;
  if (deadLetter === true) return getAtt(idOf(subject, 'deadLetterQueue'), 'QueueName');
  return deadLetter === false ? undefined : partOf(deadLetter, ArnPart.name);
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html */
function urlOf(queue: TextOrIntrinsic): TextOrIntrinsic {
  return sub('https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}', {
    Region: partOf(queue, ArnPart.region),
    Account: partOf(queue, ArnPart.account),
    Name: partOf(queue, ArnPart.name),
  });
}

/** If a rule of the configuration refuses the ARN, a part may be missing. */
function partOf(queue: TextOrIntrinsic, part: number): TextOrIntrinsic {
  return typeof queue === 'string' ? (queue.split(':')[part] ?? '') : partFrom(queue, part);
}
