import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** How a client of the AWS SDK reaches its service. */
export interface ClientSettings {
  region: string;
  endpoint?: string;
  credentials: Credentials | (() => Promise<Credentials>);
  /** The framework's own, which knows the proxy. */
  requestHandler?: object;
  useQueueUrlAsEndpoint: false;
}

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Clients by service; each is loaded when it is first asked for, and made once. */
export interface Clients {
  sqs(): Promise<SQSClient>;
  sns(): Promise<SNSClient>;
  cloudFormation(): Promise<CloudFormationClient>;
  ecr(): Promise<ECRClient>;
  logs(): Promise<CloudWatchLogsClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  ecs(): Promise<ECSClient>;
  scaling(): Promise<ApplicationAutoScalingClient>;
  scheduler(): Promise<SchedulerClient>;
}

/** @param settings asked for once, before the first client is loaded */
export function lazyClients(settings: () => Promise<ClientSettings>): Clients {
  const given = once(settings);
  const make = <T>(create: (settings: ClientSettings) => Promise<T>) =>
    once(async () => create(await given()));
  return {
    sqs: make(async (s) => new (await import('../../vendor/sqs.mjs')).SQSClient(s)),
    sns: make(async (s) => new (await import('../../vendor/sns.mjs')).SNSClient(s)),
    cloudFormation: make(
      async (s) => new (await import('../../vendor/cloudformation.mjs')).CloudFormationClient(s),
    ),
    ecr: make(async (s) => new (await import('../../vendor/ecr.mjs')).ECRClient(s)),
    logs: make(async (s) => new (await import('../../vendor/cloudwatch-logs.mjs')).CloudWatchLogsClient(s)),
    cloudWatch: make(async (s) => new (await import('../../vendor/cloudwatch.mjs')).CloudWatchClient(s)),
    ecs: make(async (s) => new (await import('../../vendor/ecs.mjs')).ECSClient(s)),
    scaling: make(
      async (s) =>
        new (await import('../../vendor/application-auto-scaling.mjs')).ApplicationAutoScalingClient(s),
    ),
    scheduler: make(async (s) => new (await import('../../vendor/scheduler.mjs')).SchedulerClient(s)),
  };
}

function once<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= create());
}
