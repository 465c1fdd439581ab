import { MAX_FINISH_SECONDS } from '../contract/outcomes';
import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmName, type AlarmSettings } from './alarm-defaults';
import { DEFAULT_MOUNT, withoutSlash } from './mounts';
import { isMap } from './maps';
import { hasTopic, isFifo } from './queue-kind';
import { completeCapacity } from './complete-capacity';
import { completeEvents } from './complete-events';
import { completeHandler, withoutHandlerKeys } from './complete-handler';
import { completeImage } from './complete-image';
import { OF_NEW_VERSION } from './schema/deploy';
import { HEALTH_CHECK_DEFAULTS } from './schema/health';
import { Encryption as EncryptionWord } from './schema/queue';
import { REDUCE_DEFAULTS } from './schema/reduce';
import type {
  Configuration,
  Deploy,
  Encryption,
  HealthCheck,
  ListOrIntrinsic,
  NamedRegistry,
  Queue,
  Reduce,
  Secret,
  ServiceContext,
  SharedInput,
  TextOrIntrinsic,
  Vpc,
  Worker,
  WorkerInput,
} from './configuration';

/** Makes every choice that the user left open. The input has passed the schema and the rules. */
export function complete(
  shared: SharedInput,
  workers: Readonly<Record<string, WorkerInput>>,
  context: ServiceContext,
): Configuration {
  return {
    context,
    build: { engine: shared.build.engine, nodeImage: shared.build.nodeImage },
    cluster: shared.cluster,
    vpc: completeVpc(shared.vpc, context),
    notify: completeNotify(shared.notify),
    registry: completeRegistry(shared.registry),
    extensions: shared.extensions,
    workers: Object.entries(workers).map(([name, worker]) => completeWorker(name, worker, context)),
  };
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

function completeNotify(notify: SharedInput['notify']): readonly TextOrIntrinsic[] {
  if (notify === undefined) return [];
  return (Array.isArray(notify) ? notify : [notify]) as TextOrIntrinsic[];
}

function completeRegistry(given: SharedInput['registry']): NamedRegistry | undefined {
  if (given === undefined) return undefined;
  return typeof given === 'string'
    ? { name: given, credentials: undefined }
    : { credentials: undefined, ...given };
}

function completeWorker(name: string, input: WorkerInput, context: ServiceContext): Worker {
  const { softMemory, ephemeralStorage, gpu, architecture } = input;
  return {
    ...withoutHandlerKeys(input),
    name,
    command: input.command,
    handler: completeHandler(input),
    softMemory,
    ephemeralStorage,
    gpu,
    image: completeImage(input, context),
    architecture: architecture ?? context.architecture ?? 'x86_64',
    capacity: completeCapacity(input.capacity),
    environment: textValues(input.environment),
    secrets: completeSecrets(input.secrets),
    queue: completeQueue(input.queue),
    topic: hasTopic(input),
    events: completeEvents(input.events),
    alarms: completeAlarms(input.alarms),
    deploy: completeDeploy(input),
    mounts: [...new Set([DEFAULT_MOUNT, ...input.mounts.map(withoutSlash)])],
    healthCheck: completeHealthCheck(input.healthCheck),
    reduce: completeReduce(input.reduce),
  };
}

function completeQueue(input: WorkerInput['queue']): Queue {
  return {
    ...input,
    arn: input.arn,
    fifo: isFifo(input),
    deadLetter: input.deadLetter ?? input.arn === undefined,
    encryption: completeEncryption(input.encryption),
  };
}

function completeEncryption(given: WorkerInput['queue']['encryption']): Encryption {
  if (given === EncryptionWord.managed) return { by: 'sqs' };
  return given === EncryptionWord.ownKey ? { by: 'madeKey' } : { by: 'givenKey', key: given };
}

function completeDeploy({ deploy: { alarms, finish }, maxJobDuration }: WorkerInput): Deploy {
  return {
    finish: finish ?? Math.min(maxJobDuration || MAX_FINISH_SECONDS, MAX_FINISH_SECONDS),
    isShortUnasked: finish === undefined && maxJobDuration > MAX_FINISH_SECONDS,
    alarms: alarms.filter((alarm) => alarm !== OF_NEW_VERSION),
    isByFailures: alarms.includes(OF_NEW_VERSION),
  };
}

function completeHealthCheck(given: WorkerInput['healthCheck']): HealthCheck | undefined {
  if (given === false) return undefined;
  const { command, ...others } = given === true ? {} : given;
  return { ...HEALTH_CHECK_DEFAULTS, ...others, command };
}

function completeReduce(given: WorkerInput['reduce']): Reduce | undefined {
  if (given === false) return undefined;
  return { ...REDUCE_DEFAULTS, ...(isMap(given) ? given : {}) };
}

function textValues(environment: WorkerInput['environment']): Record<string, TextOrIntrinsic> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      typeof value === 'object' ? value : String(value),
    ]),
  );
}

const SECRETS_MANAGER_ARN_START = /^arn:[^:]+:secretsmanager:/;

function completeSecrets(secrets: WorkerInput['secrets']): Record<string, Secret> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      name,
      typeof secret === 'string' ? secretOf(secret) : secret,
    ]),
  );
}

function secretOf(text: string): Secret {
  return SECRETS_MANAGER_ARN_START.test(text) ? { secretsManager: text } : { ssm: text };
}

function completeAlarms(alarms: WorkerInput['alarms']): Record<AlarmName, AlarmSettings | undefined> {
  const entries = ALARM_NAMES.map((name) => {
    const given = alarms[name];
    return [name, given === false ? undefined : { ...ALARM_DEFAULTS[name], ...given }];
  });
  return Object.fromEntries(entries) as Record<AlarmName, AlarmSettings | undefined>;
}
