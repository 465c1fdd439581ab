import { Type } from '@sinclair/typebox';
import { STOP_SIGNALS } from '../../contract/environment';
import { HEALTH_CHECK_DEFAULTS, IMAGE_DEFAULTS } from '../defaults';
import { CAPABILITIES, ECS, LOG_DRIVERS, TMPFS_OPTIONS, ULIMITS } from '../limits';
import { SecretSchema } from './access';
import {
  commandLine,
  Intrinsic,
  mapOf,
  oneOf,
  orIntrinsic,
  plainValue,
  strictObject,
  stringOrIntrinsic,
  textLike,
} from './values';

/** A rule checks that one of `path`, `uri` and `name` is given, and that only a build has the keys of one. */
const Image = strictObject(
  {
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The folder that is the build context, relative to the service.',
      }),
    ),
    dockerfile: Type.Optional(
      Type.String({ minLength: 1, default: IMAGE_DEFAULTS.dockerfile, description: 'Relative to `path`.' }),
    ),
    buildArgs: Type.Optional(mapOf(Type.String(), { description: 'Build arguments, by name.' })),
    target: Type.Optional(
      Type.String({ minLength: 1, description: 'The stage of the Dockerfile to build.' }),
    ),
    uri: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'An existing image, for instance `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:…`. The plugin does not notice that a tag has moved: give a digest, or a tag for each version.',
      }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'One of `provider.ecr.images`. Its settings of platform, cache and provenance apply to functions only.',
      }),
    ),
  },
  { title: 'an image' },
);

export const ImageSchema = Type.Union([Type.String({ minLength: 1 }), Image], {
  otherwise: '`.`; with `handler` one that the plugin makes',
  title: 'a folder, {path, dockerfile, buildArgs, target}, {uri} or {name}',
  description:
    'The image that the worker runs in: a folder with a Dockerfile, or an existing image. The plugin changes neither of them; it adds the watcher in a layer on top.',
});

const seconds = (
  key: keyof typeof HEALTH_CHECK_DEFAULTS,
  [minimum, maximum]: readonly [number, number],
  description: string,
) =>
  Type.Optional(
    Type.Integer({
      ...(key === 'retries' ? {} : { unit: 'seconds' }),
      minimum,
      maximum,
      default: HEALTH_CHECK_DEFAULTS[key],
      description,
    }),
  );

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export const checkTimes = (retries: string) => ({
  interval: seconds('interval', ECS.healthIntervalSeconds, 'Seconds between checks.'),
  timeout: seconds('timeout', ECS.healthTimeoutSeconds, 'Seconds that a check may take.'),
  retries: seconds('retries', ECS.healthRetries, retries),
  startPeriod: seconds(
    'startPeriod',
    ECS.healthStartPeriodSeconds,
    'Seconds after the start in which failures do not count.',
  ),
});

const Check = strictObject({
  command: Type.Optional(
    commandLine({
      description: 'Run in the container; ends with 0 when all is well. A text needs a shell in the image.',
      otherwise: "the watcher's own check",
    }),
  ),
  ...checkTimes('Failures in a row after which the task is replaced.'),
});

export const HealthCheckSchema = Type.Union([Type.Boolean(), Check], {
  default: true,
  title: '`true`, `false` or {command, interval, timeout, retries, startPeriod}',
  description:
    "How ECS knows that a task is well. `true`: the watcher's own check, which fails when the watcher has stopped working. `false`: ECS only sees whether the container runs.",
});

