import { choosePolicy, widestBounds } from '../scaling/choose-policy';
import type { AlarmName } from './alarm-defaults';
import { isKeptAwake, whyNeverAwake } from './awake';
import { completeCapacity } from './complete-capacity';
import { completeEvents } from './complete-events';
import type { ServiceContext, SharedInput, WorkerInput } from './configuration';
import {
  SHARED_RESOURCE_NAMES,
  sourceIds,
  WORKER_RESOURCE_NAMES,
  type SharedResource,
  type WorkerResource,
} from './logical-ids';
import { isEmailAddress } from './notify';
import { hasDeadLetterQueue, hasTopic, isExisting, makesDeadLetterQueue } from './queue-kind';
import { OF_NEW_VERSION } from './schema/deploy';
import { Encryption } from './schema/queue';

/** Which resources the configuration leads to. A test compares it with what the builders make. */

/** What a worker has only with certain settings, and what to say where it has not. */
interface Condition {
  holds: (worker: WorkerInput) => boolean;
  without: (worker: WorkerInput) => string;
}

const TOPIC: Condition = {
  holds: hasTopic,
  without: ({ topic, queue }) =>
    topic === false ? '`topic: false`' : isExisting(queue) ? '`queue.arn`' : '`queue.fifo: true`',
};
const OWN_QUEUE: Condition = { holds: ({ queue }) => !isExisting(queue), without: () => '`queue.arn`' };
const OWN_DEAD_LETTER_QUEUE: Condition = {
  holds: ({ queue }) => makesDeadLetterQueue(queue),
  without: ({ queue }) =>
    isExisting(queue) ? '`queue.arn`' : `\`queue.deadLetter: ${JSON.stringify(queue.deadLetter)}\``,
};
const DEAD_LETTER_QUEUE: Condition = {
  holds: ({ queue }) => hasDeadLetterQueue(queue),
  without: OWN_DEAD_LETTER_QUEUE.without,
};
const alarm = (name: AlarmName): Condition => ({
  holds: ({ alarms }) => alarms[name] !== false,
  without: () => `\`alarms.${name}: false\``,
});
const BY_VERSION: Condition = {
  holds: ({ deploy }) => deploy.alarms.includes(OF_NEW_VERSION),
  without: () => `no \`${OF_NEW_VERSION}\` under \`deploy.alarms\``,
};
const set = (key: 'dashboard' | 'reduce' | 'sender'): Condition => ({
  holds: (worker) => worker[key] !== false,
  without: () => `\`${key}: false\``,
});
const STEADY: Condition = {
  holds: ({ scaling, concurrency }) =>
    choosePolicy({ ...scaling, ...widestBounds(scaling) }, concurrency).parts.some(
      (part) => part.kind === 'step' && part.direction === 'steady',
    ),
  without: ({ scaling: { compatibility } }) =>
    compatibility === undefined ? 'one number of tasks under `scaling`' : '`scaling.compatibility`',
};
const sources = (kinds: readonly string[]): Condition => ({
  holds: ({ events }) => events.some((event) => Object.keys(event).some((kind) => kinds.includes(kind))),
  without: () => `no \`${kinds.join('`, `')}\` under \`events\``,
});
const WEBHOOK = sources(['webhook']);
const isRest = ({ events }: WorkerInput) => completeEvents(events).webhook?.authorization === 'apiKey';
const REST_API: Condition = {
  holds: isRest,
  without: () => 'no webhook with `authorization: apiKey`',
};
const HTTP_API: Condition = {
  holds: (worker) => WEBHOOK.holds(worker) && !isRest(worker),
  without: () => 'no webhook with another `authorization` than `apiKey`',
};

