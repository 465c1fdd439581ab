import { isMap } from '../../shared/json';
import {
  as,
  both,
  find,
  each,
  inside,
  put,
  remove,
  say,
  type Answer,
  type Convert,
  type Lines,
  type Words,
} from './answer';
import { envFiles, IN_CONTAINER, VALUES_IN_CONTAINER } from './container';
import { deadLetter, fifo, IN_QUEUE, IS_ON, OF_QUEUE } from './queue';
import { count, IN_SCALING, PAUSED, spot } from './scaling';
import { inSidecar, listOfSidecars, PRESETS_AS_WORDS, valueOfSidecar } from './sidecars';
import { DEFAULT_PRIVATE_WAY, PRIVATE_WAYS } from '../network';
import { BESIDE_VOLUMES, inVolume, listOfVolumes, moreDisk, mountsOfText, valueOfVolume } from './volumes';
import { IN_IMAGE, IN_VPC, OF_STACK, OF_TASK } from './task';

/**
 * What keys of other tools are here: those of Lambda and the framework's `functions`, SQS and CloudFormation, Watchbot v0 to
 * v10 (docs/watchbot-options.md), Copilot's manifest (docs/migrate-from-copilot.md), CDK's QueueProcessing services, and ECS.
 * How a name is written does not matter: `dead_letter` and `DeadLetter` are `deadLetter`.
 */

const OF_ALARMS: Words = {
  alarmPeriods: as('alarms.queueSize.evaluationPeriods'),
  alarmThreshold: as('alarms.queueSize.threshold'),
  errorThreshold: as('alarms.workerErrors.threshold'),
  deadletterAlarm: (isOn) => (isOn === false ? put('alarms.deadLetter', false) : say(IS_ON)),
};
/** Within `alarms`, as Watchbot v10 calls them. */
const IN_ALARMS: Words = {
  memoryUtilization: as('alarms.memory'),
  cpuUtilization: as('alarms.cpu'),
  dlqSize: as('alarms.deadLetter'),
  workersErrors: as('alarms.workerErrors'),
  action: (target) => put('notify', [target]),
  ...OF_ALARMS,
};

const names = remove('names are made of those of the stack and the worker');

const NOT_HERE: Words = {
  serviceVersion: remove('the tag of the image is a hash of what is in it'),
  watchbotVersion: remove('the watcher is that of the installed plugin'),
  autoscalingRoleArn: remove("AWS's own role scales the service"),
  ...each(['readCapacityUnits', 'writeCapacityUnits'], remove('the table is billed on demand')),
  reduceModeConfiguration: (value) => put('reduce', isMap(value) ? value.enabled !== false : value),
  ...each(['runtime', 'layers'], remove('the image brings it')),
  backoff: remove('it is always on'),
  logAggregationFunction: remove('subscribe the function to the log group, under `resources`'),
  debugLogs: remove('the watcher writes a line for each job'),
  ...each(['notifyAfterRetries', 'alarmOnEachFailure'], () =>
    say('give `alarms: {workerErrors: {threshold: 0}}` for an alarm at the first failure'),
  ),
  failedPlacementAlarmPeriods: as('alarms.placement.evaluationPeriods'),
  ...each(['clusterRole', 'deploymentEnvironment'], remove('`cluster` and `vpc` name yours')),
  scaleUpAlarmInterval: remove('the queue is looked at each minute'),
  ...each(
    ['circuitBreaker', 'deploymentController'],
    remove('a deploy that fails is rolled back in any case'),
  ),
  ...each(['propagateTags', 'enableEcsManagedTags'], remove("tasks have the service's tags")),
  tags: remove('what the plugin makes has the tags of `provider.tags` and `provider.stackTags`'),
  ...each(['family', 'serviceName', 'containerName', 'prefix', 'logGroupName', 'logGroup'], names),
  name: remove('a worker has the name of its key under `workers`'),
  ...each(
    ['type', 'description', 'versionFunction', 'snapStart', 'provisioned'],
    remove('there is no such thing here'),
  ),
  ...each(
    ['http', 'httpApi', 'url', 'alb', 'nlb', 'ports', 'port'],
    remove('a worker listens on no port; `events: [{webhook: apiKey}]` takes requests as messages'),
  ),
  ...BESIDE_VOLUMES,
  ...PRESETS_AS_WORDS,
  ...each(['observability', 'tracing', 'xray'], () =>
    both(put('sidecars', { otel: 'adot' }), say("a message's trace header is in the worker's `TRACEPARENT`")),
  ),
  ...each(['sidecar', 'containers', 'additionalContainers', 'containerDefinitions'], () =>
    say('give containers beside that of the watcher by their names: `sidecars: {NAME: {image: …}}`'),
  ),
  ...each(['firelens', 'firelensConfiguration'], () =>
    say('route the log by a sidecar: `sidecars: {logs: fluent-bit}` (docs/sidecars.md)'),
  ),
  ...each(['region', 'stage', 'stackName', 'accountId'], remove('it is that of `provider`')),
  destinations: remove(
    'a job that fails again and again is a dead letter; send what comes of the others yourself',
  ),
  functionResponseType: remove('a handler may always answer with `batchItemFailures`'),
  filterPatterns: remove('filter before the queue: `filterPolicy` of `sns`, `pattern` of `eventBridge`'),
  ...each(
    ['package', 'loggingLevel'],
    remove('there is no such thing here; `mounts` are folders that a job may write to'),
  ),
};

const WORKER_WORDS: Words = {
  ...OF_QUEUE,
  ...IN_SCALING,
  ...each(['count', 'desiredCount', 'desired', 'replicas', 'instances'], count),
  ...OF_TASK,
  ...OF_STACK,
  ...OF_ALARMS,
  ...NOT_HERE,
};

