import { createHash } from 'node:crypto';
import type { Worker } from './configuration';
import { existingBuckets, madeBuckets } from './s3-sources';

/** Every logical id that the plugin gives, and what `extensions` calls the resource. */

/** `render-tiles` gives `RenderTiles`: what every logical id of a worker starts with, as Watchbot's `prefix`. */
export function prefixOf(worker: string): string {
  return worker
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** Resources of one worker: what `extensions` calls them, and how their logical id ends. */
const WORKER_RESOURCES = {
  queue: 'Queue',
  deadLetterQueue: 'DeadLetterQueue',
  queueKey: 'QueueKey',
  topic: 'Topic',
  subscription: 'QueueSubscription',
  queuePolicy: 'QueuePolicy',
  logGroup: 'LogGroup',
  sidecarLogGroup: 'SidecarLog',
  taskDefinition: 'Task',
  capacityProvider: 'CapacityProvider',
  service: 'Service',
  taskRole: 'TaskRole',
  executionRole: 'ExecutionRole',
  infrastructureRole: 'InfrastructureRole',
  scalableTarget: 'ScalingTarget',
  awakeSchedule: 'AwakeSchedule',
  scaleUpPolicy: 'ScaleUp',
  scaleUpAlarm: 'ScaleUpTrigger',
  scaleSteadyPolicy: 'ScaleSteady',
  scaleSteadyAlarm: 'ScaleSteadyTrigger',
  scaleDownPolicy: 'ScaleDown',
  scaleDownAlarm: 'ScaleDownTrigger',
  deadLetterAlarm: 'DeadLetterAlarm',
  deadLetterGrowthAlarm: 'DeadLetterGrowthAlarm',
  deadLetterAgeAlarm: 'DeadLetterAgeAlarm',
  ageAlarm: 'AgeAlarm',
  workerErrorsMetric: 'WorkerErrorsMetric',
  workerErrorsAlarm: 'WorkerErrorsAlarm',
  messageReceivesMetric: 'MessageReceivesMetric',
  workerDurationMetric: 'WorkerDurationMetric',
  responseDurationMetric: 'ResponseDurationMetric',
  queueSizeAlarm: 'QueueSizeAlarm',
  memoryAlarm: 'MemoryAlarm',
  cpuAlarm: 'CpuAlarm',
  placementRule: 'PlacementRule',
  placementAlarm: 'PlacementAlarm',
  deploymentRule: 'DeploymentRule',
  deploymentAlarm: 'DeploymentAlarm',
  versionErrorsMetric: 'VersionErrorsMetric',
  versionJobsMetric: 'VersionJobsMetric',
  newVersionAlarm: 'NewVersionAlarm',
  dashboard: 'Dashboard',
  progressTable: 'ProgressTable',
  sender: 'Sender',
  senderKey: 'SenderAccessKey',
  senderSecret: 'SenderSecret',
  scheduleRole: 'ScheduleRole',
  webhookRole: 'WebhookRole',
  webhookApi: 'WebhookApi',
  webhookAuthorizer: 'WebhookAuthorizer',
  webhookIntegration: 'WebhookIntegration',
  webhookRoute: 'WebhookRoute',
  webhookStage: 'WebhookStage',
  // CloudFormation does not change the type of a resource: another kind of API has another id.
  webhookRestApi: 'WebhookRestApi',
  webhookMethod: 'WebhookMethod',
  webhookDeployment: 'WebhookDeployment',
  webhookRestStage: 'WebhookRestStage',
  webhookApiKey: 'WebhookApiKey',
  webhookUsagePlan: 'WebhookUsagePlan',
  webhookUsagePlanKey: 'WebhookUsagePlanKey',
} as const;

export type WorkerResource = keyof typeof WORKER_RESOURCES;
export const WORKER_RESOURCE_NAMES = Object.keys(WORKER_RESOURCES) as readonly WorkerResource[];

export function logicalId(worker: string, resource: WorkerResource): string {
  return prefixOf(worker) + WORKER_RESOURCES[resource];
}

/**
 * The logical id of a worker's log group beside a function of the same name, whose own log group has the usual one.
 * @param id the usual one
 */
export const logGroupBesideFunction = (id: string): string => id.replace(/LogGroup$/, 'WatchbotLogGroup');

/** The logical ids that a worker's resources can have, except those of its sources. */
export function logicalIds(worker: string): string[] {
  return Object.values(WORKER_RESOURCES).map((suffix) => prefixOf(worker) + suffix);
}

/**
 * Resources of a worker's sources: `extensions` calls them by kind and number, counted from 1 in the order of `events`.
 * A subscription or a bucket has its id from its topic or its name instead: if it had another one whenever the order
 * changes, CloudFormation would remove the subscription, or replace the bucket.
 */
export const SourceId = {
  snsSubscription: (worker: string, topicArn: unknown) =>
    `${prefixOf(worker)}SnsSubscription${shortHash(topicArn)}`,
  bucket: (worker: string, bucket: unknown) => `${prefixOf(worker)}Bucket${shortHash(bucket)}`,
  bucketRule: (worker: string, number: number) => `${prefixOf(worker)}BucketRule${number}`,
  eventRule: (worker: string, number: number) => `${prefixOf(worker)}EventRule${number}`,
  schedule: (worker: string, number: number) => `${prefixOf(worker)}Schedule${number}`,
} as const;

/**
 * A rule that lets the tasks in to a file system.
 * @param group the security group to which it is added
 */
export const fileSystemAccessId = (group: unknown): string => `WatchbotFileSystemAccess${shortHash(group)}`;

/** The names that `extensions` has for the resources of sources, with their logical ids. */
export function sourceIds({ name, events }: Pick<Worker, 'name' | 'events'>): Record<string, string> {
  const numbered = (kind: string, ids: readonly string[]) =>
    ids.map((id, index) => [`${kind}${index + 1}`, id] as const);
  const numbers = (list: readonly unknown[]) => list.map((_, index) => index + 1);
  return Object.fromEntries([
    ...numbered(
      'snsSubscription',
      events.sns.map(({ arn }) => SourceId.snsSubscription(name, arn)),
    ),
    ...numbered(
      'bucket',
      madeBuckets(events).map(({ bucket }) => SourceId.bucket(name, bucket)),
    ),
    ...numbered(
      'bucketRule',
      numbers(existingBuckets(events)).map((number) => SourceId.bucketRule(name, number)),
    ),
    ...numbered(
      'eventRule',
      numbers(events.eventBridge).map((number) => SourceId.eventRule(name, number)),
    ),
    ...numbered(
      'schedule',
      numbers(events.schedule).map((number) => SourceId.schedule(name, number)),
    ),
  ]);
}

/** The logical ids of all resources that a worker may have, by what `extensions` calls them. */
export function idsOf(worker: Pick<Worker, 'name' | 'events'>): Record<string, string> {
  const own = WORKER_RESOURCE_NAMES.map((resource) => [resource, logicalId(worker.name, resource)]);
  return { ...(Object.fromEntries(own) as Record<string, string>), ...sourceIds(worker) };
}

const SHORT_HASH_LENGTH = 8;

function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, SHORT_HASH_LENGTH);
}

