import { MAX_FINISH_SECONDS } from '../contract/outcomes';
import { widestBounds } from '../scaling/choose-policy';
import { completeEvents, completeRole } from './complete-events';
import type {
  Build,
  Capacity,
  Configuration,
  Deploy,
  Encryption,
  Handler,
  HandlerBundle,
  HealthCheck,
  ListOrIntrinsic,
  NamedRegistry,
  Notify,
  Queue,
  Reduce,
  Scaling,
  Secret,
  ServiceContext,
  SharedInput,
  TextOrIntrinsic,
  Vpc,
  Worker,
  WorkerImage,
  WorkerInput,
} from './configuration';
import {
  ALARM_DEFAULTS,
  ALARM_NAMES,
  BUNDLE_DEFAULTS,
  CAPACITY_DEFAULTS,
  DEFAULT_LOG_RETENTION_DAYS,
  DEFAULT_MEMORY_MIB,
  DEFAULT_MOUNT,
  EC2,
  Encryption as EncryptionWord,
  HEALTH_CHECK_DEFAULTS,
  IMAGE_DEFAULTS,
  NODE_IMAGE,
  OF_NEW_VERSION,
  REDUCE_DEFAULTS,
} from './defaults';
import { isMap, mapValues } from '../shared/json';
import { beginningsOf } from './functions';

/**
 * Makes every choice that the user left open. The input has passed the schema, but not the rules: these look at the
 * finished configuration.
 * @param shared without `build` only if the schema has refused the whole section
 */
export function complete(
  shared: Partial<SharedInput>,
  workers: Readonly<Record<string, WorkerInput>>,
  context: ServiceContext,
): Configuration {
  const forWorkers = {
    ...context,
    environment: shared.providerEnvironment === true ? context.environment : {},
  };
  return {
    context,
    build: completeBuild(shared.build),
    cluster: shared.cluster,
    vpc: completeVpc(shared.vpc, context),
    notify: completeNotify(shared.notify),
    registry: completeRegistry(shared.registry),
    extensions: shared.extensions ?? {},
    workers: Object.entries(workers).map(([name, worker]) => completeWorker(name, worker, forWorkers)),
  };
}

function completeBuild(build: SharedInput['build'] | undefined): Build {
  return { engine: build?.engine, nodeImage: build?.nodeImage ?? NODE_IMAGE };
}

function completeVpc(vpc: SharedInput['vpc'], { providerVpc }: ServiceContext): Vpc | undefined {
  if (vpc !== undefined) {
    return {
      subnets: vpc.subnets as ListOrIntrinsic,
      securityGroups: vpc.securityGroups as ListOrIntrinsic | undefined,
      publicIp: vpc.publicIp,
      isOwn: true,
    };
  }
  if (providerVpc?.subnetIds === undefined) return undefined;
  return {
    subnets: providerVpc.subnetIds as ListOrIntrinsic,
    securityGroups: providerVpc.securityGroupIds as ListOrIntrinsic | undefined,
    publicIp: false,
    isOwn: false,
  };
}

function completeNotify(notify: SharedInput['notify'] = []): Notify {
  const entries = (Array.isArray(notify) ? notify : [notify]) as TextOrIntrinsic[];
  return {
    addresses: entries.filter(isEmailAddress),
    topics: entries.filter((entry) => !isEmailAddress(entry)),
  };
}

/** Enough to tell an address from an ARN and from a typing error; SNS checks the rest when it writes to the address. */
function isEmailAddress(entry: TextOrIntrinsic): entry is string {
  return typeof entry === 'string' && /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(entry);
}

function completeRegistry(given: SharedInput['registry']): NamedRegistry | undefined {
  if (given === undefined) return undefined;
  return typeof given === 'string'
    ? { name: given, credentials: undefined }
    : { name: given.name, credentials: given.credentials };
}

