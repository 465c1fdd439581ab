import { isMap } from '../shared/json';
import type { Capacity } from './capacity';
import {
  DEFAULT_MEMORY_MIB,
  type AlarmName,
  type AlarmSettings,
  type COMPRESSIONS,
  type ENGINE_NAMES,
  type HEALTH_CHECK_DEFAULTS,
} from './defaults';
import type { Container } from './container';
import type { PrivateNetwork } from './network';
import type { SharedInput, WorkerInput } from './schema/service';
import type { Sidecar } from './sidecars';
import type { Sources } from './sources';
import type { Volume } from './volumes';

/** What the framework knows beside the `watchbot` section. */
export interface ServiceContext {
  service: string;
  stage: string;
  region: string;
  stackName: string;
  architecture: Architecture | undefined;
  /** `provider.vpc`, as the user wrote it. */
  providerVpc: { subnetIds?: unknown; securityGroupIds?: unknown } | undefined;
  /** `provider.ecr.images`, as the user wrote it. */
  providerImages: Readonly<Record<string, unknown>> | undefined;
  /** What the service defines itself, by logical id, or another plugin: to it a function may refer. */
  resources: Readonly<Record<string, OwnResource>>;
  /** `provider.tags`, for every resource that takes tags. CloudFormation itself adds `provider.stackTags`. */
  tags: Readonly<Record<string, TextOrIntrinsic>>;
  /** What `provider.iam.role` says of the role that the framework makes, and so of every role. */
  roles: RoleSettings;
  /** `provider.environment`, as texts. */
  environment: Readonly<Record<string, TextOrIntrinsic>>;
  /** The texts of local files that `container.environmentFiles` name, by the names; those that are not there have none. */
  environmentFiles: Readonly<Record<string, string>>;
  /** `provider.logRetentionInDays`. */
  logRetention: number | undefined;
}

export interface RoleSettings {
  permissionsBoundary: TextOrIntrinsic | undefined;
  path: TextOrIntrinsic | undefined;
  tags: Readonly<Record<string, TextOrIntrinsic>>;
}

/** As much of a resource as it takes to know what a function gives of it. */
export interface OwnResource {
  type: string;
  /** Of a queue or a topic. */
  isFifo: boolean;
  /** Of a security group: without one, `Ref` gives its name. */
  isInVpc: boolean;
}

