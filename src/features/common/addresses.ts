import type { Worker, Configuration } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { existingQueue, queueName } from '../../config/names';
import { buildTemplate } from '../../resources/template';

/** Where messages for a worker go, by name. */
export interface WorkerAddress {
  worker: string;
  queueName: string;
  /** Of a queue that may be another account's. */
  queueOwnerId: string | undefined;
  /** Undefined: there is no topic in front of the queue. */
  topicName: string | undefined;
  isFifo: boolean;
  /** The greatest message, attributes included; a batch may not have more in all either. */
  maxQueueBytes: number;
  maxTopicBytes: number;
}

/**
 * Of a queue since August 2025, and of a topic, which can be raised by an attribute of the same name.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * https://aws.amazon.com/about-aws/whats-new/2026/09/amazon-sns-1mib-support/
 */
const DEFAULT_MAX_BYTES = { queue: 1_048_576, topic: 262_144 } as const;

/**
 * The names that the template gives, the user's extensions included. An existing queue that is named by a function of
 * CloudFormation has the name that the plugin would have given, which is what `local` calls its stand-in.
 */
export function workerAddress(configuration: Configuration, worker: Worker): WorkerAddress {
  const { arn, fifo } = worker.queue;
  if (arn !== undefined) {
    const existing = existingQueue(arn);
    return {
      worker: worker.name,
      queueName: existing?.name ?? queueName(configuration.context, worker.name, fifo),
      queueOwnerId: existing?.accountId,
      topicName: undefined,
      isFifo: fifo,
      maxQueueBytes: DEFAULT_MAX_BYTES.queue,
      maxTopicBytes: DEFAULT_MAX_BYTES.topic,
    };
  }
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  const propertyOf = (resource: 'queue' | 'topic', property: string) =>
    Resources[logicalId(worker.name, resource)]?.Properties?.[property];
  const nameOf = (resource: 'queue' | 'topic', property: string) => String(propertyOf(resource, property));
  const maxBytesOf = (resource: 'queue' | 'topic') =>
    Number(propertyOf(resource, 'MaximumMessageSize') ?? DEFAULT_MAX_BYTES[resource]);
  return {
    worker: worker.name,
    queueName: nameOf('queue', 'QueueName'),
    queueOwnerId: undefined,
    topicName: worker.topic ? nameOf('topic', 'TopicName') : undefined,
    isFifo: fifo,
    maxQueueBytes: maxBytesOf('queue'),
    maxTopicBytes: maxBytesOf('topic'),
  };
}
