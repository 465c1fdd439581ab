import type { WorkerInput } from './configuration';

/** What follows from several keys of a worker, for the rules and for whoever makes the choices. */

type QueueInput = WorkerInput['queue'];

const FIFO_SUFFIX = '.fifo';

/** The name of an existing queue says what it is. */
export function isFifo({ arn, fifo }: Pick<QueueInput, 'arn' | 'fifo'>): boolean {
  return typeof arn === 'string' ? arn.endsWith(FIFO_SUFFIX) : fifo;
}

export function isExisting({ arn }: Pick<QueueInput, 'arn'>): boolean {
  return arn !== undefined;
}

/** A key that AWS keeps: its policy lets the account use it through SQS, and cannot be changed. */
export function isAwsManagedKey(key: unknown): boolean {
  return typeof key === 'string' && /(^|:)alias\/aws\//.test(key);
}

export function hasTopic({ topic, queue }: Pick<WorkerInput, 'topic' | 'queue'>): boolean {
  return topic ?? (!isFifo(queue) && !isExisting(queue));
}

/** Whether the plugin makes a dead-letter queue. */
export function makesDeadLetterQueue({ deadLetter, arn }: Pick<QueueInput, 'deadLetter' | 'arn'>): boolean {
  return (deadLetter ?? arn === undefined) === true;
}

/** Whether there is a dead-letter queue that is known, made or existing. */
export function hasDeadLetterQueue({ deadLetter, arn }: Pick<QueueInput, 'deadLetter' | 'arn'>): boolean {
  return (deadLetter ?? arn === undefined) !== false;
}