export function completeWorker(
  name: string,
  input: WorkerInput,
  context: Pick<ServiceContext, 'architecture' | 'providerImages' | 'environment' | 'logRetention'>,
): Worker {
  return {
    name,
    command: input.command,
    handler: completeHandler(input),
    image: completeImage(input, context),
    architecture: input.architecture ?? context.architecture ?? 'x86_64',
    ...completeTask(input),
    stdin: input.stdin,
    environment: completeEnvironment(input, context),
    secrets: completeSecrets(input.secrets),
    permissions: input.permissions,
    managedPolicies: input.managedPolicies,
    role: completeRole(input.role),
    executionRole: completeRole(input.executionRole),
    schedulerRole: completeRole(input.schedulerRole),
    sender: input.sender,
    queue: completeQueue(input.queue),
    topic: completeTopic(input),
    events: completeEvents(input.events),
    scaling: completeScaling(input),
    alarms: completeAlarms(input.alarms),
    dashboard: input.dashboard,
    logs: completeLogs(input.logs, context),
    mounts: [...new Set([DEFAULT_MOUNT, ...input.mounts.map(withoutSlash)])],
    writableFilesystem: input.writableFilesystem,
    healthCheck: completeHealthCheck(input.healthCheck),
    deploy: completeDeploy(input),
    reduce: completeReduce(input.reduce),
    deletionPolicy: input.deletionPolicy,
    compatibility: input.compatibility,
    exec: input.exec,
    extensions: input.extensions,
  };
}

/** What a task is, where it runs, and how its jobs end. */
function completeTask(input: WorkerInput) {
  const capacity = completeCapacity(input.capacity);
  return {
    cpu: input.cpu,
    memory: completeMemory(input, capacity),
    softMemory: input.softMemory,
    ephemeralStorage: input.ephemeralStorage,
    gpu: input.gpu,
    privileged: input.privileged,
    capacity,
    placementConstraints: input.placementConstraints,
    placementStrategies: input.placementStrategies,
    concurrency: input.concurrency,
    maxJobDuration: input.maxJobDuration,
    stopTimeout: input.stopTimeout,
    stopNotice: input.stopNotice,
  };
}

/** On EC2 a reservation is enough for ECS, and a limit that nobody asked for would kill what has always run. */
function completeMemory({ memory, softMemory }: WorkerInput, { launchType }: Capacity): number | undefined {
  if (memory !== undefined) return memory;
  return launchType === EC2 && softMemory !== undefined ? undefined : DEFAULT_MEMORY_MIB;
}

function completeHandler(worker: WorkerInput): Handler | undefined {
  const { handler, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory } = worker;
  if (handler === undefined) return undefined;
  const name = handler === true ? undefined : handler;
  return { name, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory };
}

/** With what `provider.ecr.images` says about it. */
function completeImage(
  worker: Pick<WorkerInput, 'handler' | 'image' | 'bundle'>,
  { providerImages }: Pick<ServiceContext, 'providerImages'>,
): WorkerImage {
  const bundle = completeBundle(worker);
  if (bundle !== undefined) return { kind: 'bundle', ...bundle };
  const given = worker.image ?? IMAGE_DEFAULTS.path;
  const image = typeof given === 'string' ? { path: given } : given;
  if (image.name !== undefined) return completeProviderImage(providerImages?.[image.name]);
  if (image.uri !== undefined) return { kind: 'uri', uri: image.uri };
  return {
    kind: 'build',
    path: image.path ?? IMAGE_DEFAULTS.path,
    dockerfile: image.dockerfile ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: image.buildArgs ?? {},
    target: image.target,
  };
}

/** Undefined if nothing is bundled. */
export function completeBundle({
  handler,
  image,
  bundle,
}: Pick<WorkerInput, 'handler' | 'image' | 'bundle'>): HandlerBundle | undefined {
  if (typeof handler !== 'string' || image !== undefined) return undefined;
  const { source, exported } = handlerParts(handler) ?? { source: handler, exported: '' };
  const { external, allowScripts, minify } = { ...BUNDLE_DEFAULTS, ...bundle };
  return { source, export: exported, external, allowScripts, minify };
}

