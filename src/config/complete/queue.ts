import type { Encryption, Queue, Scaling, Worker, WorkerInput } from '../configuration';
import { Encryption as EncryptionWord } from '../defaults';
import { widestBounds } from '../../scaling/choose-policy';

export function completeQueue(input: WorkerInput['queue']): Queue {
  return {
    arn: input.arn,
    fifo: isFifo(input),
    visibilityTimeout: input.visibilityTimeout,
    retention: input.retention,
    maxReceives: input.maxReceives,
    delay: input.delay,
    deadLetter: input.deadLetter ?? input.arn === undefined,
    encryption: completeEncryption(input.encryption),
  };
}

/** The name of an existing queue says what it is. */
function isFifo({ arn, fifo }: WorkerInput['queue']): boolean {
  return typeof arn === 'string' ? arn.endsWith('.fifo') : fifo;
}

function completeEncryption(given: WorkerInput['queue']['encryption']): Encryption {
  if (given === EncryptionWord.managed) return { by: 'sqs' };
  return given === EncryptionWord.ownKey ? { by: 'madeKey' } : { by: 'givenKey', key: given };
}

/** A key that AWS keeps: its policy lets the account use it through SQS, and cannot be changed. */
export function isAwsManagedKey(key: unknown): boolean {
  return typeof key === 'string' && /(^|:)alias\/aws\//.test(key);
}

export function completeTopic({ topic, queue }: WorkerInput): Pick<Worker, 'topic' | 'maxMessageSize'> {
  if (isTopicSettings(topic)) return { topic: true, maxMessageSize: topic.maxMessageSize };
  const isMade = !isFifo(queue) && queue.arn === undefined;
  return { topic: topic ?? isMade, maxMessageSize: undefined };
}

type TopicSettings = { maxMessageSize: number };

/** Of the two maps that a topic may be, the one that is no function of CloudFormation. */
const isTopicSettings = (topic: WorkerInput['topic']): topic is TopicSettings =>
  typeof topic === 'object' && 'maxMessageSize' in topic;

export function completeScaling({ scaling, queue }: WorkerInput): Scaling {
  return {
    min: scaling.min,
    max: scaling.max,
    jobDuration: scaling.jobDuration,
    latency: scaling.latency,
    groups: scaling.groups,
    keepIdle: scaling.keepIdle,
    cpu: scaling.cpu,
    memory: scaling.memory,
    age: scaling.age,
    steps: scaling.steps,
    compatibility: scaling.compatibility,
    schedule: scaling.schedule,
    awake: isKeptAwake({ scaling, queue }),
  };
}

/** What decides whether a queue's metrics can fall asleep. */
interface Sleeper {
  queue: { arn?: unknown };
  scaling: Parameters<typeof widestBounds>[0] & { awake?: boolean | undefined };
}

/** Whether the metrics of a worker's queue are kept from falling asleep. */
export const isKeptAwake = (worker: Sleeper): boolean =>
  worker.scaling.awake !== false && whyNeverAwake(worker) === undefined;

/** Why a queue is not kept from falling asleep, whatever `scaling.awake` says; undefined if it can be. */
export function whyNeverAwake({ queue, scaling }: Sleeper): string | undefined {
  // The tags of an existing queue belong to its owner.
  if (queue.arn !== undefined) return '`queue.arn`';
  // A task asks for messages all the time.
  const { min } = widestBounds(scaling);
  return min > 0 ? `\`scaling.min: ${scaling.min}\`` : undefined;
}
