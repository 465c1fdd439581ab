import type { Configuration, ServiceContext, TextOrIntrinsic } from './configuration';
import { CLOUDFORMATION, CLOUDWATCH, DYNAMODB, ECS, EVENTS, LAMBDA, SNS, SQS } from './limits';
import { logicalId, prefixOf, type WorkerResource } from './logical-ids';

/** Every name that the plugin gives, and the limits on their length. */

/** The name of the only worker if `watchbot:` has no map of workers. */
export const SINGLE_WORKER_NAME = 'watchbot';

/** Outputs, under Watchbot's names, so that tools written for it keep working. */
export const OutputName = {
  clusterArn: 'ClusterArn',
  queueUrl: (worker: string) => `${prefixOf(worker)}QueueUrl`,
  deadLetterQueueUrl: (worker: string) => `${prefixOf(worker)}DeadLetterQueueUrl`,
  topicArn: (worker: string) => `${prefixOf(worker)}TopicArn`,
  logGroup: (worker: string) => `${prefixOf(worker)}LogGroup`,
  webhookUrl: (worker: string) => `${prefixOf(worker)}WebhookUrl`,
  webhookApiKeyId: (worker: string) => `${prefixOf(worker)}WebhookApiKeyId`,
  senderSecretArn: (worker: string) => `${prefixOf(worker)}SenderSecretArn`,
  progressTable: (worker: string) => `${prefixOf(worker)}ProgressTable`,
  scheduleRoleArn: (worker: string) => `${prefixOf(worker)}ScheduleRoleArn`,
} as const;

type Named = Pick<ServiceContext, 'stackName' | 'region'>;

export function queueName({ stackName }: Named, worker: string, isFifo: boolean): string {
  return `${stackName}-${logicalId(worker, 'queue')}${isFifo ? '.fifo' : ''}`;
}

/**
 * The name and the account of an existing queue or topic whose ARN is written out. Only the stack knows what a
 * CloudFormation function gives.
 */
export function existingByArn(arn: unknown): { name: string; accountId: string } | undefined {
  if (typeof arn !== 'string') return undefined;
  const [accountId = '', name = ''] = arn.split(':').slice(-2);
  return { name, accountId };
}

export function deadLetterQueueName({ stackName }: Named, worker: string, isFifo: boolean): string {
  return `${stackName}-${logicalId(worker, 'deadLetterQueue')}${isFifo ? '.fifo' : ''}`;
}

export function topicName({ stackName }: Named, worker: string, isFifo: boolean): string {
  return `${stackName}-${logicalId(worker, 'topic')}${isFifo ? '.fifo' : ''}`;
}

export function logGroupName({ stackName, region }: Named, worker: string): string {
  return `${stackName}-${region}-${worker.toLowerCase()}`;
}

/** That of the sidecars of a worker: nothing that they write can pass for a line of the watcher. */
export const sidecarLogGroupName = (named: Named, worker: string): string =>
  `${logGroupName(named, worker)}-sidecars`;

/** Family of the task definition, and prefix of the log streams. */
export function familyName({ stackName }: Named, worker: string): string {
  return `${stackName}-${prefixOf(worker)}`;
}

export function alarmName({ stackName }: Named, worker: string, resource: WorkerResource): string {
  return `${stackName}-${logicalId(worker, resource)}`;
}

/**
 * With the version in its name, each version has an alarm of its own, which begins in OK. If one that is in ALARM because of
 * the previous version were reused, ECS would not watch it at all.
 */
export function newVersionAlarmName({ stackName }: Named, worker: string, version: string): string {
  return `${stackName}-${logicalId(worker, 'newVersionAlarm')}-${version}`;
}

/** A rule, a schedule or an API is named by its logical id, so that policies can name it before it exists. */
export function sourceName({ stackName }: Named, id: string): string {
  return `${stackName}-${id}`;
}

/** Dashboards of all regions of an account are in one list. */
export function dashboardName({ stackName, region }: Named, worker: string): string {
  return `${stackName}-${region}-${prefixOf(worker)}`;
}