/**
 * A file and what it exports, split as Lambda's own client for Node does it: at the first dot of the file's name.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
const HANDLER_FILE = /^((?:[^/\\]+\/)*[^./\\]+)\.([^./\\]+(?:\.[^./\\]+)*)$/;

/** Undefined if the text does not name a file below the service and an export. */
function handlerParts(handler: string): { source: string; exported: string } | undefined {
  const [, source, exported] = HANDLER_FILE.exec(handler.replace(/^(\.\/)+/, '')) ?? [];
  if (source === undefined || exported === undefined) return undefined;
  return source.split('/').includes('..') ? undefined : { source, exported };
}

/** The framework tells the address of an image from the folder of a build by this. */
export const ECR_URI = /^\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^@]+(@sha256:[a-f0-9]{64}|:.+)$/;

/** https://www.serverless.com/framework/docs/providers/aws/guide/functions#referencing-container-image-as-a-target */
function completeProviderImage(given: unknown): WorkerImage {
  if (typeof given === 'string' && ECR_URI.test(given)) return { kind: 'uri', uri: given };
  const image = (isMap(given) ? given : { path: given }) as ProviderImage;
  if (image.uri !== undefined) return { kind: 'uri', uri: image.uri };
  return {
    kind: 'build',
    path: image.path ?? IMAGE_DEFAULTS.path,
    dockerfile: image.file ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: mapValues(image.buildArgs ?? {}, String),
    target: undefined,
  };
}

/** What the plugin reads of an entry of `provider.ecr.images`. */
interface ProviderImage {
  uri?: string;
  path?: string;
  file?: string;
  buildArgs?: Record<string, unknown>;
}

/** One word stands for a strategy with one provider, except `EC2`, which has none. */
function completeCapacity(given: WorkerInput['capacity']): Capacity {
  if (given === EC2) return { launchType: EC2, strategy: [] };
  const shares = typeof given === 'string' ? [{ provider: given }] : given;
  const strategy = shares.map((share) => ({ ...CAPACITY_DEFAULTS, ...share }));
  return { launchType: strategy.some(({ provider }) => meansFargate(provider)) ? 'FARGATE' : EC2, strategy };
}

/**
 * AWS reserves names that begin so: one that is not Fargate's own is a misspelt one. Of a condition both branches are known,
 * and of any other function nothing.
 */
export function meansFargate(provider: TextOrIntrinsic): boolean {
  const names = beginningsOf(provider);
  return names.length > 0 && names.every((name) => 'text' in name && /^fargate/i.test(name.text));
}

/** ECS refuses a name that is among the secrets as well. */
function completeEnvironment(
  input: Pick<WorkerInput, 'environment' | 'secrets'>,
  { environment }: Pick<ServiceContext, 'environment'>,
): Worker['environment'] {
  const inherited = Object.entries(environment).filter(([name]) => !Object.hasOwn(input.secrets, name));
  return { ...Object.fromEntries(inherited), ...textValues(input.environment) };
}

const completeLogs = (
  { retention, structured }: WorkerInput['logs'],
  { logRetention }: Pick<ServiceContext, 'logRetention'>,
): Worker['logs'] => ({
  retention: retention ?? logRetention ?? DEFAULT_LOG_RETENTION_DAYS,
  structured,
});

const textValues = (environment: WorkerInput['environment']): Worker['environment'] =>
  mapValues(environment, (value) => (typeof value === 'object' ? value : String(value)));

const SECRETS_MANAGER_ARN_START = /^arn:[^:]+:secretsmanager:/;

const completeSecrets = (secrets: WorkerInput['secrets']): Worker['secrets'] =>
  mapValues(secrets, (secret): Secret => {
    if (typeof secret !== 'string') return secret;
    return SECRETS_MANAGER_ARN_START.test(secret) ? { secretsManager: secret } : { ssm: secret };
  });

