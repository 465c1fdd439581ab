/** Limits that AWS or Watchbot sets. The schema, the rules and their messages all use these. */

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html */
export const SQS = {
  maxVisibilityTimeoutSeconds: 43_200,
  minRetentionSeconds: 60,
  maxRetentionSeconds: 1_209_600,
  maxDelaySeconds: 900,
  maxReceives: 1_000,
  maxNameLength: 80,
  maxAttributes: 10,
  maxAttributeNameLength: 256,
} as const;

/** Below this a heartbeat at a third of the visibility timeout would cost more than the work. */
export const MIN_VISIBILITY_TIMEOUT_SECONDS = 15;

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const SNS = {
  maxNameLength: 256,
  /** Of a message, as a topic can be set: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html */
  minMessageBytes: 1_024,
  maxMessageBytes: 1_048_576,
} as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export const ECS = {
  maxFamilyLength: 255,
  maxContainerNameLength: 255,
  /** Of a task definition: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
  maxContainers: 10,
  maxStopTimeoutSeconds: 120,
  minEphemeralStorageGiB: 21,
  maxEphemeralStorageGiB: 200,
  maxCapacityProviderBase: 100_000,
  maxCapacityProviderWeight: 1_000,
  maxCapacityProviders: 20,
  maxPlacementConstraints: 10,
  maxPlacementStrategies: 5,
  maxTasksPerService: 5_000,
  /** CPU units (the kernel's least) and MiB of a container on EC2, where the task itself has no size. */
  minCpuUnits: 2,
  maxCpuUnits: 196_608,
  minMemoryMiB: 6,
  /** CPU units of a task on an instance, where the task itself has a size. */
  minTaskCpuUnits: 128,
  maxGpus: 16,
  /** Of the disk for tasks of a managed instance. */
  minManagedStorageGiB: 30,
  maxManagedStorageGiB: 16_384,
  maxScaleInAfterSeconds: 3_600,
  maxInstanceTypes: 400,
  /** The least and the most of each part of a health check. */
  healthIntervalSeconds: [5, 300],
  healthTimeoutSeconds: [2, 60],
  healthRetries: [1, 10],
  healthStartPeriodSeconds: [0, 300],
  /** In S3: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html */
  maxEnvironmentFiles: 10,
  /** Linux's own. */
  maxUserId: 4_294_967_294,
} as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html */
export const CAPABILITIES = [
  'ALL',
  'AUDIT_CONTROL',
  'AUDIT_WRITE',
  'BLOCK_SUSPEND',
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'IPC_LOCK',
  'IPC_OWNER',
  'KILL',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'MKNOD',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_CHROOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'SYSLOG',
  'WAKE_ALARM',
] as const;

/**
 * Those that suit a folder that is written to.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
 */
export const TMPFS_OPTIONS = [
  'defaults',
  'rw',
  'suid',
  'nosuid',
  'dev',
  'nodev',
  'exec',
  'noexec',
  'sync',
  'async',
  'dirsync',
  'atime',
  'noatime',
  'diratime',
  'nodiratime',
  'relatime',
  'norelatime',
  'strictatime',
  'nostrictatime',
  'mode',
  'uid',
  'gid',
  'nr_inodes',
  'nr_blocks',
  'mpol',
] as const;

const ANY = { minimum: -1 } as const;

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
 * https://man7.org/linux/man-pages/man2/getrlimit.2.html
 */
export const ULIMITS = {
  core: { ...ANY, description: 'Bytes of a core dump.' },
  cpu: { ...ANY, description: 'Seconds on the processor.' },
  data: { ...ANY, description: 'Bytes of data.' },
  fsize: { ...ANY, description: 'Bytes of a file that is written.' },
  locks: { ...ANY, description: 'Locks of files.' },
  memlock: { ...ANY, description: 'Bytes that are locked in memory.' },
  msgqueue: { ...ANY, description: 'Bytes in message queues of POSIX.' },
  nice: { ...ANY, description: 'How far the nice value may be raised.' },
  // None is refused by the kernel: it has a greatest number of its own.
  nofile: { minimum: 16, maximum: 1_048_576, description: 'Open files.' },
  nproc: { ...ANY, description: 'Processes and threads of the user.' },
  rss: { ...ANY, description: 'Bytes in memory; Linux heeds it no more.' },
  rtprio: { ...ANY, description: 'The real-time priority.' },
  rttime: { ...ANY, description: 'Microseconds on the processor in real time, without a wait.' },
  sigpending: { ...ANY, description: 'Signals that wait.' },
  stack: { ...ANY, description: 'Bytes of the stack.' },
} as const;
export type UlimitName = keyof typeof ULIMITS;

