import type { Configuration, Secret, TextOrIntrinsic, Worker } from '../config/configuration';
import { isLogInCloudWatch } from '../config/container';
import { ownId, type OwnResources } from '../config/functions';
import { repositoryName } from '../config/names';
import { hasSidecarLog } from '../config/sidecars';
import {
  arn,
  assumedBy,
  getAtt,
  oneOrMore,
  policyDocument,
  select,
  sub,
  type Statement,
} from './cloudformation';
import { clusterName } from './cluster';
import { arnFrom, secretArnFrom, secretValueFrom } from './derived';
import { fileSystemStatements } from './efs';
import { keyStatements } from './encryption';
import { progressStatements } from './progress-table';
import { countsReceives, queueArn } from './queue-references';
import type { Resources, Role } from './resource-types';
import { queueSendStatement, sendStatement, sendStatements } from './sending';
import { ecrRepositoryArn, sidecarRepositories, sidecarStatements } from './sidecar-permissions';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';
import { onTagged } from './tags';

/**
 * By tasks of this account and region only, so that nobody else can make ECS use the role for theirs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html (confused deputy)
 */
const assumedByTasks = assumedBy('ecs-tasks.amazonaws.com', {
  ArnLike: { 'aws:SourceArn': arn('ecs', '*') },
});

export function taskRole(subject: Subject): Resources {
  return subject.worker.role === undefined ? named(subject, 'taskRole', neededTaskRole(subject)) : {};
}

/** What the watcher and its workers may do. */
export function neededTaskRole(subject: ConfiguredWorker): Role {
  const { worker } = subject;
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedByTasks,
      ManagedPolicyArns: worker.managedPolicies.length === 0 ? undefined : worker.managedPolicies,
      Policies: [
        { PolicyName: 'watcher', PolicyDocument: policyDocument(watcherStatements(subject)) },
        ...(worker.permissions.length === 0
          ? []
          : [{ PolicyName: 'worker', PolicyDocument: policyDocument(userStatements(worker)) }]),
      ],
    },
  };
}

function watcherStatements(subject: ConfiguredWorker): Statement[] {
  const { worker } = subject;
  return [
    {
      Sid: 'Messages',
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      Resource: queueArn(subject),
    },
    // A worker may send more messages to itself, as in Watchbot.
    { Sid: 'MoreWork', ...sendStatement(subject) },
    ...sendAnewStatements(subject),
    ...keyStatements(subject, worker.topic === false ? ['sqs'] : ['sqs', 'sns']),
    ...progressStatements(subject),
    ...fileSystemStatements(worker),
    ...sendStatements(worker.environment, otherWorkers(subject)),
    protectionStatement(subject),
    lookStatement(subject),
    ...(worker.exec ? [EXEC_STATEMENT] : []),
    ...sidecarStatements(subject),
    ...watchbotStatements(subject),
  ];
}

/** A task protects itself. All tasks of the worker have the same role, so the permission is for them, and for no others. */
const protectionStatement = (subject: ConfiguredWorker): Statement => ({
  Sid: 'ScaleInProtection',
  Effect: 'Allow',
  Action: 'ecs:UpdateTaskProtection',
  ...onOwn(subject, inCluster(subject, 'task')),
});

/** A task looks at itself and at its service, to see whether a newer version runs. */
const lookStatement = (subject: ConfiguredWorker): Statement => ({
  Sid: 'OwnVersion',
  Effect: 'Allow',
  Action: ['ecs:DescribeTasks', 'ecs:DescribeServices'],
  ...onOwn(subject, [inCluster(subject, 'task'), inCluster(subject, 'service')]),
});

const inCluster = ({ configuration }: ConfiguredWorker, kind: 'task' | 'service') =>
  sub(`arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:${kind}/\${Cluster}/*`, {
    Cluster: clusterName(configuration),
  });

/** Those of the named resources that have the worker's tag. */
function onOwn(subject: ConfiguredWorker, Resource: Statement['Resource']) {
  const Condition = onTagged(subject);
  return { Resource, ...(Condition && { Condition }) };
}

/** A worker may send to each worker whose address is in its environment. */
function otherWorkers({ configuration, worker }: ConfiguredWorker) {
  return configuration.workers
    .filter(({ name }) => name !== worker.name)
    .map((other) => ({ configuration, worker: other }));
}

