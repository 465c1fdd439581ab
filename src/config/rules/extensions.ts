import { describeValue, type Problem } from '../../errors/problem';
import { isMap } from '../../shared/json';
import { whyNeverAwake } from '../complete/queue';
import { configPath, nameOf } from '../config-path';
import { isIntrinsic, type Configuration, type MadeResources, type Worker } from '../configuration';
import { OF_NEW_VERSION, type AlarmName } from '../defaults';
import {
  SHARED_RESOURCE_NAMES,
  WORKER_RESOURCE_NAMES,
  type SharedResource,
  type WorkerResource,
} from '../logical-ids';
import { CONTAINER_NAME } from '../names';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type Service, type WorkerRule } from './rule';

/** Keys of a worker that decide which resources it has. */
export const DECIDING_KEYS = [
  'extensions',
  'topic',
  'queue',
  'alarms',
  'deploy',
  'events',
  'dashboard',
  'reduce',
  'sender',
  'scaling',
  'concurrency',
  'role',
  'executionRole',
  'schedulerRole',
  'infrastructureRole',
  'volumes',
] as const;

/** No resource, but a part of one. */
const CONTAINER = 'container';

/** Extensions of resources that no worker has, whatever else its section says. */
export function unknownExtensions(subject: RuleSubject, made: MadeResources): Problem[] {
  return extensionsNotMade(subject, made)
    .filter((resource) => !isWorkerResource(resource) && !isNumbered(resource))
    .map((resource) => unknownExtension(resource, subject, made));
}

/** Extensions of resources that a worker may have, and this one does not. */
export function absentExtensions(subject: RuleSubject, made: MadeResources): Problem[] {
  return extensionsNotMade(subject, made).flatMap((resource) => {
    if (isNumbered(resource)) return [unknownExtension(resource, subject, made)];
    if (!isWorkerResource(resource)) return [];
    const why = WHY_NOT[resource]?.(subject.worker);
    const which = `this worker does not have${why === undefined ? '' : `: ${why}`}`;
    return [absentResource(subject.at('extensions', resource), resource, which)];
  });
}

const extensionsNotMade = ({ worker }: RuleSubject, { workers }: MadeResources): string[] =>
  Object.keys(worker.extensions).filter(
    (resource) => resource !== CONTAINER && workers[worker.name]?.includes(resource) !== true,
  );

/** Those of sources: there are as many as `events` has. */
const isNumbered = (resource: string) => /\d$/.test(resource) && !isSharedResource(resource);

function unknownExtension(
  resource: string,
  { worker, isMany, at }: RuleSubject,
  { shared, workers }: MadeResources,
): Problem {
  const own = [...(workers[worker.name] ?? []), CONTAINER];
  // A worker that stands alone has the extensions of what it would share among its own.
  const unknown = unknownResource(at('extensions', resource), resource, isMany ? own : [...own, ...shared]);
  return isSharedResource(resource)
    ? { ...unknown, advice: `move it beside \`workers\`: watchbot.extensions.${resource}` }
    : unknown;
}

const CONTAINERS = 'ContainerDefinitions';

/** The watcher's own container may have more than the plugin gives it, but it must start the watcher. */
export const watcherStays: WorkerRule = {
  reads: ['extensions'],
  check: ({ worker: { extensions }, at }) => {
    const containers = extensions.taskDefinition?.[CONTAINERS];
    const given = containers === undefined ? undefined : whatTakesWatcher(containers);
    const lost = Object.entries(extensions[CONTAINER] ?? {}).filter(([key, value]) =>
      key === 'Environment' ? !Array.isArray(value) || value.length === 0 : OF_WATCHER.includes(key),
    );
    return [
      ...problemIf(given !== undefined, {
        code: 'WATCHBOT_WATCHER_LOST',
        place: at('extensions', 'taskDefinition', CONTAINERS),
        ...(given === undefined ? {} : { given }),
        allowed: `containers beside \`${CONTAINER_NAME}\`, and what that one does not have yet: they are merged by \`Name\``,
        advice: `write a list of maps, without \`EntryPoint\` and \`Command\` of \`${CONTAINER_NAME}\`: what the worker runs is \`command\``,
      }),
      ...lost.map(([key, value]) => ({
        code: 'WATCHBOT_WATCHER_LOST' as const,
        place: at('extensions', CONTAINER, key),
        given: describeValue(value),
        allowed: `properties of the container, but not ${OF_WATCHER.join(', ')}; \`Environment\` is a list of more variables`,
        advice: 'remove it: what runs is `command` or `handler`, in `image`, with `environment`',
      })),
    ];
  },
};

/** What makes a container that of the watcher. */
const OF_WATCHER = ['Name', 'Image', 'EntryPoint', 'Command', 'Essential'];