const CONDITIONS: Partial<Record<WorkerResource, readonly Condition[]>> = {
  queue: [OWN_QUEUE],
  deadLetterQueue: [OWN_DEAD_LETTER_QUEUE],
  queueKey: [
    {
      holds: ({ queue }) => queue.encryption === Encryption.ownKey,
      without: ({ queue }) => `\`queue.encryption: ${JSON.stringify(queue.encryption)}\``,
    },
  ],
  topic: [TOPIC],
  subscription: [TOPIC],
  queuePolicy: [
    {
      holds: (worker) => hasTopic(worker) || sources(['sns', 'eventBridge', 's3']).holds(worker),
      without: TOPIC.without,
    },
  ],
  awakeSchedule: [
    {
      holds: isKeptAwake,
      without: (worker) => whyNeverAwake(worker) ?? '`scaling.awake: false`',
    },
  ],
  scaleSteadyPolicy: [STEADY],
  scaleSteadyAlarm: [STEADY],
  deadLetterAlarm: [DEAD_LETTER_QUEUE, alarm('deadLetter')],
  deadLetterGrowthAlarm: [DEAD_LETTER_QUEUE, alarm('deadLetterGrowth')],
  workerErrorsAlarm: [alarm('workerErrors')],
  queueSizeAlarm: [alarm('queueSize')],
  memoryAlarm: [alarm('memory')],
  cpuAlarm: [alarm('cpu')],
  placementRule: [alarm('placement')],
  placementAlarm: [alarm('placement')],
  deploymentRule: [alarm('deployment')],
  deploymentAlarm: [alarm('deployment')],
  versionErrorsMetric: [BY_VERSION],
  versionJobsMetric: [BY_VERSION],
  newVersionAlarm: [BY_VERSION],
  dashboard: [set('dashboard')],
  progressTable: [set('reduce')],
  sender: [set('sender')],
  senderKey: [set('sender')],
  senderSecret: [set('sender')],
  scheduleRole: [sources(['schedule'])],
  webhookRole: [WEBHOOK],
  webhookApi: [WEBHOOK],
  webhookStage: [WEBHOOK],
  webhookIntegration: [HTTP_API],
  webhookRoute: [HTTP_API],
  webhookAuthorizer: [
    {
      holds: ({ events }) => typeof completeEvents(events).webhook?.authorization === 'object',
      without: () => 'no webhook with `authorization.jwt`',
    },
  ],
  webhookMethod: [REST_API],
  webhookDeployment: [REST_API],
  webhookApiKey: [REST_API],
  webhookUsagePlan: [REST_API],
  webhookUsagePlanKey: [REST_API],
};

/** Why a worker does not have one of the resources that a worker can have; undefined where it has it. */
export function lacking(worker: WorkerInput, resource: WorkerResource): string | undefined {
  return CONDITIONS[resource]?.find(({ holds }) => !holds(worker))?.without(worker);
}

/** The resources that a worker has, as `extensions` calls them. */
export function resourcesOf(name: string, worker: WorkerInput): string[] {
  return [
    ...WORKER_RESOURCE_NAMES.filter((resource) => lacking(worker, resource) === undefined),
    ...Object.keys(sourceIds({ name, events: completeEvents(worker.events) })),
  ];
}

const NONE_AWAKE = 'no worker whose queue is kept awake';

/** Why a stack does not have one of the resources that it can have once; undefined where it has it. */
export function lackingShared(
  { cluster, vpc, notify }: SharedInput,
  { providerVpc }: ServiceContext,
  workers: readonly WorkerInput[],
): (resource: SharedResource) => string | undefined {
  const entries: readonly unknown[] = Array.isArray(notify) ? notify : [notify];
  const hasAddress = entries.some((entry) => typeof entry === 'string' && isEmailAddress(entry));
  const isFargate = workers.some(({ capacity }) => completeCapacity(capacity).launchType === 'FARGATE');
  const givenVpc = vpc === undefined ? '`provider.vpc`' : '`vpc`';
  const hasVpc = vpc !== undefined || providerVpc?.subnetIds !== undefined;
  const whyNoNetwork = hasVpc ? givenVpc : isFargate ? undefined : 'no worker on Fargate';
  return (resource) => {
    if (resource === 'notifications') return hasAddress ? undefined : 'no e-mail address under `notify`';
    if (resource === 'awakeRole') return workers.some(isKeptAwake) ? undefined : NONE_AWAKE;
    if (resource.startsWith('rollback')) return notify === undefined ? 'nobody under `notify`' : undefined;
    if (resource.startsWith('cluster')) return cluster === undefined ? undefined : '`cluster`';
    return whyNoNetwork;
  };
}

/** The resources that a stack has once. */
export function sharedResourcesOf(...given: Parameters<typeof lackingShared>): SharedResource[] {
  const lacks = lackingShared(...given);
  return SHARED_RESOURCE_NAMES.filter((resource) => lacks(resource) === undefined);
}