/** The watcher sends a message anew if a receive that was no attempt would count towards its becoming a dead letter. */
function sendAnewStatements(subject: ConfiguredWorker): Statement[] {
  const { worker } = subject;
  // Without a topic it may send to the queue in any case; in a FIFO queue a copy would lose its place.
  if (worker.topic === false || worker.queue.fifo || !countsReceives(subject)) return [];
  return [{ Sid: 'SendAnew', ...queueSendStatement(subject) }];
}

/** What the role of Watchbot allowed a worker besides: up to v9 to read and write its log, in v10 to ask for its queue. */
function watchbotStatements(subject: ConfiguredWorker): Statement[] {
  if (subject.worker.compatibility === undefined) return [];
  return [
    {
      Sid: 'WatchbotQueue',
      Effect: 'Allow',
      Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      Resource: queueArn(subject),
    },
    {
      Sid: 'WatchbotLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:FilterLogEvents'],
      Resource: getAtt(idOf(subject, 'logGroup'), 'Arn'),
    },
  ];
}

/** ECS Exec uses channels that have no ARN. */
const EXEC_STATEMENT: Statement = {
  Sid: 'Exec',
  Effect: 'Allow',
  Action: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
};

function userStatements({ permissions }: Worker): Statement[] {
  return permissions.map((statement) => ({ ...statement, Effect: statement.Effect ?? 'Allow' }));
}

export function executionRole(subject: Subject): Resources {
  return subject.worker.executionRole === undefined
    ? named(subject, 'executionRole', neededExecutionRole(subject))
    : {};
}

/** What ECS may do to start a task: pull the image, write the log, read the secrets. */
export const neededExecutionRole = (subject: ConfiguredWorker): Role => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedByTasks,
    Policies: [{ PolicyName: 'start', PolicyDocument: policyDocument(executionStatements(subject)) }],
  },
});

function executionStatements(subject: ConfiguredWorker): Statement[] {
  return [
    ...pullStatements(subject),
    ...writeLog(subject),
    ...secretStatements(subject, { ...allSecrets(subject.worker), ...logSecrets(subject.worker) }),
    ...environmentFileStatements(subject),
  ];
}

/** To the log groups that have a log. */
function writeLog(subject: ConfiguredWorker): Statement[] {
  const groups = [
    ...(isLogInCloudWatch(subject.worker) ? [getAtt(idOf(subject, 'logGroup'), 'Arn')] : []),
    ...(hasSidecarLog(subject.worker) ? [getAtt(idOf(subject, 'sidecarLogGroup'), 'Arn')] : []),
  ];
  if (groups.length === 0) return [];
  const Action = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  return [{ Sid: 'WriteLog', Effect: 'Allow', Action, Resource: oneOrMore(groups) }];
}

/** By names that no variable has. */
const logSecrets = ({ container: { log } }: Worker): Record<string, Secret> =>
  Object.fromEntries(
    Object.entries(log?.secretOptions ?? {}).map(([name, secret]) => [`log ${name}`, secret]),
  );

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html (environment files) */
function environmentFileStatements({ worker }: ConfiguredWorker): Statement[] {
  const files = worker.container.environmentFiles;
  const buckets = files.map((file) =>
    typeof file === 'string' ? file.split('/', 1)[0]! : select(0, { 'Fn::Split': ['/', file] }),
  );
  return [
    ...statement('ReadEnvironmentFiles', 's3:GetObject', files),
    ...statement('FindEnvironmentFiles', 's3:GetBucketLocation', distinct(buckets)),
  ];
}

/** What ECS may do to pull the images. */
function pullStatements(subject: ConfiguredWorker): Statement[] {
  const { configuration, worker } = subject;
  const own = repositoryArn(configuration, worker.name);
  const repositories = [...(own === undefined ? [] : [own]), ...sidecarRepositories(subject)];
  const { sidecars } = worker;
  const all = [configuration.registry, ...sidecars].flatMap<TextOrIntrinsic>(
    (each) => each?.credentials ?? [],
  );
  const credentials = Object.fromEntries(
    all.map((secretsManager, index) => [index, { secretsManager }] as const),
  );
  return [
    ...ecrStatements(distinct(repositories)),
    ...secretStatements(subject, credentials).map((statement) => ({
      ...statement,
      Sid: 'RegistryCredentials',
    })),
  ];
}