function whatTakesWatcher(containers: unknown): string | undefined {
  if (!Array.isArray(containers)) return describeValue(containers);
  if (containers.length === 0) return 'no container';
  const keys = containers.flatMap((entry: unknown) =>
    isMap(entry) && entry.Name === CONTAINER_NAME ? Object.keys(entry) : [],
  );
  const key = ['EntryPoint', 'Command'].find((name) => keys.includes(name));
  return key === undefined ? undefined : `${key} of \`${CONTAINER_NAME}\`, which starts the watcher`;
}

/**
 * The policy of the dead-letter queue and the rules name the queue by its name: a reference would be a circle.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html (QueueName)
 */
export const queueHasAName: WorkerRule = {
  reads: ['extensions', 'queue'],
  check: ({ worker: { extensions, queue }, at }) => {
    const name = extensions.queue?.QueueName;
    if (name === undefined || (isIntrinsic(name) && name.Ref !== 'AWS::NoValue')) return [];
    const isName =
      typeof name === 'string' && /^[A-Za-z0-9_-]{1,75}(\.fifo)?$|^[A-Za-z0-9_-]{76,80}$/.test(name);
    return problemIf(!isName || name.endsWith('.fifo') !== queue.fifo, {
      code: 'WATCHBOT_MALFORMED',
      place: at('extensions', 'queue', 'QueueName'),
      given: describeValue(name),
      allowed: `a name of at most 80 letters, digits, dashes and underscores${queue.fifo ? ', and `.fifo` at its end' : ''}, or a CloudFormation function that gives one`,
      advice:
        'give it a name, or leave it out: the plugin gives it one, by which the dead-letter queue knows it',
    });
  },
};

/** Extensions of what the workers share: beside `workers`, or among those of the only worker. */
export function sharedExtensionProblems(
  { configuration, root }: Service,
  { shared }: MadeResources,
): Problem[] {
  return Object.keys(configuration.extensions)
    .filter((resource) => !shared.includes(resource))
    .map((resource) => {
      const place = configPath(root, ['extensions', resource]);
      if (isSharedResource(resource)) {
        return absentResource(
          place,
          resource,
          `the plugin does not make: ${whyNotShared(resource, configuration)}`,
        );
      }
      const unknown = unknownResource(place, resource, shared);
      const advice = `move it into a worker: ${root}.workers.NAME.extensions.${resource}`;
      return isWorkerResource(resource) ? { ...unknown, advice } : unknown;
    });
}

function isWorkerResource(name: string): name is WorkerResource {
  return WORKER_RESOURCE_NAMES.some((resource) => resource === name);
}

function isSharedResource(name: string): name is SharedResource {
  return SHARED_RESOURCE_NAMES.some((resource) => resource === name);
}

function unknownResource(place: string, resource: string, made: readonly string[]): Problem {
  return {
    code: 'WATCHBOT_UNKNOWN_KEY',
    place,
    given: nameOf(resource),
    allowed: made.join(', '),
    advice: didYouMean(resource, made) ?? 'name one of these resources',
  };
}

function absentResource(place: string, resource: string, which: string): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `properties of the ${resource}, which ${which}`,
    allowed: 'resources that are made',
    advice: 'remove it, or have the resource made',
  };
}

/** Why a worker does not have a resource, in the words of its section. */
type Reason = (worker: Worker) => string;

const noTopic: Reason = ({ queue }) => {
  if (queue.arn !== undefined) return '`queue.arn`';
  return queue.fifo ? '`queue.fifo: true`' : '`topic: false`';
};
const noDeadLetterQueue: Reason = ({ queue }) =>
  queue.arn === undefined ? `\`queue.deadLetter: ${JSON.stringify(queue.deadLetter)}\`` : '`queue.arn`';
const noAlarm =
  (name: AlarmName): Reason =>
  () =>
    `\`alarms.${name}: false\``;
const noDeadLetterAlarm =
  (name: AlarmName): Reason =>
  (worker) =>
    worker.queue.deadLetter === false ? noDeadLetterQueue(worker) : noAlarm(name)(worker);
const noSource =
  (...kinds: readonly string[]): Reason =>
  () =>
    `no \`${kinds.join('`, `')}\` under \`events\``;
const noSteadyTask: Reason = ({ scaling }) =>
  scaling.compatibility === undefined ? 'one number of tasks under `scaling`' : '`scaling.compatibility`';
const noWebhook = noSource('webhook');
const noApiKey: Reason = () => 'no webhook with `authorization: apiKey`';
const noRestApi: Reason = (worker) =>
  worker.events.webhook === undefined
    ? noWebhook(worker)
    : 'neither `authorization: apiKey` nor `headers` under `webhook`, for which a REST API is made';
