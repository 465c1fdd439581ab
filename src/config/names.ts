import type { ServiceContext } from './configuration';
import { CLOUDWATCH, ECS, SNS, SQS } from './limits';

/** Every name and logical id that the plugin gives, and the limits on their length. */

/** The name of the only worker where `watchbot:` has no map of workers. */
export const SINGLE_WORKER_NAME = 'watchbot';

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
  topic: 'Topic',
  subscription: 'QueueSubscription',
  queuePolicy: 'QueuePolicy',
  logGroup: 'LogGroup',
  taskDefinition: 'Task',
  service: 'Service',
  taskRole: 'TaskRole',
  executionRole: 'ExecutionRole',
  scalableTarget: 'ScalingTarget',
  scaleUpPolicy: 'ScaleUp',
  scaleUpAlarm: 'ScaleUpTrigger',
  scaleDownPolicy: 'ScaleDown',
  scaleDownAlarm: 'ScaleDownTrigger',
  deadLetterAlarm: 'DeadLetterAlarm',
  workerErrorsMetric: 'WorkerErrorsMetric',
  workerErrorsAlarm: 'WorkerErrorsAlarm',
  queueSizeAlarm: 'QueueSizeAlarm',
  memoryAlarm: 'MemoryAlarm',
  cpuAlarm: 'CpuAlarm',
} as const;

export type WorkerResource = keyof typeof WORKER_RESOURCES;

/** Names under `extensions`. */
export const EXTENDABLE_RESOURCES: readonly string[] = Object.keys(WORKER_RESOURCES);

export function logicalId(worker: string, resource: WorkerResource): string {
  return prefixOf(worker) + WORKER_RESOURCES[resource];
}

/** The logical ids that a worker's resources can have. */
export function logicalIds(worker: string): string[] {
  return Object.values(WORKER_RESOURCES).map((suffix) => prefixOf(worker) + suffix);
}

/** Logical ids of what a stack has once. */
export const SharedId = {
  cluster: 'WatchbotCluster',
  clusterCapacity: 'WatchbotClusterCapacity',
  vpc: 'WatchbotVpc',
  internetGateway: 'WatchbotInternetGateway',
  gatewayAttachment: 'WatchbotInternetGatewayAttachment',
  routeTable: 'WatchbotRouteTable',
  defaultRoute: 'WatchbotDefaultRoute',
  subnet: (index: number) => `WatchbotSubnet${index}`,
  subnetRoute: (index: number) => `WatchbotSubnet${index}Route`,
  securityGroup: 'WatchbotSecurityGroup',
  notifications: 'WatchbotNotifications',
} as const;

/** Outputs, under Watchbot's names, so that tools written for it keep working. */
export const OutputName = {
  clusterArn: 'ClusterArn',
  queueUrl: (worker: string) => `${prefixOf(worker)}QueueUrl`,
  deadLetterQueueUrl: (worker: string) => `${prefixOf(worker)}DeadLetterQueueUrl`,
  topicArn: (worker: string) => `${prefixOf(worker)}TopicArn`,
  logGroup: (worker: string) => `${prefixOf(worker)}LogGroup`,
} as const;

type Named = Pick<ServiceContext, 'stackName' | 'region'>;

export function queueName({ stackName }: Named, worker: string, isFifo: boolean): string {
  return `${stackName}-${logicalId(worker, 'queue')}${isFifo ? '.fifo' : ''}`;
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

/** Family of the task definition, and prefix of the log streams. */
export function familyName({ stackName }: Named, worker: string): string {
  return `${stackName}-${prefixOf(worker)}`;
}

export function alarmName({ stackName }: Named, worker: string, resource: WorkerResource): string {
  return `${stackName}-${logicalId(worker, resource)}`;
}

/** CloudWatch namespace and metric name, as in Watchbot. */
export const METRIC_NAMESPACE = 'Mapbox/ecs-watchbot';

export function metricName({ stackName }: Named, worker: string, metric: string): string {
  return `${prefixOf(worker)}${metric}-${stackName}`;
}

/** Name of the container in the task, and key under which ECS Exec finds it. */
export const CONTAINER_NAME = 'watchbot';

/** ECR repository of a worker's image. */
export function repositoryName({ service, stage }: ServiceContext, worker: string): string {
  return `${repositoryPart(`${service}-${stage}`)}/${repositoryPart(worker)}`;
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

/** The longest name of each kind that this worker leads to, with the limit on it. */
export function longestNames(
  context: ServiceContext,
  worker: string,
  { fifo, deadLetter }: { fifo: boolean; deadLetter: boolean },
) {
  const queue = deadLetter
    ? { kind: 'dead-letter queue', name: deadLetterQueueName(context, worker, fifo) }
    : { kind: 'queue', name: queueName(context, worker, fifo) };
  return [
    { ...queue, limit: SQS.maxNameLength },
    { kind: 'topic', name: topicName(context, worker, fifo), limit: SNS.maxNameLength },
    { kind: 'log group', name: logGroupName(context, worker), limit: CLOUDWATCH.maxLogGroupNameLength },
    { kind: 'task definition', name: familyName(context, worker), limit: ECS.maxFamilyLength },
    { kind: 'alarm', name: alarmName(context, worker, 'workerErrorsAlarm'), limit: CLOUDWATCH.maxNameLength },
    { kind: 'image repository', name: repositoryName(context, worker), limit: MAX_REPOSITORY_NAME_LENGTH },
  ];
}
