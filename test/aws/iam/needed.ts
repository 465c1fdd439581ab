import { ContainerVariable } from '../../../src/contract/environment';
import { ACCOUNT_ID, REGION } from '../types/type';
import { actions } from './code';
import type { Context } from './simulator';
import { principalArn, queueArnOf, type Call, type Stack } from './stack';
import { keyOf, workersOf, type DeployedWorker, type Key } from './workers';

/** All calls to AWS that a deployed service causes. */
export function neededCalls(stack: Stack): Call[] {
  const workers = workersOf(stack);
  return [
    ...workers.flatMap((worker) => [
      ...watcherCalls(worker),
      ...jobCalls(worker),
      ...startCalls(worker),
      ...sidecarCalls(worker),
      ...mountCalls(worker),
      ...diskCalls(worker),
      ...workers.flatMap((other) => (other === worker ? [] : toNeighbour(worker, other))),
    ]),
    ...functionCalls(stack, workers),
    ...senderCalls(stack),
    ...snsCalls(stack),
    ...ruleCalls(stack),
    ...bucketCalls(stack),
    ...scheduleCalls(stack),
    ...awakeCalls(stack),
    ...webhookCalls(stack),
    ...alarmCalls(stack),
  ];
}

/**
 * Calls of KMS that SQS or SNS makes on behalf of a sender or receiver. KMS gets the name of that service.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function throughService(by: string, key: Key | undefined, service: 'sqs' | 'sns'): Call[] {
  if (key === undefined) return [];
  const context = {
    'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
    'kms:CallerAccount': ACCOUNT_ID,
    ...key.context,
  };
  return KEY_ACTIONS.map((action) => ({ by, action, on: key.arn, context }));
}

export const KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Calls of KMS that a service of AWS makes for itself. The policy of a key that the user brings is the user's. */
function inOwnName(stack: Stack, by: string, delivery: { queue: string; context: Context }): Call[] {
  const key = keyOf(stack, delivery.queue);
  const isMade = stack
    .ofType('AWS::KMS::Key')
    .some(({ returnValues }) => returnValues.attributes?.Arn === key?.arn);
  if (key === undefined || !isMade) return [];
  return KEY_ACTIONS.map((action) => ({ by, action, on: key.arn, context: delivery.context }));
}

const sends = (by: string, queue: string, key: Key | undefined): Call[] => [
  { by, action: 'sqs:SendMessage', on: queue },
  ...throughService(by, key, 'sqs'),
];

const publishes = (by: string, topic: string, key: Key | undefined): Call[] => [
  { by, action: 'sns:Publish', on: topic },
  ...throughService(by, key, 'sns'),
];

function watcherCalls({
  taskRole: by,
  environment,
  queue,
  key,
  task,
  service,
  isExec,
}: DeployedWorker): Call[] {
  const isSentAnew =
    environment[ContainerVariable.maxReceives] !== undefined &&
    environment[ContainerVariable.fifo] !== 'true';
  return [
    ...actions.watcher
      .filter((action) => action !== 'sqs:SendMessage' || isSentAnew)
      .map((action) => ({ by, action, on: queue })),
    ...throughService(by, key, 'sqs'),
    ...actions.look.map((action) => ({
      by,
      action,
      on: (action === 'ecs:DescribeServices' ? service : task).arn,
      context: (action === 'ecs:DescribeServices' ? service : task).context,
    })),
    ...actions.protection.map((action) => ({ by, action, on: task.arn, context: task.context })),
    ...(isExec ? EXEC_ACTIONS.map((action) => ({ by, action, on: '*' })) : []),
  ];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-required-iam-permissions */
const EXEC_ACTIONS = [
  'CreateControlChannel',
  'CreateDataChannel',
  'OpenControlChannel',
  'OpenDataChannel',
].map((name) => `ssmmessages:${name}`);

/** Calls of a worker by its environment: it sends more messages, and records progress in reduce mode. */
function jobCalls({ taskRole: by, topic, queue, table, key }: DeployedWorker): Call[] {
  return [
    ...(topic === undefined ? sends(by, queue, key) : publishes(by, topic, key)),
    ...(table === undefined ? [] : actions.progress.map((action) => ({ by, action, on: table }))),
  ];
}

/**
 * Calls of ECS before the container runs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
function startCalls(worker: DeployedWorker): Call[] {
  const { executionRole: by, taskRole, repository, logStream, secrets, isRouted, sidecars } = worker;
  const { environmentFiles } = worker;
  const own = {
    'aws:SourceAccount': ACCOUNT_ID,
    'aws:SourceArn': `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:*`,
  };
  return [
    ...[by, taskRole].map((role) => assumes('ecs-tasks.amazonaws.com', role, own)),
    ...[repository, ...sidecars.map((sidecar) => sidecar.repository)].flatMap((on) => pulls(by, on)),
    ...writesLog(isRouted ? taskRole : by, logStream),
    ...environmentFiles.flatMap((on) => readsFile(by, on)),
    ...sidecars.flatMap((sidecar) => writesLog(by, sidecar.logStream)),
    ...[secrets, ...sidecars.map((sidecar) => sidecar.secrets)].flat().map((from) => readsSecret(by, from)),
  ];
}

const pulls = (by: string, repository: string | undefined): Call[] =>
  repository === undefined
    ? []
    : [
        { by, action: 'ecr:GetAuthorizationToken', on: '*' },
        { by, action: 'ecr:BatchCheckLayerAvailability', on: repository },
        { by, action: 'ecr:BatchGetImage', on: repository },
        { by, action: 'ecr:GetDownloadUrlForLayer', on: repository },
      ];

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
const readsFile = (by: string, on: string): Call[] => [
  { by, action: 's3:GetObject', on },
  { by, action: 's3:GetBucketLocation', on: on.replace(/\/.*/, '') },
];

