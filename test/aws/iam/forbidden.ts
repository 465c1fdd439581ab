import { ACCOUNT_ID, REGION } from '../types/type';
import {
  KEY_ACTIONS,
  neededTags,
  OF_A_VOLUME,
  tagsInRequest,
  throughService,
  toNeighbour,
  assumes,
} from './needed';
import type { Context } from './simulator';
import { principalArn, queueArnOf, tagContext, type Call, type Stack } from './stack';
import { serviceArn, taskArn, workersOf, type DeployedWorker, type Key } from './workers';

/** Calls that must be denied. */
export function forbiddenCalls(stack: Stack): Call[] {
  const workers = workersOf(stack);
  return [
    ...workers.flatMap((worker) => [
      ...byTask(worker),
      ...toOthers(worker, workers),
      ...byStart(worker),
      ...byMounts(worker),
      ...byDisk(worker),
      ...toProtection(stack, worker, workers),
    ]),
    ...byKeyHolders(stack, workers),
    ...bySendersOnly(stack, workers),
    ...toTags(stack, workers),
    ...toRoles(stack),
    ...toQueues(stack),
    ...toKeys(stack),
    ...toTopics(stack),
  ];
}

const STRANGER_ID = '999999999999';
const arn = (service: string, resource: string, account = ACCOUNT_ID) =>
  `arn:aws:${service}:${REGION}:${account}:${resource}`;

