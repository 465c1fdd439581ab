/**
 * What an option is when nobody sets it, if the schema cannot say it: a validator fills in no defaults within a choice,
 * such as `true` or a map. Beside them the words that such a choice may be.
 */

/** In the order in which they are looked for. */
export const ENGINE_NAMES = ['docker', 'podman', 'finch', 'buildah'] as const;

/** How the layers of an image are compressed. */
export const COMPRESSIONS = ['zstd', 'gzip'] as const;

/**
 * The image from which the plugin's layer takes its Node runtime: an official image, from a registry that does not limit
 * anonymous pulls as Docker Hub does. Node's C library is copied with it, so that it needs nothing of the image that it
 * runs in. The digest is that of the index of all architectures: an engine accepts nothing else, whatever the registry
 * sends, and a version of the plugin always carries the same Node.
 */
export const NODE_IMAGE =
  'public.ecr.aws/docker/library/node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6';

export const IMAGE_DEFAULTS = { path: '.', dockerfile: 'Dockerfile' } as const;

export const BUNDLE_DEFAULTS = { external: [], allowScripts: {}, minify: false } as const;

/** Every worker can write to this folder, as in Watchbot. */
export const DEFAULT_MOUNT = '/tmp';

/**
 * The agent of ECS Exec writes to these: with a read-only root it does not start unless they are mounted.
 * https://github.com/aws/containers-roadmap/issues/1359
 */
export const EXEC_FOLDERS = ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'] as const;

/** The start of a check can take seconds with a quarter of a processor. */
export const HEALTH_CHECK_DEFAULTS = { interval: 30, timeout: 10, retries: 3, startPeriod: 30 } as const;

/** Capacity providers that every cluster of the plugin has. */
export const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const;

/** `capacity` for the instances of a cluster, without a capacity provider. */
export const EC2 = 'EC2';

/** `capacity` for instances that AWS runs, of a provider that the plugin makes. */
export const MANAGED = 'MANAGED';

export const MANAGED_DEFAULTS = { spot: false, monitoring: 'basic' } as const;

export const CAPACITY_DEFAULTS = { weight: 1, base: 0 } as const;

/** What `queue.encryption` may be if it does not name a key. */
export const Encryption = { managed: 'SSE-SQS', ownKey: 'KMS' } as const;

export const EVENT_DEFAULTS = {
  filterPolicyScope: 'MessageAttributes',
  s3Event: 's3:ObjectCreated:*',
} as const;

/** Watchbot's limits of v0 to v3. */
export const WEBHOOK_DEFAULTS = { rate: 5, burst: 20 } as const;

export const REDUCE_DEFAULTS = { pointInTimeRecovery: false } as const;

/** In `deploy.alarms`: an alarm that the plugin makes, which looks at the new version alone. */
export const OF_NEW_VERSION = 'failures';

/**
 * When the new version of a worker counts as a bad one. One message alone fails eight times within five minutes, by its
 * backoff: it takes two messages that fail, whichever version ran them.
 */
export const NEW_VERSION_ALARM = { leastFailures: 10, percent: 50, period: 300 } as const;

export interface AlarmSettings {
  threshold: number;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
}

interface AlarmDefaults extends Omit<AlarmSettings, 'threshold'> {
  /** Undefined: worked out from the queue (`complete/alarms.ts`), or only the user can say it. */
  threshold: number | undefined;
}

/**
 * Watchbot's own alarms from before v10 (reference: its `docs/alarms.md`), with CPU as in v10. Watchbot has none on
 * growth, and a dead-letter queue that is never emptied would not alarm a second time; nor has it alarms on what ECS
 * reports. The one on placement looks at an hour: ECS retries a task that cannot be placed, in the end every 27 minutes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export const ALARM_DEFAULTS = {
  deadLetter: { threshold: 1, period: 60, evaluationPeriods: 1 },
  deadLetterGrowth: { threshold: 1, period: 60, evaluationPeriods: 1 },
  deadLetterAge: { threshold: undefined, period: 300, evaluationPeriods: 1 },
  workerErrors: { threshold: 10, period: 60, evaluationPeriods: 1 },
  age: { threshold: undefined, period: 60, evaluationPeriods: 5 },
  queueSize: { threshold: 40, period: 300, evaluationPeriods: 24 },
  memory: { threshold: 100, period: 60, evaluationPeriods: 10 },
  cpu: { threshold: 90, period: 60, evaluationPeriods: 10 },
  placement: { threshold: 1, period: 3_600, evaluationPeriods: 1 },
  deployment: { threshold: 1, period: 60, evaluationPeriods: 1 },
} as const satisfies Record<string, AlarmDefaults>;

export type AlarmName = keyof typeof ALARM_DEFAULTS;
export const ALARM_NAMES = Object.keys(ALARM_DEFAULTS) as readonly AlarmName[];

/** MiB of a task for which the user names none. */
export const DEFAULT_MEMORY_MIB = 512;

export const DEFAULT_LOG_RETENTION_DAYS = 14;
