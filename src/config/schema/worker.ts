import { Type } from '@sinclair/typebox';
import { FARGATE_CPU_UNITS } from '../fargate-sizes';
import { ECS, MAX_CONCURRENCY, SQS } from '../limits';
import { CapacitySchema } from './capacity';
import { ImageSchema } from './image';
import { AlarmsSchema, LogsSchema } from './observability';
import { QueueSchema } from './queue';
import { Intrinsic, mapOf, oneOf, strictObject, stringOrIntrinsic, textLike, variables } from './values';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
const ActionName = textLike('^(\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$', 'an action like s3:GetObject');

const CommandSchema = Type.Union(
  [Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })],
  {
    title: 'a shell line or a list of arguments',
    description:
      "Runs once for each message; its exit code decides the message's fate. A text is run by `/bin/sh -c`; a list is run as it stands, without a shell.",
  },
);

const StatementSchema = strictObject({
  Effect: Type.Optional(
    oneOf(['Allow', 'Deny'], { default: 'Allow', description: 'Whether it is allowed or denied.' }),
  ),
  Action: Type.Union([ActionName, Type.Array(ActionName, { minItems: 1 })], {
    title: 'an action like s3:GetObject, or a list of them',
    description: 'What is allowed or denied.',
  }),
  Resource: Type.Union(
    [Type.String({ minLength: 1 }), Type.Array(stringOrIntrinsic(), { minItems: 1 }), Intrinsic],
    { title: 'an ARN, a CloudFormation function, or a list of them', description: 'On what.' },
  ),
  Condition: Type.Optional(mapOf(Type.Unknown(), { description: "As in IAM's own policies." })),
  Sid: Type.Optional(
    textLike('^[A-Za-z0-9]+$', 'letters and digits', { description: 'A name for the statement.' }),
  ),
});

const SecretSchema = Type.Union(
  [
    Type.String({ minLength: 1 }),
    strictObject({ ssm: stringOrIntrinsic({ description: 'Name or ARN of an SSM parameter.' }) }),
    strictObject({
      secretsManager: stringOrIntrinsic({
        description:
          'ARN of a Secrets Manager secret, with a JSON key, version stage and version id behind it where wanted.',
      }),
    }),
  ],
  { title: 'an SSM parameter, a Secrets Manager ARN, {ssm: …} or {secretsManager: …}' },
);

const size = {
  cpu: Type.Unsafe<number>({
    type: 'integer',
    enum: [...FARGATE_CPU_UNITS],
    default: 256,
    description: 'CPU units of a task; 1024 is one vCPU.',
  }),
  memory: Type.Integer({
    default: 512,
    minimum: 512,
    description:
      'MiB of a task. Fargate takes only certain pairs of `cpu` and `memory`; a wrong pair is an error that lists the right ones.',
  }),
  softMemory: Type.Optional(
    Type.Integer({ minimum: 6, description: 'MiB that are reserved for the container, at most `memory`.' }),
  ),
  ephemeralStorage: Type.Optional(
    Type.Integer({
      minimum: ECS.minEphemeralStorageGiB,
      maximum: ECS.maxEphemeralStorageGiB,
      description: 'GiB of disk.',
      otherwise: '20, as Fargate has it',
    }),
  ),
  capacity: CapacitySchema,
};

const job = {
  concurrency: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: MAX_CONCURRENCY,
    description: 'Workers at once in one task.',
  }),
  maxJobDuration: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: SQS.maxVisibilityTimeoutSeconds,
    description:
      "Seconds after which a worker is stopped and its message returned; 0 is none. At most 12 hours, SQS's own limit on holding a message.",
  }),
  stopTimeout: Type.Integer({
    default: ECS.maxStopTimeoutSeconds,
    minimum: 10,
    maximum: ECS.maxStopTimeoutSeconds,
    description: 'Seconds that a busy task gets to finish when ECS stops it.',
  }),
};

const access = {
  environment: variables(
    Type.Union([Type.String(), Type.Number(), Type.Boolean(), Intrinsic], {
      title: 'text, a number, true, false or a CloudFormation function',
    }),
    { description: 'Environment variables of the worker, by name.' },
  ),
  secrets: variables(SecretSchema, {
    description:
      'Environment variables whose values ECS reads from SSM or Secrets Manager when a task starts, by name. A text is the name or ARN of a parameter, or the ARN of a secret. What a KMS key of your own encrypts also needs `kms:Decrypt`, in a policy under `extensions.executionRole.ManagedPolicyArns`.',
  }),
  permissions: Type.Array(StatementSchema, {
    title: 'a list of statements',
    default: [],
    description: 'IAM statements: what the worker may do in AWS, besides taking its messages.',
  }),
  managedPolicies: Type.Array(stringOrIntrinsic(), {
    title: 'a list of ARNs',
    default: [],
    maxItems: 10,
    description: 'ARNs of IAM policies that the worker has too.',
  }),
};

const filesystem = {
  mounts: Type.Array(Type.String({ minLength: 1 }), {
    title: 'a list of folders',
    default: [],
    description:
      'Folders besides `/tmp` that a worker may write to; the rest of the file system is read-only. All are emptied after each job.',
  }),
  writableFilesystem: Type.Boolean({
    default: false,
    description:
      'The whole file system can be written to, and every job gets a fresh container: `mounts` are not needed then, and `concurrency` is 1.',
  }),
};

/** The keys of one worker. */
export const workerProperties = {
  command: CommandSchema,
  image: ImageSchema,
  architecture: Type.Optional(
    oneOf(['x86_64', 'arm64'], {
      description: 'Of the processor, and so of the image.',
      otherwise: '`provider.architecture`, or `x86_64`',
    }),
  ),
  ...size,
  ...job,
  ...access,
  queue: QueueSchema,
  topic: Type.Optional(
    Type.Boolean({
      description: 'An SNS topic in front of the queue. That of a FIFO queue is a FIFO topic.',
      otherwise: '`true`; `false` with `queue.fifo`',
    }),
  ),
  scaling: strictObject(
    {
      min: Type.Integer({
        default: 0,
        minimum: 0,
        maximum: ECS.maxTasksPerService,
        description: 'Tasks when there is nothing to do.',
      }),
      max: Type.Integer({
        default: 1,
        minimum: 1,
        maximum: ECS.maxTasksPerService,
        description: 'Tasks at most.',
      }),
    },
    { default: {}, description: 'How many tasks run.' },
  ),
  alarms: AlarmsSchema,
  logs: LogsSchema,
  ...filesystem,
  exec: Type.Boolean({ default: false, description: 'Let `aws ecs execute-command` into the tasks.' }),
  extensions: mapOf(mapOf(Type.Unknown()), {
    default: {},
    description:
      'The escape hatch: by resource, properties that are merged over what is generated. Lists are replaced.',
  }),
};

export const WorkerSchema = strictObject(workerProperties, { description: 'One worker.' });
