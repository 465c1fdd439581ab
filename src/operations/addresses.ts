import type { Worker, Configuration } from '../config/configuration';
import { logicalId } from '../config/logical-ids';
import { existingQueue, queueName } from '../config/names';
import { buildTemplate } from '../resources/template';

/** Where messages for a worker go, by name. */
export interface WorkerAddress {
  worker: string;
  queueName: string;
  /** Of a queue that may be another account's. */
  queueOwnerId: string | undefined;
  /** Undefined: there is no topic in front of the queue. */
  topicName: string | undefined;
  isFifo: boolean;
}

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
    };
  }
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  const nameOf = (resource: 'queue' | 'topic', property: string) =>
    String(Resources[logicalId(worker.name, resource)]?.Properties?.[property]);
  return {
    worker: worker.name,
    queueName: nameOf('queue', 'QueueName'),
    queueOwnerId: undefined,
    topicName: worker.topic ? nameOf('topic', 'TopicName') : undefined,
    isFifo: fifo,
  };
}
