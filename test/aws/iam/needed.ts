import { ContainerVariable } from '../../../src/contract/environment';
import { ACCOUNT_ID, REGION } from '../types/type';
import { actions } from './code';
import type { Context } from './simulator';
import { principalArn, queueArnOf, type Call, type Stack } from './stack';
import { keyOf, workersOf, type DeployedWorker, type Key } from './workers';

/** Every call that a deployed service leads to. */
export function neededCalls(stack: Stack): Call[] {
  const workers = workersOf(stack);
  return [
    ...workers.flatMap((worker) => [
      ...watcherCalls(worker),
      ...jobCalls(worker),
      ...startCalls(worker),
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
 * What SQS and SNS do with a key in the name of who sends or receives: KMS is told through which of the two.
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

/** What a service of AWS that encrypts in its own name does. A key that is given has its owner's policy. */
function inOwnName(stack: Stack, by: string, delivery: { queue: string; context: Context }): Call[] {
  const key = keyOf(stack, delivery.queue);
  const isMade = stack.ofType('AWS::KMS::Key').some(({ made }) => made.attributes?.Arn === key?.arn);
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

/** What a worker does by what it is told: more work of its own kind, and the progress of jobs in parts. */
function jobCalls({ taskRole: by, topic, queue, table, key }: DeployedWorker): Call[] {
  return [
    ...(topic === undefined ? sends(by, queue, key) : publishes(by, topic, key)),
    ...(table === undefined ? [] : actions.progress.map((action) => ({ by, action, on: table }))),
  ];
}

/**
 * What ECS does before the container runs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
function startCalls({ executionRole, taskRole, repository, logStream, secrets }: DeployedWorker): Call[] {
  const by = executionRole;
  const own = {
    'aws:SourceAccount': ACCOUNT_ID,
    'aws:SourceArn': `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:*`,
  };
  return [
    ...[executionRole, taskRole].map((role) => assumes('ecs-tasks.amazonaws.com', role, own)),
    ...(repository === undefined
      ? []
      : [
          { by, action: 'ecr:GetAuthorizationToken', on: '*' },
          { by, action: 'ecr:BatchCheckLayerAvailability', on: repository },
          { by, action: 'ecr:BatchGetImage', on: repository },
          { by, action: 'ecr:GetDownloadUrlForLayer', on: repository },
        ]),
    { by, action: 'logs:CreateLogStream', on: logStream.replace(/log-stream:.*/, '*') },
    { by, action: 'logs:PutLogEvents', on: logStream },
    ...secrets.map((valueFrom) => readsSecret(by, valueFrom)),
  ];
}

export const assumes = (by: string, role: string, context: Context): Call => ({
  by,
  action: 'sts:AssumeRole',
  on: role,
  context,
});

/** Secrets Manager adds six characters to a name; a parameter by its name is of the task's own region. */
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

/** Who is told a queue or a topic sends there. */
function told(by: string, values: readonly string[], { queue, topic, key }: DeployedWorker): Call[] {
  const isToldQueue = values.some((value) => value === queue || isUrlOf(value, queue));
  const isToldTopic = topic !== undefined && values.includes(topic);
  return [...(isToldQueue ? sends(by, queue, key) : []), ...(isToldTopic ? publishes(by, topic, key) : [])];
}

const isUrlOf = (value: string, queue: string) =>
  value.startsWith('https://sqs.') && queueArnOf(value) === queue;

export function toNeighbour({ taskRole, environment }: DeployedWorker, other: DeployedWorker): Call[] {
  return told(taskRole, Object.values(environment), other);
}

/** A role that is not the stack's gets its leave from its owner: the plugin says so. */
function functionCalls(stack: Stack, workers: readonly DeployedWorker[]): Call[] {
  return stack.ofType('AWS::Lambda::Function').flatMap(({ properties: { Role, Environment } }) => {
    if (stack.principal(String(Role)) === undefined) return [];
    const { Variables = {} } = (Environment ?? {}) as { Variables?: Record<string, string> };
    const values = Object.values(Variables).map(String);
    return workers.flatMap((worker) => told(String(Role), values, worker));
  });
}

/** The user of Watchbot's, whose key is handed to who sends from elsewhere. */
function senderCalls(stack: Stack): Call[] {
  return stack.ofType('AWS::IAM::User').flatMap((user) => {
    const worker = workersOf(stack).find(({ id }) => user.id === id.replace(/Service$/, 'Sender'))!;
    const by = principalArn(user);
    return worker.topic === undefined
      ? sends(by, worker.queue, worker.key)
      : publishes(by, worker.topic, worker.key);
  });
}

/** A queue that is not the stack's has its owner's policy. */
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
  return stack.ofType('AWS::Events::Rule').flatMap(({ properties, made }) =>
    ((properties.Targets ?? []) as { Arn: string }[])
      .filter(({ Arn }) => Arn.startsWith('arn:aws:sqs:'))
      .flatMap(({ Arn }) =>
        delivers(stack, 'events.amazonaws.com', {
          queue: Arn,
          context: { 'aws:SourceArn': made.attributes!.Arn!, 'aws:SourceAccount': ACCOUNT_ID },
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
 * Scheduler names the group of a schedule.
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

/** The tags that schedules set, of which queue, and in which role. */
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

/** API Gateway says neither for which API it takes a role, nor for whose: seen in the field, said nowhere. */
export const API_GATEWAY_SAYS: Context = {};

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
    assumes('apigateway.amazonaws.com', role!, API_GATEWAY_SAYS),
    ...sends(role!, queue!, keyOf(stack, queue!)),
  ]);
}

/** Topics of the stack that hear of alarms. */
function alarmCalls(stack: Stack): Call[] {
  const topics = stack.ofType('AWS::SNS::Topic').map(({ ref }) => ref);
  return stack.ofType('AWS::CloudWatch::Alarm').flatMap(({ properties, made }) =>
    ((properties.AlarmActions ?? []) as string[])
      .filter((action) => topics.includes(action))
      .map((topic) => ({
        by: 'cloudwatch.amazonaws.com',
        action: 'sns:Publish',
        on: topic,
        context: {
          'aws:SourceOwner': ACCOUNT_ID,
          'aws:SourceAccount': ACCOUNT_ID,
          'aws:SourceArn': made.attributes!.Arn!,
        },
      })),
  );
}