const OTHER_QUEUE = arn('sqs', 'payroll');
const OTHER_TOPIC = arn('sns', 'payroll');
const OTHER_TABLE = arn('dynamodb', 'table/payroll');
const OTHER_KEY: Key = { arn: arn('kms', 'key/cccccccc-0000-4000-8000-000000000000'), context: {} };
const OTHER_LOG = arn('logs', 'log-group:payroll:log-stream:a');
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/admin`;

const each = (by: string, actions: readonly string[], on: string): Call[] =>
  actions.map((action) => ({ by, action, on }));

const QUEUE_USE = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:SendMessage',
];
const QUEUE_RULE = ['sqs:PurgeQueue', 'sqs:DeleteQueue', 'sqs:SetQueueAttributes', 'sqs:AddPermission'];

/** Calls with the task role, which also the worker's code has: an attacker in a worker must not get further. */
function byTask(worker: DeployedWorker): Call[] {
  const { taskRole: by, queue, topic, table, logStream, secrets, isRouted, sidecars } = worker;
  return [
    ...each(by, [...QUEUE_USE, ...QUEUE_RULE], OTHER_QUEUE),
    ...each(by, QUEUE_RULE, queue),
    ...each(by, ['sns:Publish'], OTHER_TOPIC),
    ...each(by, ['sns:Subscribe', 'sns:SetTopicAttributes', 'sns:DeleteTopic'], topic ?? OTHER_TOPIC),
    ...each(by, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], OTHER_TABLE),
    ...each(by, ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'], table ?? OTHER_TABLE),
    // Only the start of the task needs these.
    ...(isRouted ? [] : each(by, ['logs:PutLogEvents'], logStream ?? OTHER_LOG)),
    ...sidecars.flatMap((sidecar) => each(by, ['logs:PutLogEvents'], sidecar.logStream ?? OTHER_LOG)),
    ...each(by, ['logs:PutLogEvents', 'logs:CreateLogGroup'], OTHER_LOG),
    ...each(by, ['ecr:GetAuthorizationToken'], '*'),
    ...secrets
      .filter((secret) => secret.startsWith('arn:aws:secretsmanager:'))
      .flatMap((secret) => each(by, ['secretsmanager:GetSecretValue'], secretOf(secret))),
    ...each(by, ['sts:AssumeRole'], OTHER_ROLE),
    ...each(by, ['ecs:StopTask', 'ecs:ExecuteCommand'], worker.task.arn),
  ];
}

const OTHER_FILES = arn('elasticfilesystem', 'file-system/fs-00000000');
const OTHER_POINT = arn('elasticfilesystem', 'access-point/fsap-00000000');
const FILE_USES = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((use) => `elasticfilesystem:${use}`);

/** A file system is no other one, and no more of it than its access point shows. */
function byMounts({ taskRole: by, fileSystems }: DeployedWorker): Call[] {
  return [
    ...each(by, [...FILE_USES, 'elasticfilesystem:DeleteFileSystem'], OTHER_FILES),
    ...fileSystems.flatMap(({ arn: on, accessPoint, readOnly }) => [
      ...each(by, ['elasticfilesystem:DeleteFileSystem', 'elasticfilesystem:ClientRootAccess'], on),
      ...(readOnly ? each(by, ['elasticfilesystem:ClientWrite'], on) : []),
      ...(accessPoint === undefined
        ? []
        : [{}, { 'elasticfilesystem:AccessPointArn': OTHER_POINT }].flatMap((context) =>
            FILE_USES.map((action) => ({ by, action, on, context })),
          )),
    ]),
  ];
}

const KEY_USES = ['kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:CreateGrant'];

/** The role that makes disks uses no other key, and gives nobody but AWS leave to use that one. */
function byDisk({ disk }: DeployedWorker): Call[] {
  if (disk === undefined) return [];
  const { role: by, key } = disk;
  return [
    ...KEY_USES.map((action) => ({ by, action, on: OTHER_KEY.arn, context: OF_A_VOLUME })),
    ...each(by, QUEUE_USE, OTHER_QUEUE),
    ...(key === undefined
      ? []
      : [
          ...each(by, [...KEY_USES, 'kms:Decrypt', 'kms:ScheduleKeyDeletion'], key),
          { by, action: 'kms:CreateGrant', on: key, context: OF_A_VOLUME },
        ]),
  ];
}

const secretOf = (valueFrom: string) => valueFrom.split(':').slice(0, 7).join(':');

/** Calls to other queues: only people receive dead letters, and only a worker that is given a queue may send to it. */
function toOthers(worker: DeployedWorker, workers: readonly DeployedWorker[]): Call[] {
  const { taskRole: by } = worker;
  return workers.flatMap((other) => {
    const allowed = other === worker ? [] : toNeighbour(worker, other).map(({ action, on }) => action + on);
    const isForbidden = ({ action, on }: Call) => !allowed.includes(action + on);
    return [
      ...each(by, QUEUE_USE, deadLetterQueueOf(other)),
      ...(other === worker || other.queue === worker.queue
        ? []
        : [
            ...each(by, QUEUE_USE, other.queue),
            ...(other.topic === undefined ? [] : each(by, ['sns:Publish'], other.topic)),
          ]
      ).filter(isForbidden),
    ];
  });
}

/** The dead-letter queue of a worker, or of an existing queue one of a likely name. */
const deadLetterQueueOf = ({ queue }: DeployedWorker): string =>
  queue.replace(/Queue(\.fifo)?$/, 'DeadLetterQueue$1').replace(/(?<!DeadLetterQueue(?:\.fifo)?)$/, '-dead');

function byStart({ executionRole: by, queue, logStream, repository }: DeployedWorker): Call[] {
  return [
    ...each(by, QUEUE_USE, queue),
    ...each(by, ['logs:PutLogEvents'], arn('logs', 'log-group:payroll:log-stream:a')),
    ...each(by, ['logs:DeleteLogGroup'], (logStream ?? OTHER_LOG).replace(/:log-stream:.*/, '')),
    ...each(by, ['s3:GetObject'], 'arn:aws:s3:::payroll/prod.env'),
    ...each(by, ['ecr:BatchGetImage'], arn('ecr', 'repository/payroll')),
    ...(repository === undefined ? [] : each(by, ['ecr:PutImage', 'ecr:DeleteRepository'], repository)),
    ...each(by, ['ssm:GetParameters'], arn('ssm', 'parameter/payroll')),
    ...each(by, ['secretsmanager:GetSecretValue'], arn('secretsmanager', 'secret:payroll-a1B2c3')),
    ...KEY_ACTIONS.map((action) => ({ by, action, on: OTHER_KEY.arn })),
  ];
}

/**
 * Calls that protect tasks of other services: taking protection away gets a task stopped, giving it keeps a task alive.
 */
function toProtection(stack: Stack, worker: DeployedWorker, workers: readonly DeployedWorker[]): Call[] {
  const { taskRole: by, cluster } = worker;
  const protect = 'ecs:UpdateTaskProtection';
  const actions = [protect, 'ecs:DescribeTasks'];
  const look = 'ecs:DescribeServices';
  const tagsOfStack = stack.ofType('AWS::ECS::Service').map(({ properties }) => tagContext(properties));
  const common = Object.fromEntries(
    Object.entries(tagsOfStack[0] ?? {}).filter(([key, value]) =>
      tagsOfStack.every((tags) => workers.length > 1 && tags[key] === value),
    ),
  );
  return [
    // Another service of the cluster, without tags, and with the tags that the provider gives everything.
    ...actions.flatMap((action) => [
      { by, action, on: taskArn(cluster) },
      { by, action, on: taskArn(cluster), context: common },
      { by, action, on: taskArn('another'), context: worker.task.context },
    ]),
    { by, action: look, on: serviceArn(cluster) },
    { by, action: look, on: serviceArn(cluster), context: common },
    { by, action: look, on: serviceArn('another'), context: worker.service.context },
    ...each(by, ['ecs:UpdateService', 'ecs:DeleteService'], worker.service.arn),
    { by, action: 'ecs:GetTaskProtection', on: worker.task.arn, context: worker.task.context },
    ...workers
      .filter((other) => other !== worker)
      .flatMap(({ task, service }) => [
        ...actions.map((action) => ({ by, action, on: task.arn, context: task.context })),
        { by, action: look, on: service.arn, context: service.context },
      ]),
  ];
}

/** Uses of a key other than by sending and receiving messages. */
function byKeyHolders(stack: Stack, workers: readonly DeployedWorker[]): Call[] {
  const holders = principalsOf(stack);
  const keys = workers.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return holders.flatMap((by) => [
    ...keys.flatMap((key) => [
      ...KEY_ACTIONS.map((action) => ({ by, action, on: key.arn, context: key.context })),
      ...['s3', 'secretsmanager', 'dynamodb'].flatMap((service) => via(by, key, `${service}.${REGION}`)),
      ...via(by, key, 'sqs.ap-south-1'),
      ...['kms:Encrypt', 'kms:ReEncryptFrom', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion'].map((action) => ({
        by,
        action,
        on: key.arn,
      })),
    ]),
    ...throughService(by, OTHER_KEY, 'sqs'),
    ...throughService(by, OTHER_KEY, 'sns'),
  ]);
}

function via(by: string, key: Key, service: string): Call[] {
  const context = {
    ...key.context,
    'kms:ViaService': `${service}.amazonaws.com`,
    'kms:CallerAccount': ACCOUNT_ID,
  };
  return KEY_ACTIONS.map((action) => ({ by, action, on: key.arn, context }));
}

const principalsOf = (stack: Stack): string[] =>
  [...stack.ofType('AWS::IAM::Role'), ...stack.ofType('AWS::IAM::User')].map(principalArn);

/** Calls of principals that may only send: roles of schedules and webhooks, and the user for senders outside AWS. */
function bySendersOnly(stack: Stack, workers: readonly DeployedWorker[]): Call[] {
  const tasks = workers.flatMap(({ taskRole, executionRole }) => [taskRole, executionRole]);
  const isSender = (by: string) =>
    /(ScheduleRole|InfrastructureRole|WebhookRole|Sender)$/.test(by) && !tasks.includes(by);
  return principalsOf(stack)
    .filter(isSender)
    .flatMap((by) => [
      ...each(by, QUEUE_USE, OTHER_QUEUE),
      ...each(by, ['sns:Publish'], OTHER_TOPIC),
      ...workers.flatMap((worker) => [
        ...each(by, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'], worker.queue),
        ...each(by, QUEUE_USE, deadLetterQueueOf(worker)),
      ]),
    ]);
}

const OTHER_TAG = { owner: 'payroll' };

/** Calls that set tags. Only the role that keeps queues awake may, only the tags that it needs, and nothing else. */
function toTags(stack: Stack, workers: readonly DeployedWorker[]): Call[] {
  const needed = neededTags(stack);
  const tags = (by: string, on: string, set: Readonly<Record<string, string>>): Call[] => [
    { by, action: 'sqs:TagQueue', on, context: tagsInRequest(set) },
  ];
  return principalsOf(stack).flatMap((by) => {
    const [own] = needed.filter((call) => call.by === by);
    if (own === undefined) return workers.flatMap(({ queue }) => tags(by, queue, OTHER_TAG));
    const awake = new Set(needed.map(({ on }) => on));
    const asleep = workers.flatMap((worker) => [worker.queue, deadLetterQueueOf(worker)]);
    return [
      ...tags(by, own.on, OTHER_TAG),
      ...tags(by, own.on, { ...own.tags, ...OTHER_TAG }),
      ...[OTHER_QUEUE, ...asleep].filter((on) => !awake.has(on)).flatMap((on) => tags(by, on, own.tags)),
      ...each(by, [...QUEUE_USE, ...QUEUE_RULE, 'sqs:ListQueueTags', 'sqs:UntagQueue'], own.on),
    ];
  });
}

const SERVICES = [
  'apigateway.amazonaws.com',
  'ec2.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'ecs.amazonaws.com',
  'events.amazonaws.com',
  'lambda.amazonaws.com',
  's3.amazonaws.com',
  'scheduler.amazonaws.com',
  'sns.amazonaws.com',
];
const PEOPLE = [
  'anybody',
  `arn:aws:iam::${STRANGER_ID}:root`,
  `arn:aws:sts::${STRANGER_ID}:assumed-role/admin/session`,
];

interface Trust {
  Statement: { Principal: { Service?: string } }[];
}

/**
 * Attempts to assume the plugin's roles by anybody but the service that a role is for, or by that service for others.
 */
function toRoles(stack: Stack): Call[] {
  const roles = stack
    .ofType('AWS::IAM::Role')
    .filter(({ id }) => /(TaskRole|ExecutionRole|ScheduleRole|WebhookRole|AwakeRole)$/.test(id));
  return roles.flatMap((role) => {
    const on = principalArn(role);
    const service = String(
      (role.properties.AssumeRolePolicyDocument as Trust).Statement[0]!.Principal.Service,
    );
    const right = RIGHT_SOURCE[service];
    return [
      ...PEOPLE.filter((by) => by !== 'anybody').map((by) => assumes(by, on, {})),
      ...SERVICES.filter((by) => by !== service).map((by) => assumes(by, on, right ?? {})),
      ...(right === undefined ? [] : foreignSources(right).map((context) => assumes(service, on, context))),
    ];
  });
}

/** The context keys that a service sends when it assumes a role for this account. API Gateway sends none. */
const RIGHT_SOURCE: Readonly<Record<string, Source>> = {
  'ecs-tasks.amazonaws.com': { 'aws:SourceAccount': ACCOUNT_ID, 'aws:SourceArn': arn('ecs', '*') },
  'scheduler.amazonaws.com': {
    'aws:SourceAccount': ACCOUNT_ID,
    'aws:SourceArn': arn('scheduler', 'schedule-group/default'),
  },
};

interface Source extends Record<string, string> {
  'aws:SourceAccount': string;
  'aws:SourceArn': string;
}

/** Contexts in which the account or the ARN is wrong or missing. */
function foreignSources(right: Source): Context[] {
  const { 'aws:SourceAccount': account, 'aws:SourceArn': source } = right;
  const ofStranger = source.includes(ACCOUNT_ID)
    ? source.replace(ACCOUNT_ID, STRANGER_ID)
    : `${source}-of-a-stranger`;
  return [
    {},
    { 'aws:SourceAccount': account },
    { 'aws:SourceArn': ofStranger },
    { 'aws:SourceAccount': account, 'aws:SourceArn': ofStranger },
    { 'aws:SourceAccount': STRANGER_ID, 'aws:SourceArn': ofStranger },
  ];
}

const DELIVERERS = ['sns.amazonaws.com', 'events.amazonaws.com', 's3.amazonaws.com'];
const FOREIGN: readonly Context[] = [
  {},
  { 'aws:SourceAccount': ACCOUNT_ID },
  ...['sns', 'events', 'scheduler'].flatMap((service) =>
    foreignSources({ 'aws:SourceAccount': ACCOUNT_ID, 'aws:SourceArn': arn(service, 'rule/payroll') }),
  ),
  { 'aws:SourceAccount': ACCOUNT_ID, 'aws:SourceArn': 'arn:aws:s3:::payroll' },
];

/** Calls to the stack's queues by people and services that are not sources of the worker. */
function toQueues(stack: Stack): Call[] {
  return stack.ofType('AWS::SQS::Queue').flatMap(({ ref }) => {
    const on = queueArnOf(ref);
    return [
      ...PEOPLE.flatMap((by) => each(by, ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:PurgeQueue'], on)),
      ...strangers(stack).map(({ by, context }) => ({ by, action: 'sqs:SendMessage', on, context })),
      ...DELIVERERS.map((by) => ({
        by,
        action: 'sqs:ReceiveMessage',
        on,
        context: { 'aws:SourceArn': arn('sns', 'a') },
      })),
    ];
  });
}

function toKeys(stack: Stack): Call[] {
  return stack.ofType('AWS::KMS::Key').flatMap(({ returnValues }) => {
    const on = returnValues.attributes!.Arn!;
    return KEY_ACTIONS.flatMap((action) => [
      ...PEOPLE.map((by) => ({ by, action, on })),
      ...strangers(stack).map(({ by, context }) => ({ by, action, on, context })),
    ]);
  });
}

/** Services with the sources of others, and other services with the right sources. */
function strangers(stack: Stack): { by: string; context: Context }[] {
  const buckets = stack.ofType('AWS::S3::Bucket').map(({ ref }) => `arn:aws:s3:::${ref}`);
  const topics = stack.ofType('AWS::SNS::Topic').map(({ ref }) => ref);
  return [
    ...DELIVERERS.flatMap((by) => FOREIGN.map((context) => ({ by, context }))),
    // A bucket of that name in another account: after a bucket is removed, anybody can take its name.
    ...buckets.flatMap((bucket) =>
      [{}, { 'aws:SourceAccount': STRANGER_ID }].map((account) => ({
        by: 's3.amazonaws.com',
        context: { 'aws:SourceArn': bucket, ...account },
      })),
    ),
    ...topics.flatMap((topic) =>
      ['lambda.amazonaws.com', 'cloudwatch.amazonaws.com'].map((by) => ({
        by,
        context: { 'aws:SourceArn': topic, 'aws:SourceAccount': ACCOUNT_ID },
      })),
    ),
  ];
}

function toTopics(stack: Stack): Call[] {
  return stack
    .ofType('AWS::SNS::Topic')
    .flatMap(({ ref }) => PEOPLE.flatMap((by) => each(by, ['sns:Publish', 'sns:Subscribe'], ref)));
}