/** Of the worker and of its sidecars, each under a name of its own. */
const allSecrets = ({ secrets, sidecars }: Worker): Record<string, Secret> => ({
  ...secrets,
  ...Object.fromEntries(
    sidecars.flatMap((sidecar) =>
      Object.entries(sidecar.secrets).map(([name, secret]) => [`${name} ${sidecar.name}`, secret] as const),
    ),
  ),
});

function ecrStatements(repositories: readonly TextOrIntrinsic[]): Statement[] {
  if (repositories.length === 0) return [];
  return [
    // This action takes no resource.
    { Sid: 'RegistryLogin', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'PullImage',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: oneOrMore(repositories),
    },
  ];
}

/** Undefined if the registry is not ECR. */
function repositoryArn(
  { context, registry }: Configuration,
  workerName: string,
): TextOrIntrinsic | undefined {
  const repository = repositoryName(context, workerName);
  if (registry === undefined) return arn('ecr', `repository/${repository}`);
  return ecrRepositoryArn(`${registry.name}/${repository}`);
}

/** Permission to read just these secrets. */
function secretStatements(
  { configuration: { context } }: ConfiguredWorker,
  secrets: Readonly<Record<string, Secret>>,
): Statement[] {
  const { resources } = context;
  const all = Object.keys(secrets)
    .sort()
    .map((name) => secrets[name]!);
  return [
    ...statement(
      'ReadParameters',
      'ssm:GetParameters',
      distinct(all.flatMap((secret) => ('ssm' in secret ? [parameterArn(secret.ssm, resources)] : []))),
    ),
    ...statement(
      'ReadSecrets',
      'secretsmanager:GetSecretValue',
      distinct(all.flatMap((secret) => ('secretsManager' in secret ? secretArns(secret, resources) : []))),
    ),
  ];
}

/** Two containers may have one secret. */
const distinct = (list: readonly TextOrIntrinsic[]): TextOrIntrinsic[] => [
  ...new Map(list.map((each) => [JSON.stringify(each), each])).values(),
];

function statement(Sid: string, Action: string, Resource: readonly TextOrIntrinsic[]): Statement[] {
  return Resource.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource }];
}

/** A parameter is named by its ARN or, in the task's own region, by its name, with or without the first slash. */
function parameterArn(parameter: TextOrIntrinsic, resources: OwnResources): TextOrIntrinsic {
  if (typeof parameter !== 'string') {
    const own = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${Name}';
    const isName = ownId(parameter, 'AWS::SSM::Parameter', resources) !== undefined;
    const found = isName ? sub(own, { Name: parameter }) : arnFrom(parameter, own);
    // Only CloudFormation knows whether the name begins with a slash: it turns two slashes into one.
    return { 'Fn::Join': ['/', { 'Fn::Split': ['//', found] }] };
  }
  if (parameter.startsWith('arn:')) return parameter;
  return arn('ssm', `parameter/${parameter.replace(/^\//, '')}`);
}

const ARN_PARTS = 7;
/** Secrets Manager adds a dash and six characters to a secret's name. */
const COMPLETE_SECRET_ARN = /-[A-Za-z0-9]{6}$/;

/**
 * A JSON key, a version stage and a version id may follow the secret's own ARN. Permissions do not know them. Whether an ARN
 * that a function gives is the whole one is not known: permissions name both.
 */
function secretArns(given: Secret, resources: OwnResources): TextOrIntrinsic[] {
  const secret = secretValueFrom(given, resources);
  if (typeof secret === 'string') {
    const base = secret.split(':').slice(0, ARN_PARTS).join(':');
    return [COMPLETE_SECRET_ARN.test(base) ? base : `${base}-??????`];
  }
  // `Ref` of a secret gives its whole ARN.
  if (ownId(secret, 'AWS::SecretsManager::Secret', resources) !== undefined) return [secret];
  const base = secretArnFrom(secret);
  return [base, sub('${Secret}-??????', { Secret: base })];
}