/** As in Watchbot. */
export function progressTableName({ stackName }: Named, worker: string): string {
  return `${stackName}-${prefixOf(worker)}-progress`;
}

/** The function name that a handler is told. Nothing in AWS has this name, so it may be cut off. */
export function functionName({ service, stage }: ServiceContext, worker: string): string {
  return `${service}-${stage}-${worker}`.slice(0, LAMBDA.maxFunctionNameLength);
}

/** The tag of a worker's service, tasks and queue; its value is the family of the tasks. */
export const WORKER_TAG_KEY = 'watchbot:worker';

/** CloudWatch namespace and metric name, as in Watchbot. */
export const METRIC_NAMESPACE = 'Mapbox/ecs-watchbot';

export function metricName({ stackName }: Named, worker: string, metric: string): string {
  return `${prefixOf(worker)}${metric}-${stackName}`;
}

/** Name of the container in the task, and key under which ECS Exec finds it. */
export const CONTAINER_NAME = 'watchbot';

/** ECR repository of a worker's image. */
export function repositoryName({ service, stage }: ServiceContext, worker: string): string {
  return `${repositoryPrefix({ service, stage })}${repositoryPart(worker)}`;
}

/** What the names of all repositories of a service and stage begin with. */
export function repositoryPrefix({ service, stage }: Pick<ServiceContext, 'service' | 'stage'>): string {
  return `${repositoryPart(`${service}-${stage}`)}/`;
}

/** Where an image is pulled from: ECR in the region of the stack, or the registry that the user names. */
export function imageUri(
  { registry }: Pick<Configuration, 'registry'>,
  { repository, tag }: { repository: string; tag: string },
): TextOrIntrinsic {
  const image = `${repository}:${tag}`;
  if (registry !== undefined) return `${registry.name}/${image}`;
  return { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/${image}` };
}

/** ECR takes lower case, and no two dashes in a row. */
function repositoryPart(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
const MAX_REPOSITORY_NAME_LENGTH = 256;

export interface LimitedName {
  kind: string;
  name: string;
  limit: number;
}

/** The longest name of each kind that a worker leads to, with its limit. */
export function longestNames(
  context: ServiceContext,
  worker: string,
  {
    fifo,
    deadLetter,
    rules,
    schedules,
  }: { fifo: boolean; deadLetter: boolean; rules: readonly string[]; schedules: readonly string[] },
): LimitedName[] {
  const queue = deadLetter
    ? { kind: 'dead-letter queue', name: deadLetterQueueName(context, worker, fifo) }
    : { kind: 'queue', name: queueName(context, worker, fifo) };
  const limited = (kind: string, limit: number) => (id: string) => ({
    kind,
    name: sourceName(context, id),
    limit,
  });
  return [
    { ...queue, limit: SQS.maxNameLength },
    { kind: 'topic', name: topicName(context, worker, fifo), limit: SNS.maxNameLength },
    {
      kind: 'log group',
      name: sidecarLogGroupName(context, worker),
      limit: CLOUDWATCH.maxLogGroupNameLength,
    },
    { kind: 'task definition', name: familyName(context, worker), limit: ECS.maxFamilyLength },
    {
      kind: 'alarm',
      name: alarmName(context, worker, 'deadLetterGrowthAlarm'),
      limit: CLOUDWATCH.maxNameLength,
    },
    { kind: 'dashboard', name: dashboardName(context, worker), limit: CLOUDWATCH.maxNameLength },
    { kind: 'table', name: progressTableName(context, worker), limit: DYNAMODB.maxTableNameLength },
    { kind: 'image repository', name: repositoryName(context, worker), limit: MAX_REPOSITORY_NAME_LENGTH },
    ...rules.map(limited('rule', EVENTS.maxRuleNameLength)),
    ...schedules.map(limited('schedule', EVENTS.maxScheduleNameLength)),
  ];
}

/** The limit on the stack's own name. */
export function stackNameLimit({ stackName }: Named): LimitedName {
  return { kind: 'stack', name: stackName, limit: CLOUDFORMATION.maxStackNameLength };
}
