import { LOG_DRIVERS, type LogDriverName } from './limits';
import type { Architecture, Configuration, TextOrIntrinsic, Worker } from './configuration';
import type { InstancesInput } from './schema/managed';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-launch-type-comparison.html */
export const LAUNCH_TYPES = ['FARGATE', 'EC2', 'MANAGED_INSTANCES'] as const;
export type LaunchType = (typeof LAUNCH_TYPES)[number];

interface CapacityShare {
  provider: TextOrIntrinsic;
  weight: number;
  base: number;
}

export interface Capacity {
  /** What runs the tasks. */
  launchType: LaunchType;
  /** Empty: any instance of the cluster, or those of `managed`. */
  strategy: readonly CapacityShare[];
  /** What the worker's own provider of Managed Instances is like. Undefined: the plugin makes none. */
  managed: ManagedInstances | undefined;
}

/** Instances that AWS runs, as `capacity.managed` has them. */
export interface ManagedInstances {
  spot: boolean;
  instances: InstancesInput;
  /** GiB. Undefined: as AWS has it. So with seconds of the next. */
  storage: number | undefined;
  /** -1: never. */
  scaleInAfter: number | undefined;
  monitoring: 'basic' | 'detailed';
  /** Existing roles; undefined: they are made. */
  infrastructureRole: TextOrIntrinsic | undefined;
  instanceProfile: TextOrIntrinsic | undefined;
}

/** Who makes processors of an architecture that EC2 has. */
export const CPU_MAKERS: Readonly<Record<Architecture, readonly CpuMaker[]>> = {
  x86_64: ['intel', 'amd'],
  arm64: ['amazon-web-services'],
};
type CpuMaker = NonNullable<InstancesInput['cpuManufacturers']>[number];

/** What AWS says of a launch type, asked by those who must know, so that nobody concludes one from another. */
interface LaunchTypeFacts {
  /** As people call it. */
  name: string;
  /** The task itself has a size; else its container has one. */
  hasTaskSize: boolean;
  /** CPU and memory come in AWS's pairs. */
  hasSizesInPairs: boolean;
  /** Memory may be reserved without a limit. */
  mayHaveNoLimit: boolean;
  /** The network that tasks share with their instance. Undefined: each has an interface of its own, whatever the user says. */
  sharedNetwork: 'bridge' | 'host' | undefined;
  /** An instance has interfaces for all its tasks, so that those of `provider.vpc` are used, too. */
  hasManyInterfaces: boolean;
  /** ECS gives a task a public address if it is asked for one. */
  mayHavePublicAddress: boolean;
  /** A task that shares the network of its instance has its public address. */
  mayBorrowAddress: boolean;
  /** Where the cluster that the plugin makes has nothing of it. */
  needsCluster: boolean;
  hasGpus: boolean;
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
  mayBePrivileged: boolean;
  takesConstraints: boolean;
  takesStrategies: boolean;
  /**
   * Whatever pulls the image reads layers of zstd: Docker does so since version 23, and instances may have an older one.
   * https://github.com/aws/amazon-ecs-agent/issues/4179
   */
  readsZstd: boolean;
  /** The task has a disk of its own, whose size is the task's. */
  hasEphemeralStorage: boolean;
  /** A folder of the instance can be mounted: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
  hasHostFolders: boolean;
  /** The size of `/dev/shm` can be chosen: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html */
  hasSharedMemory: boolean;
  /**
   * Capabilities that may be added; undefined: all.
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
   */
  addableCapabilities: readonly string[] | undefined;
  /** Folders in memory, `tmpfs`. */
  hasMemoryFolders: boolean;
  /** A container that shares the network of its instance may be told of hosts. */
  mayKnowHosts: boolean;
  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html */
  logDrivers: readonly LogDriverName[];
}

const FACTS: Readonly<Record<LaunchType, LaunchTypeFacts>> = {
  FARGATE: {
    name: 'Fargate',
    hasTaskSize: true,
    hasSizesInPairs: true,
    mayHaveNoLimit: false,
    sharedNetwork: undefined,
    hasManyInterfaces: true,
    mayHavePublicAddress: true,
    mayBorrowAddress: false,
    needsCluster: false,
    hasGpus: false,
    mayBePrivileged: false,
    takesConstraints: false,
    takesStrategies: false,
    readsZstd: true,
    hasEphemeralStorage: true,
    hasHostFolders: false,
    hasSharedMemory: false,
    addableCapabilities: ['SYS_PTRACE'],
    hasMemoryFolders: true,
    mayKnowHosts: false,
    logDrivers: ['awslogs', 'splunk'],
  },
  EC2: {
    name: 'EC2',
    // The container may then use more CPU if some is free.
    hasTaskSize: false,
    hasSizesInPairs: false,
    mayHaveNoLimit: true,
    sharedNetwork: 'bridge',
    // An instance has few network interfaces, and each task would take one.
    hasManyInterfaces: false,
    mayHavePublicAddress: false,
    mayBorrowAddress: false,
    needsCluster: true,
    hasGpus: true,
    mayBePrivileged: true,
    takesConstraints: true,
    takesStrategies: true,
    readsZstd: false,
    hasEphemeralStorage: false,
    hasHostFolders: true,
    hasSharedMemory: true,
    addableCapabilities: undefined,
    hasMemoryFolders: true,
    mayKnowHosts: true,
    logDrivers: LOG_DRIVERS,
  },
  /**
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-awsvpc-mode.html
   */
  MANAGED_INSTANCES: {
    name: 'Managed Instances',
    hasTaskSize: true,
    hasSizesInPairs: false,
    mayHaveNoLimit: false,
    sharedNetwork: 'host',
    hasManyInterfaces: true,
    mayHavePublicAddress: false,
    mayBorrowAddress: true,
    needsCluster: true,
    hasGpus: true,
    mayBePrivileged: true,
    takesConstraints: true,
    takesStrategies: false,
    // Inferred: AWS runs them, with a system that is younger than all that could not.
    readsZstd: true,
    hasEphemeralStorage: false,
    hasSharedMemory: false,
    addableCapabilities: undefined,
    // Inferred: AWS names those of Fargate and of EC2, and these have a runtime that is not Docker, as Fargate has.
    logDrivers: ['awslogs', 'splunk'],
    hasMemoryFolders: false,
    mayKnowHosts: false,
    // AWS's page refuses their paths in one list and takes some in another; they would go with the instance in any case.
    hasHostFolders: false,
  },
};

/** What holds for tasks on this capacity. */
export const factsOf = ({ launchType }: Pick<Capacity, 'launchType'>): LaunchTypeFacts => FACTS[launchType];

/**
 * Whether tasks have a network interface of their own. On EC2 they share that of their instance, unless the user names
 * another network: an instance has few interfaces, and each task would take one. On Managed Instances they share it where
 * they need its public address, and else have one each.
 */
export function hasOwnInterface({ vpc }: Pick<Configuration, 'vpc'>, { capacity }: Worker): boolean {
  const { sharedNetwork, hasManyInterfaces, mayBorrowAddress } = factsOf(capacity);
  if (sharedNetwork === undefined) return true;
  if (vpc === undefined || (vpc.publicIp && mayBorrowAddress)) return false;
  return vpc.isOwn || hasManyInterfaces;
}

/** Whether tasks, or the instances that are made for them, are in the network of the stack, and in its security groups. */
export const isInNetwork = (configuration: Pick<Configuration, 'vpc'>, worker: Worker): boolean =>
  worker.capacity.managed !== undefined || hasOwnInterface(configuration, worker);
