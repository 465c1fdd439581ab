import type { Configuration, TextOrIntrinsic, Worker } from '../config/configuration';
import { cluster } from './cluster';
import { combine, type Fragment, type Resources } from './cloudformation';
import { extend } from './extensions';
import { network } from './network';
import { alarmActions, notifications } from './notifications';
import { outputs } from './outputs';
import { alarms } from './worker/alarms';
import { logGroup } from './worker/log-group';
import { queue } from './worker/queue';
import { executionRole, taskRole } from './worker/roles';
import { scaling } from './worker/scaling';
import { service } from './worker/service';
import type { Subject } from './worker/subject';
import { taskDefinition } from './worker/task-definition';
import { topic } from './worker/topic';

/** What a stack has once. */
const SHARED_BUILDERS = [network, cluster, notifications];

/** What each worker has. */
const WORKER_BUILDERS = [
  queue,
  topic,
  logGroup,
  taskRole,
  executionRole,
  taskDefinition,
  service,
  scaling,
  alarms,
];

/**
 * Everything that the configuration asks for, as a part of a template. Pure: the same input gives the same output.
 * @param imageUris where each worker's image is pulled from, by worker
 */
export function buildTemplate(
  configuration: Configuration,
  imageUris: Readonly<Record<string, TextOrIntrinsic>>,
): Fragment {
  const subjectOf = (worker: Worker): Subject => ({
    configuration,
    worker,
    imageUri: imageUris[worker.name] ?? missingImage(worker),
    alarmActions: alarmActions(configuration),
  });
  const shared = SHARED_BUILDERS.map((build) => build(configuration));
  const workers = configuration.workers.map((worker) => workerResources(subjectOf(worker)));
  return {
    Resources: combine([...shared, ...workers]),
    Outputs: outputs(configuration),
  };
}

function workerResources(subject: Subject): Resources {
  const resources = combine(WORKER_BUILDERS.map((build) => build(subject)));
  return extend(resources, subject.worker);
}

function missingImage({ name }: Worker): never {
  throw new Error(`no image was given for worker "${name}": this should not happen`);
}
