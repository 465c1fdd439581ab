import type { Configuration, Queue, ServiceContext, TextOrIntrinsic, Worker } from '../config/configuration';
import { logicalId, type WorkerResource } from '../config/logical-ids';
import type { Resource, Resources } from './resource-types';

/** The worker whose resources a builder makes. */
export interface Subject {
  configuration: Configuration;
  worker: Worker;
  /** Where the container's image is pulled from. */
  imageUri: TextOrIntrinsic;
  /** Topics that are told of alarms. */
  alarmActions: readonly TextOrIntrinsic[];
}

/** A worker in its configuration, without what only its own builders need. */
export type ConfiguredWorker = Pick<Subject, 'configuration' | 'worker'>;

/** As much of a worker as it takes to refer to its resources from elsewhere. */
export interface ReferredWorker {
  configuration: { context: Pick<ServiceContext, 'stackName' | 'region'> };
  worker: Pick<Worker, 'name' | 'topic' | 'reduce'> & { queue: Pick<Queue, 'arn' | 'fifo' | 'deadLetter'> };
}

/** The logical id of one of the worker's resources. */
export const idOf = ({ worker }: { worker: { name: string } }, resource: WorkerResource): string =>
  logicalId(worker.name, resource);

/** One of the worker's resources under its logical id. */
export const named = (
  subject: Pick<Subject, 'worker'>,
  resource: WorkerResource,
  body: Resource,
): Resources => ({
  [idOf(subject, resource)]: body,
});
