import { isMap } from '../shared/json';
import { LOG_RETENTION_DAYS } from './limits';

/**
 * What keys of other tools are here: those of Lambda and the framework's `functions`, SQS and CloudFormation, Watchbot v0 to
 * v10 (docs/watchbot-options.md), Copilot's manifest, and CDK's QueueProcessing services.
 */

type Lines = Record<string, unknown>;
type Convert = (value: unknown) => Lines | string;

/** The same value under another path. */
const as =
  (path: string): Convert =>
  (value) =>
    nest(path, value);

const nest = (path: string, value: unknown): Lines =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Lines;

const number = (value: unknown, change: (count: number) => Lines): Lines | undefined => {
  const count = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) ? change(count) : undefined;
};

/** The first attempt is a receive too. */
const retries: Convert = (value) =>
  number(value, (count) => nest('queue.maxReceives', count + 1)) ?? 'give `queue.maxReceives`';

/** Copilot has a number, or `{range: 0-10}`, or `{range: {min: 0, max: 10}}`. */
const count: Convert = (value) => {
  const range = isMap(value) ? value.range : undefined;
  const [, min, max] = /^(\d+)-(\d+)$/.exec(String(range)) ?? [];
  if (min !== undefined) return { scaling: { min: Number(min), max: Number(max) } };
  if (isMap(range)) return { scaling: { min: range.min, max: range.max } };
  return number(value, (tasks) => ({ scaling: { min: tasks, max: tasks } })) ?? 'give `scaling: {min, max}`';
};

const reservation: Convert = (value) => (isMap(value) ? value : nest('memory', value));
const deadLetter: Convert = (value) => {
  if (!isMap(value)) return nest('queue.deadLetter', value);
  const times = value.maxReceiveCount ?? value.tries;
  return times === undefined ? 'give the ARN as `queue.deadLetter`' : nest('queue.maxReceives', times);
};
const retention: Convert = (value) =>
  LOG_RETENTION_DAYS.some((days) => days === Number(value))
    ? nest('logs.retention', Number(value))
    : nest('queue.retention', value);
const gibibytes: Convert = (value) =>
  number(value, (mebibytes) => ({ ephemeralStorage: Math.max(21, Math.ceil(mebibytes / 1024)) })) ??
  'give `ephemeralStorage`, in GiB';
const opposite: Convert = (value) => ({ writableFilesystem: value === false || value === 'false' });
const enabled =
  (path: string): Convert =>
  (value) =>
    nest(path, value === true || value === 'ENABLED');
const webhook: Convert = () => ({ events: [{ webhook: 'apiKey' }] });
/** Its values may be secret: they are not printed. */
const rename: Convert = () => 'rename it: `environment`';
const remove =
  (why: string): Convert =>
  () =>
    `remove it: ${why}`;

const OF_QUEUE: Readonly<Record<string, Convert>> = {
  retries,
  maximumRetryAttempts: retries,
  maxReceiveCount: as('queue.maxReceives'),
  deadletterThreshold: as('queue.maxReceives'),
  deadLetterThreshold: as('queue.maxReceives'),
  dlq: deadLetter,
  deadLetterQueue: deadLetter,
  deadLetter,
  onError: deadLetter,
  redrivePolicy: deadLetter,
  fifo: as('queue.fifo'),
  visibilityTimeout: as('queue.visibilityTimeout'),
  messageTimeout: as('queue.visibilityTimeout'),
  messageRetention: as('queue.retention'),
  messageRetentionPeriod: as('queue.retention'),
  retentionPeriod: as('queue.retention'),
  delaySeconds: as('queue.delay'),
};

const OF_SCALING: Readonly<Record<string, Convert>> = {
  count,
  ...each(
    ['minTasks', 'minSize', 'minCapacity', 'minScalingCapacity', 'provisionedConcurrency'],
    'scaling.min',
  ),
  ...each(
    ['maxTasks', 'maxSize', 'maxCapacity', 'maxScalingCapacity', 'maxConcurrency', 'watchers'],
    'scaling.max',
  ),
  ...each(['maximumConcurrency', 'reservedConcurrency'], 'scaling.max'),
};

function each(names: readonly string[], path: string): Readonly<Record<string, Convert>> {
  return Object.fromEntries(names.map((name) => [name, as(path)]));
}

