import type { Worker, Configuration } from '../config/configuration';
import { logicalId } from '../config/logical-ids';
import { buildTemplate } from '../resources/template';

/** Where messages for a worker go, by name. */
export interface WorkerAddress {
  worker: string;
  queueName: string;
  /** Undefined: there is no topic in front of the queue. */
  topicName: string | undefined;
  isFifo: boolean;
}

/** The names that the template gives, the user's extensions included. */
export function workerAddress(configuration: Configuration, worker: Worker): WorkerAddress {
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  const nameOf = (resource: 'queue' | 'topic', property: string) =>
    String(Resources[logicalId(worker.name, resource)]?.Properties?.[property]);
  return {
    worker: worker.name,
    queueName: nameOf('queue', 'QueueName'),
    topicName: worker.topic ? nameOf('topic', 'TopicName') : undefined,
    isFifo: worker.queue.fifo,
  };
}
