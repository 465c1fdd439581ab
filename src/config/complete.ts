import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmName, type AlarmSettings } from './alarm-defaults';
import { DEFAULT_MOUNT, withoutSlash } from './mounts';
import { CAPACITY_DEFAULTS } from './schema/capacity';
import { IMAGE_DEFAULTS } from './schema/image';
import type {
  CapacityShare,
  Configuration,
  ImageBuild,
  ListOrIntrinsic,
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
    cluster: shared.cluster,
    vpc: completeVpc(shared.vpc, context),
    notify: completeNotify(shared.notify),
    workers: Object.entries(workers).map(([name, worker]) => completeWorker(name, worker, context)),
  };
}

function completeVpc(vpc: SharedInput['vpc'], { providerVpc }: ServiceContext): Vpc | undefined {
  if (vpc !== undefined) {
    return {
      subnets: vpc.subnets as ListOrIntrinsic,
      securityGroups: vpc.securityGroups as ListOrIntrinsic | undefined,
      publicIp: vpc.publicIp,
    };
  }
  if (providerVpc?.subnetIds === undefined) return undefined;
  return {
    subnets: providerVpc.subnetIds as ListOrIntrinsic,
    securityGroups: providerVpc.securityGroupIds as ListOrIntrinsic | undefined,
    publicIp: false,
  };
}

function completeNotify(notify: SharedInput['notify']): readonly TextOrIntrinsic[] {
  if (notify === undefined) return [];
  return (Array.isArray(notify) ? notify : [notify]) as TextOrIntrinsic[];
}

function completeWorker(name: string, input: WorkerInput, context: ServiceContext): Worker {
  const { softMemory, ephemeralStorage, topic, architecture } = input;
  return {
    ...input,
    name,
    softMemory,
    ephemeralStorage,
    image: completeImage(input.image),
    architecture: architecture ?? context.architecture ?? 'x86_64',
    capacity: completeCapacity(input.capacity),
    environment: textValues(input.environment),
    secrets: completeSecrets(input.secrets),
    topic: topic ?? !input.queue.fifo,
    alarms: completeAlarms(input.alarms),
    mounts: [...new Set([DEFAULT_MOUNT, ...input.mounts.map(withoutSlash)])],
  };
}

function completeImage(image: WorkerInput['image']): ImageBuild {
  const build = typeof image === 'string' ? { path: image } : image;
  return {
    path: build.path,
    dockerfile: build.dockerfile ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: build.buildArgs ?? {},
    target: build.target,
  };
}

function completeCapacity(capacity: WorkerInput['capacity']): CapacityShare[] {
  if (typeof capacity === 'string') return [{ ...CAPACITY_DEFAULTS, provider: capacity }];
  return capacity.map((share) => ({ ...CAPACITY_DEFAULTS, ...share }));
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
