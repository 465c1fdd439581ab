import type { TextOrIntrinsic } from './configuration';

export interface SnsSource {
  arn: TextOrIntrinsic;
  filterPolicy: Readonly<Record<string, unknown>> | undefined;
  filterPolicyScope: 'MessageAttributes' | 'MessageBody';
  rawMessageDelivery: boolean;
}

interface EventBridgeSource {
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
  /** ARN of an existing role; undefined: one is made. */
  role: TextOrIntrinsic | undefined;
  /** Become attributes of the message. */
  headers: readonly string[];
}

/** The sources of one worker, by kind. */
export interface Sources {
  sns: readonly SnsSource[];
  eventBridge: readonly EventBridgeSource[];
  schedule: readonly ScheduleSource[];
  s3: readonly S3Source[];
  webhook: Webhook | undefined;
}