export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
export type Intrinsic = Record<string, unknown>;
/** Whether a value is a CloudFormation function: a map with `Ref` or `Fn::…` as its only key. */
export function isIntrinsic(value: unknown): value is Intrinsic {
  if (!isMap(value)) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

export type TextOrIntrinsic = string | Intrinsic;
export type ListOrIntrinsic = readonly TextOrIntrinsic[] | Intrinsic;

/** The whole configuration: checked, complete and frozen. */
export interface Configuration {
  context: ServiceContext;
  build: Build;
  cluster: TextOrIntrinsic | undefined;
  /** Undefined: the plugin makes a network. */
  vpc: Vpc | undefined;
  /** Undefined: one that it makes is public. */
  privateNetwork: PrivateNetwork | undefined;
  notify: Notify;
  /** Undefined: ECR, where the stack is. */
  registry: NamedRegistry | undefined;
  /** Properties over what the workers share, by resource. */
  extensions: Extensions;
  workers: readonly Worker[];
}

/** Who hears of alarms. */
export interface Notify {
  /** E-mail addresses, for which a topic is made. */
  addresses: readonly string[];
  topics: readonly TextOrIntrinsic[];
}

/** Properties, by resource. */
export type Extensions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Vpc {
  subnets: ListOrIntrinsic;
  securityGroups: ListOrIntrinsic | undefined;
  publicIp: boolean;
  /** Under `watchbot`, rather than that of the functions. */
  isOwn: boolean;
}

export type EngineName = (typeof ENGINE_NAMES)[number];
export type Compression = (typeof COMPRESSIONS)[number];

/** How images are built. */
export interface Build {
  /** Undefined: whichever is found. */
  engine: EngineName | undefined;
  /** Undefined: what all that pull an image can read. */
  compression: Compression | undefined;
  /** The image from which the plugin's layer takes its Node runtime. */
  nodeImage: string;
}

/** An image that is built from a folder, one that exists, or one that the plugin makes around a handler that it bundles. */
export type WorkerImage =
  ({ kind: 'build' } & ImageBuild) | { kind: 'uri'; uri: string } | ({ kind: 'bundle' } & HandlerBundle);

/** A registry of images by its name: a host, and a path below it. */
export interface NamedRegistry {
  name: string;
  /** ARN of the secret with which ECS pulls. */
  credentials: TextOrIntrinsic | undefined;
}

export interface ImageBuild {
  /** Relative to the service's folder. */
  path: string;
  dockerfile: string;
  buildArgs: Readonly<Record<string, string>>;
  target: string | undefined;
}

export interface Placement {
  type: string;
  expression?: TextOrIntrinsic;
  field?: string;
}

/** With what messages are encrypted at rest. */
export type Encryption = { by: 'sqs' } | { by: 'madeKey' } | { by: 'givenKey'; key: TextOrIntrinsic };

export interface Queue {
  /** The ARN of an existing queue; undefined if the plugin makes one. */
  arn: TextOrIntrinsic | undefined;
  fifo: boolean;
  /** Seconds. */
  visibilityTimeout: number;
  /** Seconds. */
  retention: number;
  maxReceives: number;
  /** Seconds. */
  delay: number;
  /** `true`: the plugin makes one; `false`: there is none; otherwise the ARN of an existing one. */
  deadLetter: boolean | TextOrIntrinsic;
  encryption: Encryption;
}

/** `command` undefined is the watcher's own check; times are seconds. */
export interface HealthCheck extends Record<keyof typeof HEALTH_CHECK_DEFAULTS, number> {
  command: string | readonly string[] | undefined;
}

export interface Reduce {
  pointInTimeRecovery: boolean;
}

/** How a new version replaces the previous one. */
export interface Deploy {
  /** Seconds that a job of the previous version gets to finish. */
  finish: number;
  /** Whether that is less than `maxJobDuration` although the user has not asked for it. */
  isShortUnasked: boolean;
  /** Names of the user's own alarms that roll it back. */
  alarms: readonly TextOrIntrinsic[];
  /** Whether failures of the new version roll it back, too. */
  isByFailures: boolean;
}

export type Secret = { ssm: TextOrIntrinsic } | { secretsManager: TextOrIntrinsic };

/** A handler's source, and how it is bundled. */
export interface HandlerBundle {
  /** Relative to the service's folder, without the ending. */
  source: string;
  /** The export, or the way to it: `handler`, `api.handler`. */
  export: string;
  /** Packages that are installed rather than bundled. */
  external: readonly string[];
  /** Whether the install scripts of packages may run, by name. */
  allowScripts: Readonly<Record<string, boolean>>;
  minify: boolean;
}

/** How warm workers run, and what they receive. */
export interface Handler {
  /** As the user wrote it; undefined: the image itself says what it starts. */
  name: string | undefined;
  /** What starts the runtime client; undefined: the ENTRYPOINT of the image, or the plugin's own for a bundle. */
  entryPoint: readonly string[] | undefined;
  batchSize: number;
  /** Seconds. */
  batchWindow: number;
  /** 0: no limit. */
  maxInvocations: number;
  /** MiB of one worker; undefined: no limit of its own. */
  workerMemory: number | undefined;
}

/** A worker with every choice made. */
export interface Worker {
  /** As in `workers:`, or `watchbot` for the only one. */
  name: string;
  /** Undefined: it has a handler. */
  command: string | readonly string[] | undefined;
  /** Undefined: it has a command. */
  handler: Handler | undefined;
  image: WorkerImage;
  architecture: Architecture;
  cpu: number;
  /** MiB. Undefined: no limit, on EC2. */
  memory: number | undefined;
  softMemory: number | undefined;
  ephemeralStorage: number | undefined;
  gpu: number | undefined;
  privileged: boolean;
  capacity: Capacity;
  placementConstraints: readonly Placement[];
  placementStrategies: readonly Placement[];
  concurrency: number;
  maxJobDuration: number;
  stopTimeout: number;
  stopNotice: number;
  stdin: boolean;
  environment: Readonly<Record<string, TextOrIntrinsic>>;
  secrets: Readonly<Record<string, Secret>>;
  permissions: WorkerInput['permissions'];
  managedPolicies: readonly TextOrIntrinsic[];
  /** ARN of an existing role; undefined: one is made. So with the next three. */
  role: TextOrIntrinsic | undefined;
  executionRole: TextOrIntrinsic | undefined;
  schedulerRole: TextOrIntrinsic | undefined;
  infrastructureRole: TextOrIntrinsic | undefined;
  sender: boolean;
  queue: Queue;
  /** Whether one is made; or the one that is before an existing queue already. */
  topic: boolean | TextOrIntrinsic;
  /** Bytes of a message through the topic that is made; undefined: as many as SNS takes by itself. */
  maxMessageSize: number | undefined;
  events: Sources;
  scaling: Scaling;
  alarms: Readonly<Record<AlarmName, AlarmSettings | undefined>>;
  dashboard: boolean;
  logs: Logs;
  /** `/tmp` and the user's. */
  mounts: readonly string[];
  writableFilesystem: boolean;
  container: Container;
  volumes: readonly Volume[];
  /** In the order of the file. */
  sidecars: readonly Sidecar[];
  /** Undefined: none. */
  healthCheck: HealthCheck | undefined;
  deploy: Deploy;
  /** Undefined: not in reduce mode. */
  reduce: Reduce | undefined;
  deletionPolicy: NonNullable<WorkerInput['deletionPolicy']>;
  compatibility: 'watchbot' | undefined;
  exec: boolean;
  extensions: Extensions;
}

/** MiB that a task has in any case: its limit or, where it has none, what is reserved for it. */
export function sureMemory({ memory, softMemory }: Pick<Worker, 'memory' | 'softMemory'>): number {
  return memory ?? softMemory ?? DEFAULT_MEMORY_MIB;
}

/** How many tasks run. What is undefined is worked out where the policy is chosen. */
export interface Scaling {
  min: number;
  max: number;
  jobDuration: number | undefined;
  latency: number | undefined;
  groups: number | undefined;
  keepIdle: number | undefined;
  /** Percent of a task's CPU and memory that is to be in use. */
  cpu: number | undefined;
  memory: number | undefined;
  /** Seconds that the oldest message may be old. */
  age: number | undefined;
  steps: WorkerInput['scaling']['steps'];
  compatibility: 'watchbot' | undefined;
  schedule: WorkerInput['scaling']['schedule'];
  /** Whether the metrics of the queue are kept from falling asleep. */
  awake: boolean;
}

interface Logs {
  /** Days. */
  retention: number;
  structured: boolean;
}

/**
 * A worker as the user typed it, before defaults. Of a key that the schema has refused it may be anything: a rule says
 * which keys it reads, and does not run if one of these was refused.
 */
export type GivenWorker = Given<WorkerInput>;
export type GivenShared = Given<Omit<SharedInput, 'extensions'>>;

type Given<T> = T extends readonly (infer E)[]
  ? readonly Given<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: Given<T[K]> | undefined }
    : T;

/** The resources that a configuration leads to, by what `extensions` calls them. */
export interface MadeResources {
  shared: readonly string[];
  /** By worker. */
  workers: Readonly<Record<string, readonly string[]>>;
}

/** Answers for the builders of the template, who alone know what they make. */
export type ListResources = (configuration: Configuration) => MadeResources;

export type { SharedInput, WorkerInput };
