import type { Configuration, MadeResources, TextOrIntrinsic, Worker } from '../config/configuration';
import { idsOf, SharedId } from '../config/logical-ids';
import { cluster } from './cluster';
import { combine, type Fragment, type Resources } from './cloudformation';
import { extend, namesOf } from './extensions';
import { network } from './network';
import { alarmActions, notifications } from './notifications';
import { outputs, workerOutputs } from './outputs';
import { rollback } from './rollback';
import { tagged } from './tags';
import { alarms } from './worker/alarms';
import { awakeRole, awakeSchedule } from './worker/awake';
import { dashboard } from './worker/dashboard';
import { queueKey } from './worker/encryption';
import { buckets } from './worker/events/buckets';
import { bucketRules, eventRules } from './worker/events/event-bridge';
import { schedules } from './worker/events/schedules';
import { snsSubscriptions } from './worker/events/sns';
import { webhook } from './worker/events/webhook';
import { logGroup } from './worker/log-group';
import { logMetrics } from './worker/log-metrics';
import { newVersion } from './worker/new-version';
import { progressTable } from './worker/progress-table';
import { queue } from './worker/queue';
import { queuePolicy } from './worker/queue-policy';
import { executionRole, taskRole } from './worker/roles';
import { scaling } from './worker/scaling';
import { sender } from './worker/sender';
import { service } from './worker/service';
import { serviceRules } from './worker/service-rules';
import type { Subject } from './worker/subject';
import { taskDefinition } from './worker/task-definition';
import { topic } from './worker/topic';

/** What a stack has once. */
const SHARED_BUILDERS = [network, cluster, notifications, rollback, awakeRole];

/** What each worker has. */
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
  logMetrics,
  newVersion,
  progressTable,
  taskRole,
  executionRole,
  taskDefinition,
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
  const subjectOf = (worker: Worker): Subject => ({
    configuration,
    worker,
    imageUri: imageUris[worker.name] ?? missingImage(worker),
    alarmActions: alarmActions(configuration),
  });
  const shared = tagged(sharedResources(configuration), configuration);
  const workers = configuration.workers.map((worker) => {
    const resources = tagged(workerResources(subjectOf(worker)), configuration);
    return extend(resources, idsOf(worker), worker.extensions);
  });
  return {
    Resources: combine([extend(shared, SharedId, configuration.extensions), ...workers]),
    Outputs: combine([
      outputs(configuration),
      ...configuration.workers.map((worker) => workerOutputs(subjectOf(worker))),
    ]),
  };
}

/**
 * Which resources a configuration leads to, by what `extensions` calls them. It need not have passed the rules: a worker
 * may lack its command.
 */
export function listResources(configuration: Configuration): MadeResources {
  const ownResources = (worker: Worker): readonly string[] => {
    const { command = '-' } = worker;
    const subject = { configuration, worker: { ...worker, command }, imageUri: '-', alarmActions: [] };
    return namesOf(workerResources(subject), idsOf(worker));
  };
  return {
    shared: namesOf(sharedResources(configuration), SharedId),
    workers: Object.fromEntries(configuration.workers.map((worker) => [worker.name, ownResources(worker)])),
  };
}

const sharedResources = (configuration: Configuration): Resources =>
  combine(SHARED_BUILDERS.map((build) => build(configuration)));

const workerResources = (subject: Subject): Resources =>
  combine(WORKER_BUILDERS.map((build) => build(subject)));

function missingImage({ name }: Worker): never {
  throw new Error(`no image was given for worker "${name}": this should not happen`);
}