/** Logical ids of the resources that a stack has once. */
export const SharedId = {
  cluster: 'WatchbotCluster',
  clusterCapacity: 'WatchbotClusterCapacity',
  vpc: 'WatchbotVpc',
  internetGateway: 'WatchbotInternetGateway',
  gatewayAttachment: 'WatchbotInternetGatewayAttachment',
  routeTable: 'WatchbotRouteTable',
  defaultRoute: 'WatchbotDefaultRoute',
  subnet1: 'WatchbotSubnet1',
  subnet2: 'WatchbotSubnet2',
  subnet1Route: 'WatchbotSubnet1Route',
  subnet2Route: 'WatchbotSubnet2Route',
  securityGroup: 'WatchbotSecurityGroup',
  managedInfrastructureRole: 'WatchbotManagedInstancesManagerRole',
  managedInstanceRole: 'WatchbotManagedInstanceRole',
  managedInstanceProfile: 'WatchbotManagedInstanceProfile',
  privateRange: 'WatchbotPrivateRange',
  privateSubnet1: 'WatchbotPrivateSubnet1',
  privateSubnet2: 'WatchbotPrivateSubnet2',
  privateRouteTable1: 'WatchbotPrivateRouteTable1',
  privateRouteTable2: 'WatchbotPrivateRouteTable2',
  privateSubnet1Route: 'WatchbotPrivateSubnet1Route',
  privateSubnet2Route: 'WatchbotPrivateSubnet2Route',
  natAddress1: 'WatchbotNatAddress1',
  natAddress2: 'WatchbotNatAddress2',
  natGateway1: 'WatchbotNatGateway1',
  natGateway2: 'WatchbotNatGateway2',
  natRoute1: 'WatchbotNatRoute1',
  natRoute2: 'WatchbotNatRoute2',
  endpointSecurityGroup: 'WatchbotEndpointSecurityGroup',
  notifications: 'WatchbotNotifications',
  awakeRole: 'WatchbotAwakeRole',
  rollbackRule: 'WatchbotRollbackRule',
  rollbackAlarm: 'WatchbotRollbackAlarm',
} as const;

/** The logical id of the VPC endpoint of a service: `WatchbotEndpointEcrApi` for `ecr.api`. */
export const endpointId = (service: string): string =>
  `WatchbotEndpoint${prefixOf(service.replaceAll('.', '-'))}`;

export type SharedResource = keyof typeof SharedId;
export const SHARED_RESOURCE_NAMES = Object.keys(SharedId) as readonly SharedResource[];