const writesLog = (by: string, stream: string | undefined): Call[] =>
  stream === undefined
    ? []
    : [
        { by, action: 'logs:CreateLogStream', on: stream.replace(/log-stream:.*/, '*') },
        { by, action: 'logs:PutLogEvents', on: stream },
      ];

/** Where the configuration of the collector for ECS writes metrics. */
const METRICS_GROUP = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/aws/ecs/application/metrics`;

/**
 * Calls of sidecars, with the role of the task.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html
 * https://aws-otel.github.io/docs/setup/ecs/create-iam-policy
 */
function sidecarCalls({ taskRole: by, sidecars }: DeployedWorker): Call[] {
  const has = (name: string) => sidecars.some(({ image }) => image.includes(name));
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  return [
    ...(has('/aws-xray-daemon') || has('/aws-otel-collector')
      ? traces.map((name) => ({ by, action: `xray:${name}`, on: '*' }))
      : []),
    ...(has('/aws-otel-collector')
      ? [
          { by, action: 'logs:CreateLogGroup', on: METRICS_GROUP },
          ...writesLog(by, `${METRICS_GROUP}:log-stream:otel`),
        ]
      : []),
  ];
}

/** https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
const mountCalls = ({ taskRole: by, fileSystems }: DeployedWorker): Call[] =>
  fileSystems.flatMap(({ arn: on, accessPoint, readOnly }) => {
    const context = accessPoint === undefined ? {} : { 'elasticfilesystem:AccessPointArn': accessPoint };
    const uses = readOnly ? ['ClientMount'] : ['ClientMount', 'ClientWrite'];
    return uses.map((use) => ({ by, action: `elasticfilesystem:${use}`, on, context }));
  });

/**
 * ECS makes volumes with AWS's own policy; a key is asked for besides.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html
 */
function diskCalls({ disk }: DeployedWorker): Call[] {
  if (disk === undefined) return [];
  const { role: by, key: on } = disk;
  const taken = assumes('ecs.amazonaws.com', by, {});
  if (on === undefined) return [taken];
  const uses = ['GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'];
  return [
    taken,
    { by, action: 'kms:DescribeKey', on },
    ...uses.map((use) => ({ by, action: `kms:${use}`, on, context: OF_A_VOLUME })),
    { by, action: 'kms:CreateGrant', on, context: { ...OF_A_VOLUME, 'kms:GrantIsForAWSResource': 'true' } },
  ];
}

/** With what EC2 uses a key for somebody's volume. */
export const OF_A_VOLUME: Context = {
  'kms:ViaService': `ec2.${REGION}.amazonaws.com`,
  'kms:CallerAccount': ACCOUNT_ID,
  'kms:EncryptionContextKeys': ['aws:ebs:id'],
};

export const assumes = (by: string, role: string, context: Context): Call => ({
  by,
  action: 'sts:AssumeRole',
  on: role,
  context,
});

/**
 * A read of a secret. Secrets Manager adds six characters to a name. A parameter given by name is in the task's region.
 */
function readsSecret(by: string, valueFrom: string): Call {
  if (valueFrom.startsWith('arn:aws:secretsmanager:')) {
    const arn = valueFrom.split(':').slice(0, 7).join(':');
    const whole = /-[A-Za-z0-9]{6}$/.test(arn) ? arn : `${arn}-a1B2c3`;
    return { by, action: 'secretsmanager:GetSecretValue', on: whole };
  }
  const on = valueFrom.startsWith('arn:')
    ? valueFrom
    : `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter/${valueFrom.replace(/^\//, '')}`;
  return { by, action: 'ssm:GetParameters', on };
}

/** Calls of a principal whose variables have a worker's queue or topic: it sends there. */
function sendsToNamed(by: string, values: readonly string[], { queue, topic, key }: DeployedWorker): Call[] {
  const hasQueue = values.some((value) => value === queue || isUrlOf(value, queue));
  const hasTopic = topic !== undefined && values.includes(topic);
  return [...(hasQueue ? sends(by, queue, key) : []), ...(hasTopic ? publishes(by, topic, key) : [])];
}

const isUrlOf = (value: string, queue: string) =>
  value.startsWith('https://sqs.') && queueArnOf(value) === queue;

export function toNeighbour({ taskRole, environment }: DeployedWorker, other: DeployedWorker): Call[] {
  return sendsToNamed(taskRole, Object.values(environment), other);
}

/** Calls of functions. A role outside the stack gets its permissions from its owner, as the docs say. */
function functionCalls(stack: Stack, workers: readonly DeployedWorker[]): Call[] {
  return stack.ofType('AWS::Lambda::Function').flatMap(({ properties: { Role, Environment } }) => {
    if (stack.principal(String(Role)) === undefined) return [];
    const { Variables = {} } = (Environment ?? {}) as { Variables?: Record<string, string> };
    const values = Object.values(Variables).map(String);
    return workers.flatMap((worker) => sendsToNamed(String(Role), values, worker));
  });
}

/** Calls of the IAM user whose keys senders outside AWS get. */
function senderCalls(stack: Stack): Call[] {
  return stack.ofType('AWS::IAM::User').flatMap((user) => {
    const worker = workersOf(stack).find(({ id }) => user.id === id.replace(/Service$/, 'Sender'))!;
    const by = principalArn(user);
    return worker.topic === undefined
      ? sends(by, worker.queue, worker.key)
      : publishes(by, worker.topic, worker.key);
  });
}

/** Whether a queue is the stack's. The policy of another queue is its owner's. */
const isOwn = (stack: Stack, queueArn: string): boolean =>
  stack.ofType('AWS::SQS::Queue').some(({ ref }) => queueArnOf(ref) === queueArn);

function delivers(stack: Stack, by: string, delivery: { queue: string; context: Context }): Call[] {
  const { queue, context } = delivery;
  if (!isOwn(stack, queue)) return [];
  return [{ by, action: 'sqs:SendMessage', on: queue, context }, ...inOwnName(stack, by, delivery)];
}

function snsCalls(stack: Stack): Call[] {
  return stack
    .ofType('AWS::SNS::Subscription')
    .filter(({ properties }) => properties.Protocol === 'sqs')
    .flatMap(({ properties: { TopicArn, Endpoint } }) =>
      delivers(stack, 'sns.amazonaws.com', {
        queue: String(Endpoint),
        context: { 'aws:SourceArn': String(TopicArn), 'aws:SourceAccount': String(TopicArn).split(':')[4]! },
      }),
    );
}

function ruleCalls(stack: Stack): Call[] {
  return stack.ofType('AWS::Events::Rule').flatMap(({ properties, returnValues }) =>
    ((properties.Targets ?? []) as { Arn: string }[])
      .filter(({ Arn }) => Arn.startsWith('arn:aws:sqs:'))
      .flatMap(({ Arn }) =>
        delivers(stack, 'events.amazonaws.com', {
          queue: Arn,
          context: { 'aws:SourceArn': returnValues.attributes!.Arn!, 'aws:SourceAccount': ACCOUNT_ID },
        }),
      ),
  );
}

interface Notifications {
  QueueConfigurations?: { Queue: string }[];
}

function bucketCalls(stack: Stack): Call[] {
  return stack.ofType('AWS::S3::Bucket').flatMap(({ ref, properties }) => {
    const { QueueConfigurations = [] } = (properties.NotificationConfiguration ?? {}) as Notifications;
    const context = { 'aws:SourceArn': `arn:aws:s3:::${ref}`, 'aws:SourceAccount': ACCOUNT_ID };
    return QueueConfigurations.flatMap(({ Queue }) =>
      delivers(stack, 's3.amazonaws.com', { queue: Queue, context }),
    );
  });
}

interface ScheduleTarget {
  Arn: string;
  RoleArn: string;
  Input: string;
}

/**
 * Calls of schedules. EventBridge Scheduler sends the group of the schedule as its source.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
function scheduleCalls(stack: Stack): Call[] {
  const context = {
    'aws:SourceAccount': ACCOUNT_ID,
    'aws:SourceArn': `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule-group/default`,
  };
  return stack.ofType('AWS::Scheduler::Schedule').flatMap(({ properties }) => {
    const { Arn, RoleArn, Input } = properties.Target as ScheduleTarget;
    const taken = assumes('scheduler.amazonaws.com', RoleArn, context);
    if (Arn.endsWith(':tagQueue')) return [taken];
    const queue = Arn.startsWith('arn:aws:sqs:')
      ? Arn
      : queueArnOf((JSON.parse(Input) as { QueueUrl: string }).QueueUrl);
    return [taken, ...sends(RoleArn, queue, keyOf(stack, queue))];
  });
}

const awakeCalls = (stack: Stack): Call[] =>
  neededTags(stack).map(({ by, on, tags }) => ({
    by,
    action: 'sqs:TagQueue',
    on,
    context: tagsInRequest(tags),
  }));

/** The tags that schedules set, with the queue and the role of each. */
export function neededTags(stack: Stack): { by: string; on: string; tags: Record<string, string> }[] {
  return stack.ofType('AWS::Scheduler::Schedule').flatMap(({ properties }) => {
    const { Arn, RoleArn, Input } = properties.Target as ScheduleTarget;
    if (!Arn.endsWith(':tagQueue')) return [];
    const { QueueUrl, Tags } = JSON.parse(Input) as { QueueUrl: string; Tags: Record<string, string> };
    return [{ by: RoleArn, on: queueArnOf(QueueUrl), tags: Tags }];
  });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-abac-condition-keys.html */
export const tagsInRequest = (tags: Readonly<Record<string, string>>): Context => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
});