const noSource = remove(
  'there is no such source; what else can send to a queue sends to `${watchbot:NAME.queueArn}`',
);

const IN_EVENT: Words = {
  sqs: inside(
    {
      arn: as('queue.arn'),
      batchSize: as('batchSize'),
      maximumBatchingWindow: as('batchWindow'),
      maximumConcurrency: as('scaling.max'),
      enabled: () => say('`enabled: false` of a worker makes nothing'),
      functionResponseType: NOT_HERE.functionResponseType!,
      filterPatterns: NOT_HERE.filterPatterns!,
    },
    (value) => (value === undefined || value === null ? say(OWN_QUEUE) : put('queue.arn', value)),
  ),
  ...each(['http', 'httpApi', 'alb', 'url', 'websocket'], () => put('events', [{ webhook: 'apiKey' }])),
  cloudwatchEvent: inside({ event: (pattern) => put('events', [{ eventBridge: { pattern } }]) }),
  ...each(['cron', 'rate'], (value) => put('events', [{ schedule: value }])),
  ...each(['stream', 'kafka', 'msk', 'activemq', 'rabbitmq', 'kinesis', 'iot', 'cognitoUserPool'], noSource),
  ...each(['alexaSkill', 'alexaSmartHome', 'cloudFront', 'cloudwatchLog'], noSource),
};
const OWN_QUEUE = 'remove it: a worker has a queue of its own';

const MAPS: Readonly<Record<string, Words>> = {
  queue: IN_QUEUE,
  scaling: IN_SCALING,
  image: IN_IMAGE,
  alarms: IN_ALARMS,
  logs: {},
  vpc: IN_VPC,
  deploy: { timeout: as('deploy.finish') },
  bundle: {},
  container: IN_CONTAINER,
};

/** Maps whose names are the user's own, each of them a map. */
const OF_NAMED: Readonly<Record<string, { words: (name: string) => Words; value: typeof valueOfVolume }>> = {
  volumes: { words: inVolume, value: valueOfVolume },
  sidecars: { words: inSidecar, value: valueOfSidecar },
};

/** Whether a worker's key of this name is known from elsewhere. For the test of the table. @internal */
export const isOtherWord = (name: string): boolean => find(WORKER_WORDS, name) !== undefined;

/** The words that may stand in a map, by its path in a worker: its own first, and those of a worker. */
export function wordsAt(path: readonly string[]): Words[] {
  const [key = ''] = path;
  if (path.length === 0) return [WORKER_WORDS];
  if (key === 'events' && path.length === 2) return [IN_EVENT];
  if (Object.hasOwn(OF_NAMED, key) && path.length === 2) return [OF_NAMED[key]!.words(path[1]!)];
  const own = path.length === 1 && Object.hasOwn(MAPS, key) ? MAPS[key] : undefined;
  return own === undefined ? [] : [own, WORKER_WORDS];
}

const asList = say('write a map instead of a list: `NAME: VALUE`');
const ifMap = (convert: Convert) => (value: unknown) => (isMap(value) ? convert(value) : undefined);

/** Values of keys that other tools have too, but in another form. */
const OTHER_VALUES: Readonly<Record<string, (value: unknown) => Answer | undefined>> = {
  queue: (arn) => (String(arn).startsWith('arn:') ? put('queue.arn', arn) : undefined),
  'queue.deadLetter': ifMap(deadLetter),
  'queue.fifo': ifMap(fifo),
  ...VALUES_IN_CONTAINER,
  'scaling.max': (tasks) => (tasks === 0 ? PAUSED : undefined),
  vpc: (word) => (PRIVATE_WAYS.some((way) => way === word) ? put('vpc.private', word) : undefined),
  'vpc.private': (is) => (is === true ? put('vpc.private', DEFAULT_PRIVATE_WAY) : undefined),
  capacity: (word) => {
    if (/^managed.?instances?$/i.test(String(word))) return put('capacity', 'MANAGED');
    return /^spot$/i.test(String(word)) ? spot(true) : undefined;
  },
  mounts: mountsOfText,
  volumes: listOfVolumes,
  sidecars: listOfSidecars,
  ephemeralStorage: moreDisk,
  secrets: (value) => (Array.isArray(value) ? asList : undefined),
  environment: (value) => {
    if (Array.isArray(value)) return asList;
    return typeof value === 'string' && value !== '' ? envFiles(value) : undefined;
  },
};

/** What to write for a value that is right elsewhere; undefined if it is not known. */
export function valueOfOthers(path: readonly string[], value: unknown): Answer | undefined {
  const place = path.join('.');
  if (Object.hasOwn(OTHER_VALUES, place)) return OTHER_VALUES[place]!(value);
  const isRate = path[0] === 'events' && /^schedule(\.rate)?$/.test(path.slice(2).join('.'));
  if (isRate && Array.isArray(value)) return say('make an entry of each');
  const named = Object.hasOwn(OF_NAMED, path[0] ?? '') ? OF_NAMED[path[0]!] : undefined;
  if (named !== undefined) return named.value(path, value);
  return path.length === 2 && isMap(value) ? variableOfOthers(path[0], place, value) : undefined;
}

/** Copilot takes a variable from an output of a stack, and a secret by its name. */
function variableOfOthers(key: string | undefined, place: string, value: Lines): Answer | undefined {
  const output = value.from_cfn ?? value.fromCfn;
  const imported = output === undefined ? undefined : { 'Fn::ImportValue': output };
  if (key === 'environment') return imported === undefined ? undefined : put(place, imported);
  if (key !== 'secrets') return undefined;
  if (imported !== undefined) return put(place, { ssm: imported });
  return value.secretsmanager === undefined
    ? undefined
    : put(place, { secretsManager: value.secretsmanager });
}