function completeQueue(input: WorkerInput['queue']): Queue {
  return {
    arn: input.arn,
    fifo: isFifo(input),
    visibilityTimeout: input.visibilityTimeout,
    retention: input.retention,
    maxReceives: input.maxReceives,
    delay: input.delay,
    deadLetter: input.deadLetter ?? input.arn === undefined,
    encryption: completeEncryption(input.encryption),
  };
}

/** The name of an existing queue says what it is. */
function isFifo({ arn, fifo }: WorkerInput['queue']): boolean {
  return typeof arn === 'string' ? arn.endsWith('.fifo') : fifo;
}

function completeEncryption(given: WorkerInput['queue']['encryption']): Encryption {
  if (given === EncryptionWord.managed) return { by: 'sqs' };
  return given === EncryptionWord.ownKey ? { by: 'madeKey' } : { by: 'givenKey', key: given };
}

/** A key that AWS keeps: its policy lets the account use it through SQS, and cannot be changed. */
export function isAwsManagedKey(key: unknown): boolean {
  return typeof key === 'string' && /(^|:)alias\/aws\//.test(key);
}

function completeTopic({ topic, queue }: WorkerInput): Worker['topic'] {
  return topic ?? (!isFifo(queue) && queue.arn === undefined);
}

function completeScaling({ scaling, queue }: WorkerInput): Scaling {
  return {
    min: scaling.min,
    max: scaling.max,
    jobDuration: scaling.jobDuration,
    latency: scaling.latency,
    groups: scaling.groups,
    keepIdle: scaling.keepIdle,
    steps: scaling.steps,
    compatibility: scaling.compatibility,
    schedule: scaling.schedule,
    awake: isKeptAwake({ scaling, queue }),
  };
}

/** What decides whether a queue's metrics can fall asleep. */
interface Sleeper {
  queue: { arn?: unknown };
  scaling: Parameters<typeof widestBounds>[0] & { awake?: boolean | undefined };
}

/** Whether the metrics of a worker's queue are kept from falling asleep. */
export const isKeptAwake = (worker: Sleeper): boolean =>
  worker.scaling.awake !== false && whyNeverAwake(worker) === undefined;

/** Why a queue is not kept from falling asleep, whatever `scaling.awake` says; undefined if it can be. */
export function whyNeverAwake({ queue, scaling }: Sleeper): string | undefined {
  // The tags of an existing queue belong to its owner.
  if (queue.arn !== undefined) return '`queue.arn`';
  // A task asks for messages all the time.
  const { min } = widestBounds(scaling);
  return min > 0 ? `\`scaling.min: ${scaling.min}\`` : undefined;
}

function completeAlarms(alarms: WorkerInput['alarms']): Worker['alarms'] {
  const entries = ALARM_NAMES.map((name) => {
    const given = alarms[name];
    return [name, given === false ? undefined : { ...ALARM_DEFAULTS[name], ...given }];
  });
  return Object.fromEntries(entries) as Worker['alarms'];
}

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function completeHealthCheck(given: WorkerInput['healthCheck']): HealthCheck | undefined {
  if (given === false) return undefined;
  const { command, ...times } = given === true ? {} : given;
  return { ...HEALTH_CHECK_DEFAULTS, ...times, command };
}

function completeDeploy({ deploy: { alarms, finish }, maxJobDuration }: WorkerInput): Deploy {
  return {
    finish: finish ?? Math.min(maxJobDuration || MAX_FINISH_SECONDS, MAX_FINISH_SECONDS),
    isShortUnasked: finish === undefined && maxJobDuration > MAX_FINISH_SECONDS,
    alarms: alarms.filter((alarm) => alarm !== OF_NEW_VERSION),
    isByFailures: alarms.includes(OF_NEW_VERSION),
  };
}

function completeReduce(given: WorkerInput['reduce']): Reduce | undefined {
  if (given === false) return undefined;
  return { ...REDUCE_DEFAULTS, ...(given === true ? {} : given) };
}