export const filesystem = {
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

const MemoryFolder = strictObject(
  {
    size: Type.Integer({ unit: 'MiB', minimum: 1, description: 'MiB at most.' }),
    options: Type.Optional(
      Type.Array(
        textLike(`^(${TMPFS_OPTIONS.join('|')})(=[A-Za-z0-9:_-]+)?$`, 'an option like noexec or mode=1777'),
        {
          title: 'a list of mount options',
          default: [],
          uniqueItems: true,
          description: 'How it is mounted: `noexec`, `mode=700`.',
        },
      ),
    ),
  },
  { title: 'a size or {size, options}', short: 'size' },
);

const capabilities = (description: string) =>
  Type.Array(oneOf(CAPABILITIES), {
    title: 'a list of capabilities, such as SYS_PTRACE or ALL',
    default: [],
    uniqueItems: true,
    description,
  });

const limitOf = (name: keyof typeof ULIMITS) => {
  const { description, ...range } = ULIMITS[name];
  const number = (which: string) => Type.Integer({ ...range, description: `The ${which} limit.` });
  return Type.Optional(
    Type.Union([Type.Integer(range), strictObject({ soft: number('soft'), hard: number('hard') })], {
      title: 'a whole number or {soft, hard}',
      description,
    }),
  );
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const UlimitsSchema = strictObject(
  {
    core: limitOf('core'),
    cpu: limitOf('cpu'),
    data: limitOf('data'),
    fsize: limitOf('fsize'),
    locks: limitOf('locks'),
    memlock: limitOf('memlock'),
    msgqueue: limitOf('msgqueue'),
    nice: limitOf('nice'),
    nofile: limitOf('nofile'),
    nproc: limitOf('nproc'),
    rss: limitOf('rss'),
    rtprio: limitOf('rtprio'),
    rttime: limitOf('rttime'),
    sigpending: limitOf('sigpending'),
    stack: limitOf('stack'),
  },
  {
    default: {},
    description:
      'Limits of Linux, by name: a number, or {soft, hard}; `-1` is none. `cpu`, `data`, `fsize`, `nproc`, `stack`, and a `nofile` below 10240 are those of each worker: the watcher beside it keeps its own.',
  },
);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html */
const LogSchema = strictObject(
  {
    driver: oneOf(LOG_DRIVERS, {
      description:
        "Docker's name of it: `awslogs` is CloudWatch, on Fargate there is `splunk` besides, and on EC2 there are all.",
    }),
    options: Type.Optional(
      mapOf(plainValue(), { default: {}, description: "The driver's options, by name." }),
    ),
    secretOptions: Type.Optional(
      mapOf(SecretSchema, {
        default: {},
        description:
          'Options whose values ECS reads from SSM or Secrets Manager when a task starts, by name.',
      }),
    ),
  },
  {
    title: '{driver, options, secretOptions}',
    short: 'driver',
    description:
      'Where ECS sends the log instead of CloudWatch (docs/logs.md#another-log-driver): then nothing counts jobs by it.',
  },
);

/** Who runs in a container. */
export const userOf = (description: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.Integer({ minimum: 0, maximum: ECS.maxUserId }),
        textLike('^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$', 'USER or USER:GROUP'),
        Intrinsic,
      ],
      {
        title: 'USER or USER:GROUP, by names or numbers, or a CloudFormation function',
        description,
        otherwise: "the image's",
      },
    ),
  );

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const ContainerSchema = strictObject(
  {
    labels: mapOf(plainValue(), { default: {}, description: "Docker's labels, by name." }),
    ulimits: UlimitsSchema,
    sharedMemory: Type.Optional(
      Type.Integer({
        unit: 'MiB',
        minimum: 1,
        description:
          'MiB of `/dev/shm`, on EC2. They count as memory of the task. Fargate lets nobody choose: a browser there is started with `--disable-dev-shm-usage`.',
        otherwise: "64, Docker's own",
      }),
    ),
    tmpfs: mapOf(MemoryFolder, {
      default: {},
      description:
        'Folders in memory, by path: a size, or {size, options}. What is in them stays from job to job, until the task ends, and counts as memory of the task.',
    }),
    capabilities: strictObject(
      {
        add: capabilities("Those that Docker's default does not have. On Fargate `SYS_PTRACE` alone."),
        drop: capabilities('Those that are taken away. The watcher needs none.'),
      },
      { default: {}, description: "Linux's capabilities of the container." },
    ),
    user: userOf(
      'Who the watcher and its workers are. A mount other than `/tmp` belongs to root, unless the image has the folder as a `VOLUME`.',
    ),
    workingDirectory: Type.Optional(
      orIntrinsic(textLike('^/', 'an absolute path'), {
        description: 'The folder that commands start in.',
        otherwise: "the image's",
      }),
    ),
    environmentFiles: Type.Array(stringOrIntrinsic(), {
      title: 'a list of ARNs of files in S3, and of local files',
      default: [],
      uniqueItems: true,
      description:
        'Files of environment variables. `arn:aws:s3:::BUCKET/KEY.env`, or a CloudFormation function that gives one: ECS reads it when a task starts. Any other text is a local file, relative to the service, which is read when the service is packaged: its values are in the template, and whoever may read that can read them. `environment` and `secrets` win over local files, these over `provider.environment` and over S3, and of two files of a kind the first.',
    }),
    stopSignal: oneOf(STOP_SIGNALS, {
      default: 'SIGTERM',
      description:
        'The signal that tells a worker to end: when its task stops, and when its time is over. ECS goes on telling the watcher by SIGTERM.',
    }),
    log: Type.Optional(LogSchema),
    hosts: mapOf(stringOrIntrinsic(), {
      default: {},
      description:
        'Addresses of hosts, by name, for `/etc/hosts`: on EC2 without `vpc`. ECS has no such thing for tasks with a network interface of their own.',
    }),
  },
  { default: {}, description: 'What else the container has, and who runs in it.' },
);