const noHttpApi: Reason = (worker) =>
  worker.events.webhook === undefined
    ? noWebhook(worker)
    : '`authorization: apiKey` or `headers` under `webhook`, for which a REST API is made';
const notByVersion: Reason = () => `no \`${OF_NEW_VERSION}\` under \`deploy.alarms\``;
const no =
  (key: 'dashboard' | 'reduce' | 'sender'): Reason =>
  () =>
    `\`${key}: false\``;

/** Of the resources that not every worker has. Whether it has one is known to the builders alone. */
const WHY_NOT: Partial<Record<WorkerResource, Reason>> = {
  capacityProvider: () => 'no `capacity: MANAGED`',
  queue: () => '`queue.arn`',
  deadLetterQueue: noDeadLetterQueue,
  sidecarLogGroup: () => 'no sidecar with `logs`',
  queueKey: ({ queue: { encryption } }) =>
    `\`queue.encryption: ${JSON.stringify(encryption.by === 'givenKey' ? encryption.key : 'SSE-SQS')}\``,
  topic: noTopic,
  subscription: noTopic,
  queuePolicy: noTopic,
  awakeSchedule: (worker) => whyNeverAwake(worker) ?? '`scaling.awake: false`',
  scaleSteadyPolicy: noSteadyTask,
  scaleSteadyAlarm: noSteadyTask,
  deadLetterAlarm: noDeadLetterAlarm('deadLetter'),
  deadLetterGrowthAlarm: noDeadLetterAlarm('deadLetterGrowth'),
  deadLetterAgeAlarm: (worker) =>
    worker.queue.deadLetter === false || worker.queue.deadLetter === true
      ? noDeadLetterAlarm('deadLetterAge')(worker)
      : 'no `alarms.deadLetterAge` with a `threshold`',
  ageAlarm: () => 'no `alarms.age` with a `threshold`',
  workerErrorsAlarm: noAlarm('workerErrors'),
  queueSizeAlarm: noAlarm('queueSize'),
  memoryAlarm: noAlarm('memory'),
  cpuAlarm: noAlarm('cpu'),
  placementRule: noAlarm('placement'),
  placementAlarm: noAlarm('placement'),
  deploymentRule: noAlarm('deployment'),
  deploymentAlarm: noAlarm('deployment'),
  versionErrorsMetric: notByVersion,
  versionJobsMetric: notByVersion,
  newVersionAlarm: notByVersion,
  dashboard: no('dashboard'),
  progressTable: no('reduce'),
  sender: no('sender'),
  senderKey: no('sender'),
  senderSecret: no('sender'),
  taskRole: () => '`role`',
  executionRole: () => '`executionRole`',
  infrastructureRole: ({ infrastructureRole }) =>
    infrastructureRole === undefined ? 'no `ebs` under `volumes`' : '`infrastructureRole`',
  scheduleRole: (worker) =>
    worker.schedulerRole === undefined ? noSource('schedule')(worker) : '`schedulerRole`',
  webhookRole: (worker) =>
    worker.events.webhook === undefined ? noWebhook(worker) : '`role` of its webhook',
  webhookApi: noHttpApi,
  webhookStage: noHttpApi,
  webhookIntegration: noHttpApi,
  webhookRoute: noHttpApi,
  webhookAuthorizer: () => 'no webhook with `authorization.jwt`',
  webhookRestApi: noRestApi,
  webhookMethod: noRestApi,
  webhookDeployment: noRestApi,
  webhookRestStage: noRestApi,
  webhookApiKey: noApiKey,
  webhookUsagePlan: noApiKey,
  webhookUsagePlanKey: noApiKey,
};

const NO_MANAGED_ROLES = 'no worker with `capacity: MANAGED`, or each has its `infrastructureRole`';

/** Why a stack does not have what it could have once. What is not listed belongs to the network. */
function whyNotShared(resource: SharedResource, { vpc }: Configuration): string {
  const why: Partial<Record<SharedResource, string>> = {
    cluster: '`cluster`',
    clusterCapacity: '`cluster`',
    managedInfrastructureRole: NO_MANAGED_ROLES,
    managedInstanceRole: NO_MANAGED_ROLES,
    managedInstanceProfile: NO_MANAGED_ROLES,
    notifications: 'no e-mail address under `notify`',
    awakeRole: 'no worker whose queue is kept awake without `schedulerRole`',
    rollbackRule: 'nobody under `notify`',
    rollbackAlarm: 'nobody under `notify`',
  };
  if (vpc === undefined) return why[resource] ?? 'no worker on Fargate';
  return why[resource] ?? (vpc.isOwn ? '`vpc`' : '`provider.vpc`');
}
