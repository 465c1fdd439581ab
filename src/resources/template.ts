import type { Configuration, MadeResources, TextOrIntrinsic, Worker } from '../config/configuration';
import { idsOf, SharedId } from '../config/logical-ids';
import { isPlainMap } from '../shared/json';
import { alarms, serviceRules } from './alarms';
import { combine, type Fragment, type TemplateResource } from './cloudformation';
import { cluster } from './cluster';
import { dashboard } from './dashboard';
import { infrastructureRole } from './ebs';
import { fileSystemAccess } from './efs';
import { queueKey } from './encryption';
import { endpoints } from './endpoints';
import { bucketRules, buckets, eventRules, snsSubscriptions } from './events';
import { extend, namesOf, ofResources } from './extensions';
import { governed } from './identities';
import { logGroup, logMetrics, sidecarLogGroup } from './log';
import { capacityProvider, managedRoles } from './managed-instances';
import { network } from './network';
import { newVersion } from './new-version';
import { alarmActions, notifications, rollback } from './notifications';
import { outputs, workerOutputs } from './outputs';
import { progressTable } from './progress-table';
import { queue, queuePolicy, topic } from './queue';
import type { Resources } from './resource-types';
import { retained } from './retained';
import { executionRole, taskRole } from './roles';
import { scaling } from './scaling';
import { awakeRole, awakeSchedule, schedules } from './schedules';
import { sender } from './sending';
import { service } from './service';
import type { Subject } from './subject';
import { tagged } from './tags';
import { taskDefinition } from './task';
import { webhook } from './webhook';

/** Builders of what a stack has once. */
const SHARED_BUILDERS = [
  network,
  endpoints,
  cluster,
  managedRoles,
  notifications,
  rollback,
  awakeRole,
  fileSystemAccess,
];

/** Builders of what each worker has. One gives nothing if the worker does not have its resource. */
const WORKER_BUILDERS = [
  queueKey,
  queue,
  topic,
  queuePolicy,
  snsSubscriptions,
  eventRules,
  schedules,
  buckets,
  bucketRules,
  webhook,
  sender,
  logGroup,
  sidecarLogGroup,
  logMetrics,
  newVersion,
  progressTable,
  taskRole,
  executionRole,
  infrastructureRole,
  taskDefinition,
  capacityProvider,
  service,
  scaling,
  awakeSchedule,
  serviceRules,
  alarms,
  dashboard,
];

/**
 * Everything that the configuration asks for, as a part of a template. Pure: the same input gives the same output.
 * @param imageUris where each worker's image is pulled from, by worker
 */
export function buildTemplate(
  configuration: Configuration,
  imageUris: Readonly<Record<string, TextOrIntrinsic>>,
): Fragment {
  const subjects = configuration.workers.map((worker) => subjectOf(configuration, worker, imageUris));
  const shared = finished(sharedResources(configuration), configuration);
  return {
    Resources: combine([
      extend(shared, SharedId, configuration.extensions),
      ...subjects.map((subject) => {
        const { worker } = subject;
        const made = finished(workerResources(subject), configuration);
        return extend(made, idsOf(worker), ofResources(worker.extensions));
      }),
    ]),
    Outputs: combine([outputs(configuration), ...subjects.map(workerOutputs)]),
  };
}

/**
 * The resources that a configuration leads to, by the names that `extensions` has for them. It need not have passed the
 * rules: a worker may lack its command.
 */
export function listResources(configuration: Configuration): MadeResources {
  const ownResources = (worker: Worker): readonly string[] => {
    const { command = '-' } = worker;
    const subject = subjectOf(configuration, { ...worker, command }, { [worker.name]: '-' });
    return namesOf(workerResources(subject), idsOf(worker));
  };
  return {
    shared: namesOf(sharedResources(configuration), SharedId),
    workers: Object.fromEntries(configuration.workers.map((worker) => [worker.name, ownResources(worker)])),
  };
}

function subjectOf(
  configuration: Configuration,
  worker: Worker,
  imageUris: Readonly<Record<string, TextOrIntrinsic>>,
): Subject {
  const imageUri = imageUris[worker.name];
  if (imageUri === undefined) {
    throw new Error(`no image was given for worker "${worker.name}": this should not happen`);
  }
  return { configuration, worker, imageUri, alarmActions: alarmActions(configuration) };
}

const sharedResources = (configuration: Configuration): Resources =>
  combine(SHARED_BUILDERS.map((build) => build(configuration)));

const workerResources = (subject: Subject): Resources =>
  retained(combine(WORKER_BUILDERS.map((build) => build(subject))), subject);

/** Resources as they stand in the template: without what is undefined, and with what the provider says of roles and tags. */
function finished(resources: Resources, configuration: Configuration): Fragment['Resources'] {
  return Object.fromEntries(
    Object.entries(resources).map(([id, body]) => [
      id,
      tagged(governed(withoutUndefined(body) as TemplateResource, configuration), configuration),
    ]),
  );
}

/**
 * So that a template has no trace of an option that is not used. A value that has nothing to leave out stays the same object:
 * where resources share one, the framework writes it once into its own files.
 */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy = value.map(withoutUndefined);
    return copy.some((entry, index) => entry !== value[index]) ? copy : value;
  }
  if (!isPlainMap(value)) return value;
  const entries = Object.entries(value);
  const copy = entries
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => [key, withoutUndefined(entry)] as const);
  const isSame = copy.length === entries.length && copy.every(([key, entry]) => entry === value[key]);
  return isSame ? value : Object.fromEntries(copy);
}
