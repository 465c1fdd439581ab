import type { Configuration, TextOrIntrinsic, Worker } from './configuration';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-launch-type-comparison.html */
export const LAUNCH_TYPES = ['FARGATE', 'EC2'] as const;
export type LaunchType = (typeof LAUNCH_TYPES)[number];

export interface CapacityShare {
  provider: TextOrIntrinsic;
  weight: number;
  base: number;
}

export interface Capacity {
  /** What runs the tasks. */
  launchType: LaunchType;
  /** Empty: any instance of the cluster. */
  strategy: readonly CapacityShare[];
}

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
  /** Each task has a network interface of its own, whatever the user says. */
  alwaysHasInterface: boolean;
  /** ECS gives a task a public address if it is asked for one. */
  mayHavePublicAddress: boolean;
  /** Where the cluster that the plugin makes has nothing of it. */
  needsCluster: boolean;
  hasGpus: boolean;
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
  mayBePrivileged: boolean;
  takesConstraints: boolean;
  takesStrategies: boolean;
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
}

const FACTS: Readonly<Record<LaunchType, LaunchTypeFacts>> = {
  FARGATE: {
    name: 'Fargate',
    hasTaskSize: true,
    hasSizesInPairs: true,
    mayHaveNoLimit: false,
    alwaysHasInterface: true,
    mayHavePublicAddress: true,
    needsCluster: false,
    hasGpus: false,
    mayBePrivileged: false,
    takesConstraints: false,
    takesStrategies: false,
    hasEphemeralStorage: true,
    hasHostFolders: false,
    hasSharedMemory: false,
    addableCapabilities: ['SYS_PTRACE'],
  },
  EC2: {
    name: 'EC2',
    // The container may then use more CPU if some is free.
    hasTaskSize: false,
    hasSizesInPairs: false,
    mayHaveNoLimit: true,
    alwaysHasInterface: false,
    mayHavePublicAddress: false,
    needsCluster: true,
    hasGpus: true,
    mayBePrivileged: true,
    takesConstraints: true,
    takesStrategies: true,
    hasEphemeralStorage: false,
    hasHostFolders: true,
    hasSharedMemory: true,
    addableCapabilities: undefined,
  },
};

/** What holds for tasks on this capacity. */
export const factsOf = ({ launchType }: Pick<Capacity, 'launchType'>): LaunchTypeFacts => FACTS[launchType];

/**
 * Whether tasks have a network interface of their own. On EC2 they share that of their instance, unless the user names
 * another network: an instance has few interfaces, and each task would take one.
 */
export const hasOwnInterface = ({ vpc }: Pick<Configuration, 'vpc'>, { capacity }: Worker): boolean =>
  factsOf(capacity).alwaysHasInterface || vpc?.isOwn === true;
