import { ContainerVariable } from '../../../src/contract/environment';
import { ACCOUNT_ID, REGION, type Properties } from '../types/type';
import type { Context } from './simulator';
import { MANAGED_KEY, queueArnOf, tagContext, type Stack } from './stack';

/** A KMS key, and the condition keys of calls to it. */
export interface Key {
  arn: string;
  context: Context;
}

/** The resources of one worker in a stack, found through its ECS service. */
export interface DeployedWorker {
  id: string;
  taskRole: string;
  executionRole: string;
  environment: Readonly<Record<string, string>>;
  queue: string;
  topic: string | undefined;
  table: string | undefined;
  /** Key of the queue, and of the topic if there is one. */
  key: Key | undefined;
  /** One of its tasks, with the condition keys of calls to it. */
  task: { arn: string; context: Context };
  service: { arn: string; context: Context };
  /** Name of the cluster. */
  cluster: string;
  /** Repository of ECR, or undefined if the image is in another registry. */
  repository: string | undefined;
  /** In CloudWatch; undefined: the log goes elsewhere. */
  logStream: string | undefined;
  /** ARNs of files of variables in S3. */
  environmentFiles: readonly string[];
  /** Whether another container writes the log, with the task role. */
  isRouted: boolean;
  sidecars: readonly DeployedSidecar[];
  secrets: readonly string[];
  isExec: boolean;
  /** EFS file systems that are mounted with the task role. */
  fileSystems: readonly FileSystem[];
  /** With what ECS makes the EBS volumes of tasks, and the key that encrypts these. */
  disk: { role: string; key: string | undefined } | undefined;
}

/** A container beside that of the watcher. */
interface DeployedSidecar {
  image: string;
  repository: string | undefined;
  logStream: string | undefined;
  /** Those of its variables, and that with which its image is pulled. */
  secrets: readonly string[];
}

interface FileSystem {
  arn: string;
  /** ARN of the access point by which it is mounted. */
  accessPoint: string | undefined;
  readOnly: boolean;
}

export function workersOf(stack: Stack): DeployedWorker[] {
  return stack.ofType('AWS::ECS::Service').map(({ id, properties }) => {
    const definition = stack.resources.find(({ ref }) => ref === properties.TaskDefinition)!;
    const [container, ...others] = definition.properties.ContainerDefinitions as [Container];
    const environment = variablesOf(container);
    const queue = queueArnOf(environment[ContainerVariable.queueUrl]!);
    const cluster = String(properties.Cluster).split('/').at(-1)!;
    return {
      id,
      taskRole: String(definition.properties.TaskRoleArn),
      executionRole: String(definition.properties.ExecutionRoleArn),
      environment,
      queue,
      topic: environment[ContainerVariable.workTopic],
      table: environment[ContainerVariable.progressTable],
      key: keyOf(stack, queue),
      task: { arn: taskArn(cluster), context: propagated(properties) },
      service: { arn: serviceArn(cluster), context: tagContext(properties) },
      cluster,
      repository: repositoryOf(container.Image),
      logStream: logStreamOf(container),
      environmentFiles: (container.EnvironmentFiles ?? []).map(({ Value }) => Value),
      isRouted: container.LogConfiguration?.LogDriver === 'awsfirelens',
      sidecars: others.map(sidecarOf),
      secrets: (container.Secrets ?? []).map(({ ValueFrom }) => ValueFrom),
      isExec: properties.EnableExecuteCommand === true,
      fileSystems: fileSystemsOf(definition.properties.Volumes as Volume[], container),
      disk: diskOf(properties),
    };
  });
}

interface Volume {
  Name: string;
  EFSVolumeConfiguration?: {
    FilesystemId: string;
    AuthorizationConfig: { AccessPointId?: string; IAM: string };
  };
}

