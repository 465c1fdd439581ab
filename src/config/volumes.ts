import type { TextOrIntrinsic } from './configuration';

/** Something that a task mounts besides `mounts`. */
export type Volume = MountedVolume & (FileSystem | Disk | HostFolder | Shared);

/** What all kinds have. */
interface MountedVolume {
  /** By which the containers of the task mount it. */
  name: string;
  /** Where the worker has it. */
  path: string;
  readOnly: boolean;
  /** Whether it is emptied when no worker runs, as `mounts` are. Never if it outlives the task. */
  emptied: boolean;
}

/** The user's own EFS file system, or a part of it. */
export interface FileSystem {
  kind: 'efs';
  efs: TextOrIntrinsic;
  accessPoint: TextOrIntrinsic | undefined;
  /** A folder of the file system; undefined: all of it, or what the access point shows. */
  root: string | undefined;
  /** Whether the task role is asked for permission. */
  iam: boolean;
  rootAccess: boolean;
  /** That of the mount targets, to which a rule for the tasks is added. */
  securityGroup: TextOrIntrinsic | undefined;
}

/** An EBS volume that is made for each task, and ends with it. */
export interface Disk {
  kind: 'ebs';
  /** GiB. Undefined: as large as the snapshot. */
  ebs: number | undefined;
  type: DiskType;
  iops: number | undefined;
  /** MiB a second. */
  throughput: number | undefined;
  encrypted: boolean;
  /** ARN; undefined: the account's default key. */
  kmsKey: TextOrIntrinsic | undefined;
  filesystem: string;
  snapshot: TextOrIntrinsic | undefined;
}

/** A folder of the instance. */
interface HostFolder {
  kind: 'host';
  host: string;
}

/** A folder of the task, which its containers share. */
interface Shared {
  kind: 'shared';
}

/** What EBS takes for a type of volume; a performance that is undefined cannot be chosen. */
interface DiskLimits {
  /** The least and the most of each. */
  sizeGiB: readonly [number, number];
  iops?: readonly [number, number];
  iopsPerGiB?: number;
  throughputMiB?: readonly [number, number];
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 * `standard`, which Fargate does not take, is left out.
 */
const DISK_TYPES = {
  gp3: { sizeGiB: [1, 16_384], iops: [3_000, 16_000], iopsPerGiB: 500, throughputMiB: [125, 1_000] },
  gp2: { sizeGiB: [1, 16_384] },
  io2: { sizeGiB: [4, 16_384], iops: [100, 256_000], iopsPerGiB: 1_000 },
  io1: { sizeGiB: [4, 16_384], iops: [100, 64_000], iopsPerGiB: 50 },
  st1: { sizeGiB: [125, 16_384] },
  sc1: { sizeGiB: [125, 16_384] },
} as const satisfies Record<string, DiskLimits>;

export type DiskType = keyof typeof DISK_TYPES;
export const DISK_TYPE_NAMES = ['gp3', 'gp2', 'io2', 'io1', 'st1', 'sc1'] as const satisfies DiskType[];

export const limitsOf = (type: DiskType): DiskLimits => DISK_TYPES[type];

export const DISK_DEFAULTS = { type: 'gp3', encrypted: true, filesystem: 'xfs' } as const;

export const MAX_DISK_GIB = 16_384;
