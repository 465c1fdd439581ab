import type { Configuration, TextOrIntrinsic, Worker } from '../../config/configuration';
import { logicalId, type WorkerResource } from '../../config/logical-ids';
import type { Resource, Resources } from '../cloudformation';

/** What the builders of one worker's resources are given. */
export interface Subject {
  configuration: Configuration;
  worker: Worker;
  /** Where the container's image is pulled from. */
  imageUri: TextOrIntrinsic;
  /** Topics that hear of alarms. */
  alarmActions: readonly TextOrIntrinsic[];
}

/** The logical id of one of the worker's resources. */
export const idOf = ({ worker }: Pick<Subject, 'worker'>, resource: WorkerResource): string =>
  logicalId(worker.name, resource);

/** One of the worker's resources under its logical id. */
export const named = (
  subject: Pick<Subject, 'worker'>,
  resource: WorkerResource,
  body: Resource,
): Resources => ({
  [idOf(subject, resource)]: body,
});