function fileSystemsOf(volumes: readonly Volume[] = [], { MountPoints = [] }: Container): FileSystem[] {
  const arn = (resource: string) => `arn:aws:elasticfilesystem:${REGION}:${ACCOUNT_ID}:${resource}`;
  return volumes.flatMap(({ Name, EFSVolumeConfiguration: given }) => {
    if (given?.AuthorizationConfig.IAM !== 'ENABLED') return [];
    const { AccessPointId } = given.AuthorizationConfig;
    return [
      {
        arn: arn(`file-system/${given.FilesystemId}`),
        accessPoint: AccessPointId === undefined ? undefined : arn(`access-point/${AccessPointId}`),
        readOnly: MountPoints.every(({ SourceVolume, ReadOnly }) => SourceVolume !== Name || ReadOnly),
      },
    ];
  });
}

function diskOf({ VolumeConfigurations = [] }: Properties): DeployedWorker['disk'] {
  const [disk] = VolumeConfigurations as { ManagedEBSVolume: { RoleArn: string; KmsKeyId?: string } }[];
  return disk && { role: disk.ManagedEBSVolume.RoleArn, key: disk.ManagedEBSVolume.KmsKeyId };
}

interface Container {
  Name: string;
  Image: string;
  RepositoryCredentials?: { CredentialsParameter: string };
  Environment: { Name: string; Value: string }[];
  MountPoints?: { SourceVolume: string; ReadOnly: boolean }[];
  Secrets?: { Name: string; ValueFrom: string }[];
  EnvironmentFiles?: { Value: string }[];
  LogConfiguration?: { LogDriver: string; Options: Record<string, string> };
}

const variablesOf = ({ Environment }: Container): Record<string, string> =>
  Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));

export const serviceArn = (cluster: string): string =>
  `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:service/${cluster}/tiles-dev-worker`;

export const taskArn = (cluster: string): string =>
  `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:task/${cluster}/0123456789abcdef0123456789abcdef`;

/**
 * The tags of a task. ECS copies those of the service to its tasks if the service says so; otherwise a task has none.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
 */
const propagated = (service: Properties): Context =>
  service.PropagateTags === 'SERVICE' ? tagContext(service) : {};

/** The key of a queue. Keys of existing queues are not in the template. */
export function keyOf(stack: Stack, queueArn: string): Key | undefined {
  const queue = stack.ofType('AWS::SQS::Queue').find(({ ref }) => queueArnOf(ref) === queueArn);
  const given = (queue?.properties.KmsMasterKeyId as string | undefined) ?? stack.existingKeys[queueArn];
  if (given === undefined) return undefined;
  if (/(^|:)alias\/aws\//.test(given)) return { arn: MANAGED_KEY, context: {} };
  const alias = /alias\/.+$/.exec(given)?.[0];
  const inAccount = (id: string) => `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${id}`;
  if (alias !== undefined) {
    const arn = inAccount('bbbbbbbb-0000-4000-8000-000000000000');
    return { arn, context: { 'kms:ResourceAliases': [alias] } };
  }
  return { arn: given.startsWith('arn:') ? given : inAccount(given), context: {} };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
function repositoryOf(image: string): string | undefined {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)[:@]/.exec(image) ?? [];
  return name === undefined ? undefined : `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

const sidecarOf = (container: Container): DeployedSidecar => ({
  image: container.Image,
  repository: repositoryOf(container.Image),
  logStream: logStreamOf(container),
  secrets: [
    ...(container.Secrets ?? []).map(({ ValueFrom }) => ValueFrom),
    ...(container.RepositoryCredentials === undefined
      ? []
      : [container.RepositoryCredentials.CredentialsParameter]),
  ],
});

function logStreamOf({ Name, LogConfiguration }: Container): string | undefined {
  if (LogConfiguration === undefined) return undefined;
  const { LogDriver, Options } = LogConfiguration;
  const of = (group: string | undefined, stream: string) =>
    `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${group}:log-stream:${stream}`;
  switch (LogDriver) {
    case 'awsfirelens':
      return of(Options.log_group_name, `${Options.log_stream_prefix}${Name}-firelens-0123456789abcdef`);
    case 'awslogs':
      return of(Options['awslogs-group'], `${Options['awslogs-stream-prefix']}/${Name}/0123456789abcdef`);
    default:
      return undefined;
  }
}
