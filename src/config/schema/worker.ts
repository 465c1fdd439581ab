import { Type } from '@sinclair/typebox';
import { FARGATE_CPU_UNITS } from '../fargate-sizes';
import { SETTLE_SECONDS } from '../../contract/outcomes';
import { ECS, MAX_CONCURRENCY, SQS } from '../limits';
import { access } from './access';
import { CapacitySchema, PlacementConstraintsSchema, PlacementStrategiesSchema } from './capacity';
import { DeploySchema } from './deploy';
import { EventsSchema } from './events';
import { handlerKeys } from './handler';
import { HealthCheckSchema } from './health';
import { ImageSchema } from './image';
import { AlarmsSchema, DashboardSchema, LogsSchema } from './observability';
import { QueueSchema } from './queue';
import { ReduceSchema } from './reduce';
import { ScalingSchema } from './scaling';
import { mapOf, oneOf, strictObject } from './values';

const CommandSchema = Type.Union(
  [Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })],
  {
    title: 'a shell line or a list of arguments',
    otherwise: '**required**, or `handler`',
    description:
      "Runs once for each message; its exit code decides the message's fate. A text is run by `/bin/sh -c`; a list is run as it stands, without a shell.",
  },
);

const size = {
  cpu: Type.Integer({
    default: 256,
    minimum: 1,
    description: `CPU units of a task; 1024 is one vCPU. Fargate takes ${FARGATE_CPU_UNITS.join(', ')}. On EC2 it is what a task is sure of, and it may use more that is free.`,
  }),
  memory: Type.Integer({
    default: 512,
    minimum: 1,
    description:
      'MiB of a task, which is killed when it uses more. Fargate takes only certain pairs of `cpu` and `memory`; a wrong pair is an error that lists the right ones.',
  }),
  softMemory: Type.Optional(
    Type.Integer({
      minimum: ECS.minMemoryMiB,
      description: 'MiB that are reserved for the container, at most `memory`; on EC2 less than it.',
    }),
  ),
  ephemeralStorage: Type.Optional(
    Type.Integer({
      minimum: ECS.minEphemeralStorageGiB,
      maximum: ECS.maxEphemeralStorageGiB,
      description: 'GiB of disk, on Fargate.',
      otherwise: '20, as Fargate has it',
    }),
  ),
  gpu: Type.Optional(
    Type.Integer({ minimum: 1, maximum: ECS.maxGpus, description: 'GPUs of a task, on EC2.' }),
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
    default: 0,
    minimum: 0,
    maximum: SQS.maxVisibilityTimeoutSeconds,
    description:
      "Seconds after which a worker is stopped and has failed, whatever it then says; 0 is none. At most 12 hours, SQS's own limit on holding a message.",
  }),
  stopTimeout: Type.Integer({
    default: ECS.maxStopTimeoutSeconds,
    minimum: 10,
    maximum: ECS.maxStopTimeoutSeconds,
    description: `Seconds that a busy task gets to finish when ECS stops it. The watcher keeps ${SETTLE_SECONDS} of them for settling.`,
  }),
  stopNotice: Type.Integer({
    default: 15,
    minimum: 1,
    maximum: ECS.maxStopTimeoutSeconds - SETTLE_SECONDS,
    description: `Seconds before that end in which the workers of a task that stops are told (SIGTERM); until then they work on. An end after the notice is a release, never a success. In effect at most \`stopTimeout\` less ${SETTLE_SECONDS}.`,
  }),
  stdin: Type.Boolean({
    default: false,
    description:
      "With `command`: the message's body on standard input, too. Without it standard input is empty (`/dev/null`), since many programs read it unasked.",
  }),
};

const filesystem = {
  mounts: Type.Array(Type.String({ minLength: 1 }), {
    title: 'a list of folders',
    default: [],
    description:
      'Folders besides `/tmp` that a worker may write to; the rest of the file system is read-only. All are emptied when no worker runs any more: with a `concurrency` of 1 that is after each job; above it, each worker has a `TMPDIR` of its own below `/tmp`, which is emptied after it.',
  }),
  writableFilesystem: Type.Boolean({
    default: false,
    description:
      'With `command`: the whole file system can be written to, and every job gets a fresh container: `mounts` are not needed then, and `concurrency` is 1.',
  }),
};

/** The keys of one worker. */
export const workerProperties = {
  command: Type.Optional(CommandSchema),
  ...handlerKeys,
  image: Type.Optional(ImageSchema),
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
      otherwise: '`true`; `false` with `queue.fifo` or `queue.arn`',
    }),
  ),
  scaling: ScalingSchema,
  events: EventsSchema,
  alarms: AlarmsSchema,
  dashboard: DashboardSchema,
  logs: LogsSchema,
  ...filesystem,
  privileged: Type.Boolean({
    default: false,
    description: 'On EC2: the container has the rights of root on its instance.',
  }),
  healthCheck: HealthCheckSchema,
  deploy: DeploySchema,
  reduce: ReduceSchema,
  exec: Type.Boolean({ default: false, description: 'Let `aws ecs execute-command` into the tasks.' }),
  extensions: mapOf(mapOf(Type.Unknown()), {
    default: {},
    description:
      'The escape hatch: by resource, properties that are merged over what is generated. Lists are replaced.',
  }),
};

export const WorkerSchema = strictObject(workerProperties, { description: 'One worker.' });