/** API Gateway sends no context when it assumes a role. AWS does not document this; it was seen in use. */
const API_GATEWAY_CONTEXT: Context = {};

function webhookCalls(stack: Stack): Call[] {
  const rest = stack.ofType('AWS::ApiGateway::Method').flatMap(({ properties }) => {
    const { Uri, Credentials } = properties.Integration as { Uri: string; Credentials?: string };
    const [, account, name] = /:sqs:path\/(\d+)\/(.+)$/.exec(Uri) ?? [];
    return Credentials === undefined ? [] : [[Credentials, `arn:aws:sqs:${REGION}:${account}:${name}`]];
  });
  const http = stack.ofType('AWS::ApiGatewayV2::Integration').flatMap(({ properties }) => {
    const { CredentialsArn, RequestParameters } = properties as {
      CredentialsArn?: string;
      RequestParameters?: { QueueUrl: string };
    };
    return CredentialsArn === undefined ? [] : [[CredentialsArn, queueArnOf(RequestParameters!.QueueUrl)]];
  });
  return [...rest, ...http].flatMap(([role, queue]) => [
    assumes('apigateway.amazonaws.com', role!, API_GATEWAY_CONTEXT),
    ...sends(role!, queue!, keyOf(stack, queue!)),
  ]);
}

/** Calls of alarms, which publish to topics of the stack. */
function alarmCalls(stack: Stack): Call[] {
  const topics = stack.ofType('AWS::SNS::Topic').map(({ ref }) => ref);
  return stack.ofType('AWS::CloudWatch::Alarm').flatMap(({ properties, returnValues }) =>
    ((properties.AlarmActions ?? []) as string[])
      .filter((action) => topics.includes(action))
      .map((topic) => ({
        by: 'cloudwatch.amazonaws.com',
        action: 'sns:Publish',
        on: topic,
        context: {
          'aws:SourceOwner': ACCOUNT_ID,
          'aws:SourceAccount': ACCOUNT_ID,
          'aws:SourceArn': returnValues.attributes!.Arn!,
        },
      })),
  );
}