const OF_TASK: Readonly<Record<string, Convert>> = {
  timeout: as('maxJobDuration'),
  ...each(['memorySize', 'memoryLimitMiB'], 'memory'),
  ...each(['memoryReservation', 'memoryReservationMiB'], 'softMemory'),
  reservation,
  ephemeralStorageSize: gibibytes,
  ephemeralStorageGiB: as('ephemeralStorage'),
  dockerfile: (dockerfile) => ({ image: { path: '.', dockerfile } }),
  service: (uri) => ({ image: { uri } }),
  env: rename,
  variables: rename,
  environmentVariables: rename,
  ...each(['iamRoleStatements', 'statements'], 'permissions'),
  ...each(['taskRole', 'taskRoleArn', 'taskRoleARN'], 'role'),
  ...each(['executionRoleArn', 'executionRoleARN'], 'executionRole'),
  structuredLogging: as('logs.structured'),
  ...each(['logRetentionInDays', 'logGroupRetentionDays', 'retentionInDays'], 'logs.retention'),
  retention,
  fresh: as('writableFilesystem'),
  readonlyRootFilesystem: opposite,
  user: as('sender'),
  webhook,
  webhookKey: webhook,
};

const OF_STACK: Readonly<Record<string, Convert>> = {
  ...each(['notificationEmail', 'notificationTopic'], 'notify'),
  ...each(['fargateSubnets', 'subnets', 'subnetIds'], 'vpc.subnets'),
  ...each(['fargateSecurityGroups', 'securityGroups', 'securityGroupIds'], 'vpc.securityGroups'),
  ...Object.fromEntries(
    ['fargatePublicIp', 'publicIP', 'publicIp', 'assignPublicIp'].map((key) => [
      key,
      enabled('vpc.publicIp'),
    ]),
  ),
};

const OF_ALARMS: Readonly<Record<string, Convert>> = {
  alarmPeriods: as('alarms.queueSize.evaluationPeriods'),
  alarmThreshold: as('alarms.queueSize.threshold'),
  errorThreshold: as('alarms.workerErrors.threshold'),
  deadletterAlarm: (isOn) => (isOn === false ? nest('alarms.deadLetter', false) : 'remove it: it is on'),
};

const DERIVED: Readonly<Record<string, Convert>> = {
  serviceVersion: remove('the tag of the image is a hash of what is in it'),
  watchbotVersion: remove('the watcher is that of the installed plugin'),
  autoscalingRoleArn: remove("AWS's own role scales the service"),
  readCapacityUnits: remove('the table is billed on demand'),
  writeCapacityUnits: remove('the table is billed on demand'),
  runtime: remove('the image brings it'),
  backoff: remove('it is always on'),
};

const WORKER_WORDS: Readonly<Record<string, Convert>> = {
  ...OF_QUEUE,
  ...OF_SCALING,
  ...OF_TASK,
  ...OF_STACK,
  ...OF_ALARMS,
  ...DERIVED,
};

const EVENT_WORDS: Readonly<Record<string, Convert>> = {
  sqs: (value) => {
    const arn = isMap(value) ? value.arn : value;
    const own = 'remove it: a worker has a queue of its own';
    return arn === undefined ? own : nest('queue.arn', arn);
  },
};

/** The names of a worker's keys elsewhere. For the test of the table. @internal */
export const KNOWN_WORDS: readonly string[] = Object.keys(WORKER_WORDS);

/** A key that no schema has: where it stands, and its value. */
export interface OtherWord {
  path: readonly string[];
  key: string;
  value: unknown;
}

/** What to write for a key of another tool, with its value; undefined for a word that nobody has. */
export function explainOtherWord({
  path,
  key,
  value,
}: OtherWord): { advice: string; keys: string[][] } | undefined {
  const base = path[0] === 'workers' ? path.slice(0, 2) : [];
  const rest = path.slice(base.length);
  const isEvent = rest[0] === 'events' && rest.length === 2;
  const words = rest.length === 0 ? WORKER_WORDS : isEvent ? EVENT_WORDS : {};
  const convert = Object.hasOwn(words, key) ? words[key] : undefined;
  const meant = convert?.(value);
  if (meant === undefined) return undefined;
  if (typeof meant === 'string') return { advice: meant, keys: [] };
  const isShared = Object.hasOwn(OF_STACK, key);
  const lines = ['watchbot', ...(isShared ? [] : base)].reduceRight<Lines>(
    (inner, name) => ({ [name]: inner }),
    meant,
  );
  return {
    advice: ['write it so:', ...yamlLines(lines)].join('\n             '),
    keys: Object.keys(meant).map((name) => [...(isShared ? [] : base), name]),
  };
}

/** Maps as blocks, all else as JSON, which YAML has too. */
function yamlLines(value: Lines): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isMap(inner) && Object.keys(inner).every((name) => !/^(Ref$|Fn::)/.test(name))
      ? [`${key}:`, ...yamlLines(inner).map((line) => `  ${line}`)]
      : [`${key}: ${scalar(inner)}`],
  );
}

const scalar = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z][\w./@-]*$/.test(value) ? value : JSON.stringify(value ?? null);
