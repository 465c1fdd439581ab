import { Type } from '@sinclair/typebox';
import { MAX_FINISH_SECONDS, SETTLE_SECONDS } from '../../contract/outcomes';
import { DEFAULT_MEMORY_MIB, NEW_VERSION_ALARM, OF_NEW_VERSION, REDUCE_DEFAULTS } from '../defaults';
import { CLOUDWATCH, ECS, FARGATE_CPU_UNITS, MAX_CONCURRENCY, SQS } from '../limits';
import { access } from './access';
import { CapacitySchema, PlacementConstraintsSchema, PlacementStrategiesSchema } from './capacity';
import { ContainerSchema, filesystem, HealthCheckSchema, ImageSchema } from './container';
import { EventsSchema } from './events';
import { AlarmsSchema, DashboardSchema, LogsSchema } from './observability';
import { program } from './program';
import { QueueSchema, TopicSchema } from './queue';
import { ScalingSchema } from './scaling';
import { VolumesSchema } from './volumes';
import { SidecarsSchema } from './sidecars';
import { Intrinsic, mapOf, oneOf, strictObject, stringOrIntrinsic, textBesideBoolean } from './values';

const size = {
  cpu: Type.Integer({
    unit: 'CPU units',
    default: 256,
    minimum: 1,
    description: `CPU units of a task; 1024 is one vCPU. Fargate takes ${FARGATE_CPU_UNITS.join(', ')}. On EC2 a task is guaranteed this much, and may use more if some is free.`,
  }),
  memory: Type.Optional(
    Type.Integer({
      unit: 'MiB',
      minimum: 1,
      description:
        'MiB of a task, which is killed when it uses more. Fargate takes only certain pairs of `cpu` and `memory`; a wrong pair is an error that lists the right ones.',
      otherwise: `\`${DEFAULT_MEMORY_MIB}\`; no limit on EC2 with \`softMemory\``,
    }),
  ),
  softMemory: Type.Optional(
    Type.Integer({
      unit: 'MiB',
      minimum: ECS.minMemoryMiB,
      description:
        'MiB that are reserved for the container, at most `memory`; on EC2 less than it. On EC2 a task with `softMemory` and without `memory` may use more, while its instance has some free.',
    }),
  ),
  ephemeralStorage: Type.Optional(
    Type.Integer({
      unit: 'GiB',
      minimum: ECS.minEphemeralStorageGiB,
      maximum: ECS.maxEphemeralStorageGiB,
      description: 'GiB of disk, on Fargate. That of managed instances is `capacity.managed.storage`.',
      otherwise: '20, as Fargate has it',
    }),
  ),
  gpu: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: ECS.maxGpus,
      description: 'GPUs of a task, with `capacity: MANAGED` or on EC2.',
    }),
  ),
  capacity: CapacitySchema,
  placementConstraints: PlacementConstraintsSchema,
  placementStrategies: PlacementStrategiesSchema,
};

const job = {
  concurrency: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: MAX_CONCURRENCY,
    description: 'Workers at once in one task.',
  }),
  maxJobDuration: Type.Integer({
    unit: 'seconds',
    default: 0,
    minimum: 0,
    maximum: SQS.maxVisibilityTimeoutSeconds,
    description:
      "Seconds after which a worker is stopped and its job has failed, whatever its exit code; 0 is no limit. At most 12 hours, SQS's own limit on holding a message.",
  }),
  stopTimeout: Type.Integer({
    unit: 'seconds',
    default: ECS.maxStopTimeoutSeconds,
    minimum: 10,
    maximum: ECS.maxStopTimeoutSeconds,
    description: `Seconds that a busy task gets to finish when ECS stops it. The watcher keeps ${SETTLE_SECONDS} of them for settling.`,
  }),
  stopNotice: Type.Integer({
    unit: 'seconds',
    default: 15,
    minimum: 1,
    maximum: ECS.maxStopTimeoutSeconds - SETTLE_SECONDS,
    description: `Seconds before that end at which the workers of a stopping task are told (SIGTERM); until then they work on. A job that ends after the notice is released, and never a success. In effect at most \`stopTimeout\` less ${SETTLE_SECONDS}.`,
  }),
  stdin: Type.Boolean({
    default: false,
    description:
      "With `command`: the message's body on standard input, too. Without it standard input is empty (`/dev/null`), since many programs read it unasked.",
  }),
};

