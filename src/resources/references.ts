import type { TextOrIntrinsic } from '../config/configuration';
import { getAtt, ref } from './cloudformation';
import { deadLetterQueueArn, deadLetterQueueUrl, queueArn, queueUrl } from './queue-references';
import { idOf, type ReferredWorker } from './subject';

/** What the rest of a service can refer to by `${watchbot:WORKER.NAME}`. */
export interface Reference {
  /** Undefined if the worker does not have it. */
  valueOf: (worker: ReferredWorker) => TextOrIntrinsic | undefined;
  /** What whoever is told of it is going to do. */
  action?: 'sqs:SendMessage' | 'sns:Publish';
}

/** The topic that is made here, or that is before an existing queue already. */
export function topicArn(subject: ReferredWorker): TextOrIntrinsic | undefined {
  const { topic } = subject.worker;
  if (topic === true) return ref(idOf(subject, 'topic'));
  return topic === false ? undefined : topic;
}

/** By `NAME`. */
export const REFERENCES = {
  queueUrl: { valueOf: queueUrl, action: 'sqs:SendMessage' },
  queueArn: { valueOf: queueArn, action: 'sqs:SendMessage' },
  topicArn: { valueOf: topicArn, action: 'sns:Publish' },
  deadLetterQueueUrl: { valueOf: deadLetterQueueUrl },
  deadLetterQueueArn: { valueOf: deadLetterQueueArn },
  logGroup: { valueOf: (subject) => ref(idOf(subject, 'logGroup')) },
  progressTable: {
    valueOf: (subject) =>
      subject.worker.reduce === undefined ? undefined : getAtt(idOf(subject, 'progressTable'), 'Arn'),
  },
} satisfies Record<string, Reference>;

export type ReferenceName = keyof typeof REFERENCES;
export const REFERENCE_NAMES = Object.keys(REFERENCES) as readonly ReferenceName[];

export function referenceTo(worker: ReferredWorker, name: ReferenceName): TextOrIntrinsic | undefined {
  return REFERENCES[name].valueOf(worker);
}
