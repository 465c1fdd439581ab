import type { AlarmName, AlarmSettings } from './alarm-defaults';
import type { SharedInput, WorkerInput } from './schema/service';

/** What the framework knows beside the `watchbot` section. */
export interface ServiceContext {
  service: string;
  stage: string;
  region: string;
  stackName: string;
  architecture: Architecture | undefined;
  /** `provider.vpc`, as the user wrote it. */
  providerVpc: { subnetIds?: unknown; securityGroupIds?: unknown } | undefined;
}

export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
export type Intrinsic = Record<string, unknown>;
export type TextOrIntrinsic = string | Intrinsic;
export type ListOrIntrinsic = readonly TextOrIntrinsic[] | Intrinsic;

/** The whole configuration: checked, complete and frozen. */
export interface Configuration {
  context: ServiceContext;
  cluster: TextOrIntrinsic | undefined;
  /** Undefined: the plugin makes a network. */
  vpc: Vpc | undefined;
  notify: readonly TextOrIntrinsic[];
  workers: readonly Worker[];
}

export interface Vpc {
  subnets: ListOrIntrinsic;
  securityGroups: ListOrIntrinsic | undefined;
  publicIp: boolean;
}

export interface ImageBuild {
  /** Relative to the service's folder. */
  path: string;
  dockerfile: string;
  buildArgs: Readonly<Record<string, string>>;
  target: string | undefined;
}

export interface CapacityShare {
  provider: 'FARGATE' | 'FARGATE_SPOT';
  weight: number;
  base: number;
}

export type Secret = { ssm: TextOrIntrinsic } | { secretsManager: TextOrIntrinsic };

type Plain = Pick<
  WorkerInput,
  | 'cpu'
  | 'memory'
  | 'concurrency'
  | 'maxJobDuration'
  | 'stopTimeout'
  | 'queue'
  | 'scaling'
  | 'logs'
  | 'writableFilesystem'
  | 'exec'
  | 'permissions'
  | 'managedPolicies'
>;

/** One worker with every choice made. */
export interface Worker extends Plain {
  /** As in `workers:`, or `watchbot` for the only one. */
  name: string;
  command: string | readonly string[];
  image: ImageBuild;
  architecture: Architecture;
  softMemory: number | undefined;
  ephemeralStorage: number | undefined;
  capacity: readonly CapacityShare[];
  environment: Readonly<Record<string, TextOrIntrinsic>>;
  secrets: Readonly<Record<string, Secret>>;
  topic: boolean;
  alarms: Readonly<Record<AlarmName, AlarmSettings | undefined>>;
  /** `/tmp` and the user's. */
  mounts: readonly string[];
  extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type { SharedInput, WorkerInput };