const DeploySchema = strictObject(
  {
    finish: Type.Optional(
      Type.Integer({
        unit: 'seconds',
        minimum: 0,
        maximum: MAX_FINISH_SECONDS,
        description: `Seconds that a job of the previous version gets to finish in a deploy, before it is told and then stopped; its message comes again. At most ${MAX_FINISH_SECONDS}: CloudFormation waits for a service for three hours.`,
        otherwise: `\`maxJobDuration\`, and ${MAX_FINISH_SECONDS} if that is none or longer`,
      }),
    ),
    alarms: Type.Array(stringOrIntrinsic(), {
      title: 'a list of the names of alarms',
      default: [],
      maxItems: CLOUDWATCH.maxDescribedAlarms,
      uniqueItems: true,
      description: `CloudWatch alarms of this account and region that fail a deploy and roll it back when one of them goes into ALARM during it, or in the minutes after it. In a deploy that begins while one of them is in ALARM, ECS watches none. \`${OF_NEW_VERSION}\` is one that the plugin makes: jobs of the new version fail, at least ${NEW_VERSION_ALARM.leastFailures} within ${NEW_VERSION_ALARM.period / 60} minutes and at least ${NEW_VERSION_ALARM.percent} % of all that end.`,
    }),
  },
  { default: {}, description: 'How a new version replaces the previous one.' },
);

const ReduceSchema = Type.Union(
  [
    Type.Boolean(),
    strictObject({
      pointInTimeRecovery: Type.Optional(
        Type.Boolean({
          default: REDUCE_DEFAULTS.pointInTimeRecovery,
          description: 'The table can be restored to any second of the last 35 days.',
        }),
      ),
    }),
  ],
  {
    default: false,
    title: '`true`, `false` or {pointInTimeRecovery}',
    description:
      'Reduce mode: a DynamoDB table that keeps the progress of jobs in parts, and `watchbot-progress` by which workers read and write it (docs/reduce.md). Its ARN is in the environment variable `ProgressTable`.',
  },
);

/** The keys of one worker. */
export const workerProperties = {
  enabled: Type.Boolean({
    default: true,
    description:
      'Whether the worker is made in this stage. `false`, or `null` in place of the worker: as if it were not there.',
  }),
  ...program,
  image: Type.Optional(ImageSchema),
  architecture: Type.Optional(
    oneOf(['x86_64', 'arm64'], {
      description: 'The architecture of the processor, and so of the image.',
      otherwise: '`provider.architecture`, or `x86_64`',
    }),
  ),
  ...size,
  ...job,
  ...access,
  queue: QueueSchema,
  topic: Type.Optional(
    Type.Union([Type.Boolean(), textBesideBoolean(), Intrinsic, TopicSchema], {
      title: '`true`, `false`, {maxMessageSize}, the ARN of a topic or a CloudFormation function',
      description:
        'An SNS topic in front of the queue. That of a FIFO queue is a FIFO topic. An ARN, with `queue.arn` only: the topic to which that queue is subscribed already. The plugin makes no subscription; it tells workers the ARN in `WorkTopic` and lets them publish.',
      otherwise: '`true`; `false` with `queue.fifo` or `queue.arn`',
    }),
  ),
  scaling: ScalingSchema,
  events: EventsSchema,
  alarms: AlarmsSchema,
  dashboard: DashboardSchema,
  logs: LogsSchema,
  ...filesystem,
  volumes: VolumesSchema,
  privileged: Type.Boolean({
    default: false,
    description:
      'On EC2 and on Managed Instances: the container has the permissions of root on its instance.',
  }),
  container: ContainerSchema,
  sidecars: SidecarsSchema,
  healthCheck: HealthCheckSchema,
  deploy: DeploySchema,
  reduce: ReduceSchema,
  deletionPolicy: oneOf(['Delete', 'Retain'], {
    default: 'Delete',
    description:
      'What becomes of queue, dead-letter queue, progress table and log group when the worker is taken out or renamed, or the stack is removed. `Retain`: AWS keeps them, outside of the stack, with what they hold; their names are taken until somebody deletes them. It counts from the first deploy that has it. A deploy that would delete messages, items or log lines stops in any case (docs/deploys.md#what-a-deploy-does-not-delete).',
  }),
  compatibility: Type.Optional(
    oneOf(['watchbot'], {
      description:
        'What else a worker of Watchbot v4 to v10 may rely on: permissions, how a message is taken apart, and the message in the log (docs/migrate-from-watchbot.md#what-compatibility-brings).',
      otherwise: 'none of it',
    }),
  ),
  exec: Type.Boolean({ default: false, description: 'Lets `aws ecs execute-command` into the tasks.' }),
  extensions: mapOf(mapOf(Type.Unknown()), {
    default: {},
    description:
      'The escape hatch: properties, by resource, that are merged over what the plugin generates; `container` is the container of the worker. Lists whose entries have names are merged by these: containers, variables, volumes and rules by `Name`, tags by `Key`, mount points by `ContainerPath`, policies by `PolicyName`, statements by `Sid`. Other lists are replaced, and an empty list takes one away.',
  }),
};

export const WorkerSchema = strictObject(workerProperties, { description: 'One worker.' });