/** Those of ECS but FireLens, which is a container of its own. */
export const LOG_DRIVERS = [
  'awslogs',
  'fluentd',
  'gelf',
  'journald',
  'json-file',
  'splunk',
  'syslog',
] as const;
export type LogDriverName = (typeof LOG_DRIVERS)[number];

/** MiB that the watcher needs beside what fills the memory of its task. */
export const WATCHER_MEMORY_MIB = 128;

/** CPU units that the watcher needs beside its sidecars, so that it can hold its messages while these work. */
export const WATCHER_CPU_UNITS = 64;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html (days) */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export const CLOUDWATCH = {
  maxNameLength: 255,
  maxLogGroupNameLength: 512,
  maxAlarmActions: 5,
  /** Names that one call of DescribeAlarms takes: ECS makes such a call to watch the alarms of a deployment. */
  maxDescribedAlarms: 100,
  /** Seconds that an alarm may look back, with periods of less than an hour and with longer ones. */
  maxWindowSeconds: 86_400,
  maxLongWindowSeconds: 604_800,
  longPeriodSeconds: 3_600,
} as const;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html and https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const EVENTS = {
  maxRuleNameLength: 64,
  maxScheduleNameLength: 64,
  maxObjectKeyLength: 1_024,
  /** The plugin's own limit: a queue's policy must not become too large. */
  maxSources: 50,
} as const;

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html (of one target) */
export const AUTO_SCALING = { maxScheduledActions: 200 } as const;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const API_GATEWAY = { maxRate: 10_000, maxBurst: 5_000, maxAudiences: 50, maxScopes: 10 } as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const CLOUDFORMATION = { maxStackNameLength: 128 } as const;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export const DYNAMODB = { maxTableNameLength: 255 } as const;

/** With more workers, one container's files, memory and log become the limit. */
export const MAX_CONCURRENCY = 50;

/** Keeps names of dashboards and IAM readable, and makes all other names fit. */
export const MAX_WORKER_NAME_LENGTH = 40;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html: the batch is that of one receive of SQS. */
export const LAMBDA = {
  maxBatchSize: 10,
  maxBatchWindowSeconds: 300,
  maxFunctionNameLength: 64,
} as const;

/** MiB of a warm worker: no runtime starts in less. */
export const MIN_WORKER_MEMORY_MIB = 16;

/**
 * The CPU and memory pairs that Fargate takes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
interface MemoryRange {
  /** MiB */
  from: number;
  to: number;
  step: number;
}

const GIB = 1024;

const MEMORY_BY_CPU: Readonly<Record<number, readonly number[] | MemoryRange>> = {
  256: [512, 1 * GIB, 2 * GIB],
  512: { from: 1 * GIB, to: 4 * GIB, step: GIB },
  1024: { from: 2 * GIB, to: 8 * GIB, step: GIB },
  2048: { from: 4 * GIB, to: 16 * GIB, step: GIB },
  4096: { from: 8 * GIB, to: 30 * GIB, step: GIB },
  8192: { from: 16 * GIB, to: 60 * GIB, step: 4 * GIB },
  16384: { from: 32 * GIB, to: 120 * GIB, step: 8 * GIB },
};

/** CPU units that a Fargate task may have. */
export const FARGATE_CPU_UNITS: readonly number[] = Object.keys(MEMORY_BY_CPU).map(Number);

export function isFargateSize(cpu: number, memoryMiB: number): boolean {
  const allowed = MEMORY_BY_CPU[cpu];
  if (allowed === undefined) return false;
  if (isList(allowed)) return allowed.includes(memoryMiB);
  const { from, to, step } = allowed;
  return memoryMiB >= from && memoryMiB <= to && (memoryMiB - from) % step === 0;
}

/** In words, for an error: "512, 1024 or 2048" or "1024 to 4096 in steps of 1024". */
export function describeFargateMemory(cpu: number, show: (mib: number) => string = String): string {
  const allowed = MEMORY_BY_CPU[cpu];
  if (allowed === undefined) return `none with cpu ${cpu}`;
  if (isList(allowed)) {
    const sizes = allowed.map(show);
    return `${sizes.slice(0, -1).join(', ')} or ${sizes.at(-1)}`;
  }
  return `${show(allowed.from)} to ${show(allowed.to)} in steps of ${show(allowed.step)}`;
}

function isList(allowed: readonly number[] | MemoryRange): allowed is readonly number[] {
  return Array.isArray(allowed);
}

interface NumberRange {
  minimum?: number | undefined;
  maximum?: number | undefined;
  multipleOf?: number | undefined;
}

/** A range of numbers in words. */
export function describeRange(
  { minimum, maximum, multipleOf }: NumberRange,
  show: (value: number) => string = String,
): string {
  const least = show(minimum ?? 0);
  const range = maximum === undefined ? `${least} or more` : `${least} to ${show(maximum)}`;
  return multipleOf === undefined ? range : `${range}, a multiple of ${show(multipleOf)}`;
}
