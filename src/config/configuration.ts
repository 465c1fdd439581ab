import type { AlarmName, AlarmSettings } from './alarm-defaults';
import type { Sources } from './events';
import type { Handler, HandlerBundle } from './handler';
import type { ENGINE_NAMES } from './schema/build';
import type { HEALTH_CHECK_DEFAULTS } from './schema/health';
import type { ExtensionsInput, SharedInput, WorkerInput } from './schema/service';

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
  /** `provider.tags`, for every resource that takes tags. CloudFormation itself adds `provider.stackTags`. */
  tags: Readonly<Record<string, string>>;
}

export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
export type Intrinsic = Record<string, unknown>;
export type TextOrIntrinsic = string | Intrinsic;
export type ListOrIntrinsic = readonly TextOrIntrinsic[] | Intrinsic;

/** The whole configuration: checked, complete and frozen. */
export interface Configuration {
  context: ServiceContext;
  build: Build;
  cluster: TextOrIntrinsic | undefined;
  /** Undefined: the plugin makes a network. */
  vpc: Vpc | undefined;
  notify: readonly TextOrIntrinsic[];
  /** Undefined: ECR, where the stack is. */
  registry: NamedRegistry | undefined;
  /** Properties over what the workers share, by resource. */
  extensions: Extensions;
  workers: readonly Worker[];
}

export type Extensions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Vpc {
  subnets: ListOrIntrinsic;
  securityGroups: ListOrIntrinsic | undefined;
  publicIp: boolean;
  /** Under `watchbot`, rather than that of the functions. */
  isOwn: boolean;
}

export type EngineName = (typeof ENGINE_NAMES)[number];

/** How images are built. */
export interface Build {
  /** Undefined: whichever is found. */
  engine: EngineName | undefined;
  /** Where the Node runtime of the plugin's layer is taken from. */
  nodeImage: string;
}

/** Built of a folder, there already, or made by the plugin around a handler that it bundles. */
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

export interface CapacityShare {
  provider: TextOrIntrinsic;
  weight: number;
  base: number;
}

export interface Capacity {
  /** What runs the tasks. */
  launchType: 'FARGATE' | 'EC2';
  /** Empty: any instance of the cluster. */
  strategy: readonly CapacityShare[];
}

export interface Placement {
  type: string;
  expression?: string;
  field?: string;
}

/** With what messages are encrypted at rest. */
export type Encryption = { by: 'sqs' } | { by: 'madeKey' } | { by: 'givenKey'; key: TextOrIntrinsic };

export interface Queue {
  /** Of an existing queue; undefined where one is made. */
  arn: TextOrIntrinsic | undefined;
  fifo: boolean;
  /** Seconds. */
  visibilityTimeout: number;
  /** Seconds. */
  retention: number;
  maxReceives: number;
  /** Seconds. */
  delay: number;
  /** True: one is made; false: there is none; else the ARN of an existing one. */
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

/** How a new version takes the place of the one before. */
export interface Deploy {
  /** Seconds that a job of the version before gets to finish. */
  finish: number;
  /** That is less than `maxJobDuration`, and nobody has said that it may be. */
  isShortUnasked: boolean;
  /** Names of alarms of the user's own that roll it back. */
  alarms: readonly TextOrIntrinsic[];
  /** Failures of the new version do, too. */
  isByFailures: boolean;
}

export type Secret = { ssm: TextOrIntrinsic } | { secretsManager: TextOrIntrinsic };

type Plain = Pick<
  WorkerInput,
  | 'cpu'
  | 'memory'
  | 'concurrency'
  | 'maxJobDuration'
  | 'stopTimeout'
  | 'stopNotice'
  | 'stdin'
  | 'scaling'
  | 'logs'
  | 'writableFilesystem'
  | 'exec'
  | 'permissions'
  | 'managedPolicies'
  | 'sender'
  | 'privileged'
  | 'dashboard'
>;

/** One worker with every choice made. */
export interface Worker extends Plain {
  /** As in `workers:`, or `watchbot` for the only one. */
  name: string;
  /** Undefined: it has a handler. */
  command: string | readonly string[] | undefined;
  /** Undefined: it has a command. */
  handler: Handler | undefined;
  image: WorkerImage;
  architecture: Architecture;
  softMemory: number | undefined;
  ephemeralStorage: number | undefined;
  gpu: number | undefined;
  capacity: Capacity;
  placementConstraints: readonly Placement[];
  placementStrategies: readonly Placement[];
  environment: Readonly<Record<string, TextOrIntrinsic>>;
  secrets: Readonly<Record<string, Secret>>;
  queue: Queue;
  topic: boolean;
  events: Sources;
  alarms: Readonly<Record<AlarmName, AlarmSettings | undefined>>;
  deploy: Deploy;
  /** `/tmp` and the user's. */
  mounts: readonly string[];
  /** Undefined: none. */
  healthCheck: HealthCheck | undefined;
  /** Undefined: not in reduce mode. */
  reduce: Reduce | undefined;
  extensions: Extensions;
}

export type { ExtensionsInput, Handler, HandlerBundle, SharedInput, WorkerInput };
