import type { TextOrIntrinsic } from './configuration';

/** Where else messages come from, with every choice made. */
export interface SnsSource {
  arn: TextOrIntrinsic;
  filterPolicy: Readonly<Record<string, unknown>> | undefined;
  filterPolicyScope: 'MessageAttributes' | 'MessageBody';
  rawMessageDelivery: boolean;
}

export interface EventBridgeSource {
  pattern: Readonly<Record<string, unknown>>;
  eventBus: TextOrIntrinsic | undefined;
  /** The message, instead of the event. */
  input: string | undefined;
  inputPath: string | undefined;
  messageGroupId: string | undefined;
}

export interface ScheduleSource {
  /** `rate(…)`, `cron(…)` or `at(…)`. */
  rate: string;
  timezone: string | undefined;
  /** The message. */
  input: string | undefined;
  enabled: boolean;
  messageGroupId: string | undefined;
}

export interface S3Source {
  bucket: TextOrIntrinsic;
  event: string;
  prefix: string | undefined;
  suffix: string | undefined;
  existing: boolean;
  messageGroupId: string | undefined;
}

export interface Jwt {
  issuer: TextOrIntrinsic;
  audience: readonly TextOrIntrinsic[];
  scopes: readonly string[] | undefined;
}

export interface Webhook {
  authorization: 'apiKey' | 'iam' | 'none' | { jwt: Jwt };
  throttle: { rate: number; burst: number };
  messageGroupId: string | undefined;
}

/** The sources of one worker, by kind. */
export interface Sources {
  sns: readonly SnsSource[];
  eventBridge: readonly EventBridgeSource[];
  schedule: readonly ScheduleSource[];
  s3: readonly S3Source[];
  webhook: Webhook | undefined;
}

/** A bucket that is made here, with all that it tells the queue of. */
export interface MadeBucket {
  bucket: TextOrIntrinsic;
  notifications: readonly S3Source[];
}

/** In the order in which they are first named; a function that stands twice is one bucket. */
export function madeBuckets({ s3 }: Pick<Sources, 's3'>): MadeBucket[] {
  const made = new Map<string, MadeBucket>();
  for (const source of s3.filter(({ existing }) => !existing)) {
    const key = JSON.stringify(source.bucket);
    const notifications = [...(made.get(key)?.notifications ?? []), source];
    made.set(key, { bucket: source.bucket, notifications });
  }
  return [...made.values()];
}

/** Buckets that are heard through EventBridge. */
export function existingBuckets({ s3 }: Pick<Sources, 's3'>): S3Source[] {
  return s3.filter(({ existing }) => existing);
}
