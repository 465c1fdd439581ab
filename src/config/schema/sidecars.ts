import { Type } from '@sinclair/typebox';
import { ECS } from '../limits';
import { PRESET_NAMES } from '../presets';
import { CONDITIONS } from '../sidecars';
import { environmentOf, secretsOf } from './access';
import { checkTimes, userOf } from './container';
import {
  commandLine,
  Intrinsic,
  mapOf,
  oneOf,
  plainValue,
  strictObject,
  stringOrIntrinsic,
  textLike,
} from './values';

const argumentsOf = (description: string) =>
  Type.Optional(
    Type.Array(stringOrIntrinsic(), {
      title: 'a list of arguments',
      minItems: 1,
      maxItems: 100,
      description,
      otherwise: "the image's",
    }),
  );

const texts = (description: string) => Type.Optional(mapOf(plainValue(), { default: {}, description }));

const Check = Type.Union(
  [
    Type.Literal(false),
    strictObject({
      command: commandLine({
        description: 'Run in the sidecar; ends with 0 when all is well. A text needs a shell in the image.',
      }),
      ...checkTimes('Failures in a row after which it counts as unhealthy.'),
    }),
  ],
  {
    title: 'false or {command, interval, timeout, retries, startPeriod}',
    description:
      'How ECS knows that it is well: for `watcherWaits: HEALTHY`, and to be seen. Only that of an essential sidecar ends a task.',
    otherwise: "the preset's, else none",
  },
);

const size = {
  cpu: Type.Optional(
    Type.Integer({
      unit: 'CPU units',
      minimum: ECS.minCpuUnits,
      maximum: ECS.maxCpuUnits,
      description:
        'CPU units that it has of the `cpu` of its task: a share, which counts when all want some.',
      otherwise: "the preset's, else what is free",
    }),
  ),
  memory: Type.Optional(
    Type.Integer({
      unit: 'MiB',
      minimum: ECS.minMemoryMiB,
      description:
        'MiB that it has of the `memory` of its task, and at which it is killed. The watcher and its jobs have the rest.',
      otherwise: "the preset's, else no limit",
    }),
  ),
  softMemory: Type.Optional(
    Type.Integer({
      unit: 'MiB',
      minimum: ECS.minMemoryMiB,
      description: 'MiB that are kept for it; without `memory` it may use more.',
    }),
  ),
};

const FirelensSchema = strictObject(
  {
    type: Type.Optional(
      oneOf(['fluentbit', 'fluentd'], { default: 'fluentbit', description: 'What routes.' }),
    ),
    options: texts(
      'Of FireLens: `enable-ecs-log-metadata`, and `config-file-type: file` with `config-file-value`, a path in the image.',
    ),
    cloudWatch: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          "Whether the worker's log group has its log, too. `false`: `sls watchbot logs`, the metrics of jobs and the alarms on these have nothing.",
      }),
    ),
    outputs: Type.Optional(
      Type.Array(
        mapOf(
          Type.Union(
            [
              Type.String(),
              Type.Number(),
              Type.Boolean(),
              strictObject({
                secret: Type.String({
                  minLength: 1,
                  description: 'The name of one of the variables in `secrets` of the sidecar.',
                }),
              }),
              Intrinsic,
            ],
            { title: 'text, a number, true, false, {secret: NAME} or a CloudFormation function' },
          ),
        ),
        {
          title: 'a list of outputs, such as {Name: datadog, apikey: {secret: DD_API_KEY}}',
          default: [],
          maxItems: 10,
          description:
            'Where the log goes besides: outputs of Fluent Bit, with its parameters. `Match` is the log of the watcher, unless it is given.',
        },
      ),
    ),
  },
  {
    description:
      "It is the router of the watcher's log (FireLens). By itself it writes where the log goes without it: to the worker's log group.",
  },
);

const Mount = strictObject(
  {
    volume: Type.String({ minLength: 1, description: 'The name of one of `volumes`.' }),
    readOnly: Type.Optional(Type.Boolean({ default: false, description: 'Whether it can only read there.' })),
  },
  { title: 'the name of a volume or {volume, readOnly}', short: 'volume' },
);

const order = {
  dependsOn: Type.Optional(
    mapOf(oneOf(CONDITIONS), {
      default: {},
      description:
        'For what it waits before it starts: the names of other sidecars, or `watchbot` for the watcher, with `START`, `HEALTHY`, `COMPLETE` (ended) or `SUCCESS` (ended with 0). When the task stops, it ends before those.',
    }),
  ),
  watcherWaits: Type.Optional(
    Type.Union([Type.Literal(false), oneOf(CONDITIONS)], {
      title: `${CONDITIONS.join(', ')} or false`,
      description:
        'For what the watcher waits of it before it starts. With any of them but `false` the sidecar ends after the watcher. If it never comes, ECS starts no task.',
      otherwise: '`START`; `false` if the sidecar waits for the watcher',
    }),
  ),
  stopTimeout: Type.Optional(
    Type.Integer({
      unit: 'seconds',
      minimum: 2,
      maximum: ECS.maxStopTimeoutSeconds,
      description: 'Seconds that it gets to finish when its task stops, after those of the watcher.',
      otherwise: "ECS's 30",
    }),
  ),
};

const Sidecar = strictObject(
  {
    preset: Type.Optional(
      oneOf(PRESET_NAMES, {
        description:
          'What it is, with image, size, health check, permissions and the variables by which jobs find it; the keys beside it say otherwise.',
      }),
    ),
    image: Type.Optional(
      stringOrIntrinsic({
        description: 'It is pulled as it is: NAME:TAG or NAME@sha256:DIGEST.',
        otherwise: "the preset's",
      }),
    ),
    credentials: Type.Optional(
      stringOrIntrinsic({
        title: 'the ARN of a secret or a CloudFormation function',
        description: 'With which ECS pulls the image from a private registry other than ECR.',
      }),
    ),
    entryPoint: argumentsOf('The program that starts.'),
    command: argumentsOf('What the program is started with.'),
    environment: Type.Optional(environmentOf('Its environment variables, by name.')),
    secrets: Type.Optional(
      secretsOf('Its environment variables whose values ECS reads from SSM or Secrets Manager, by name.'),
    ),
    ports: Type.Optional(
      Type.Array(
        Type.Union(
          [
            Type.Integer({ minimum: 1, maximum: 65_535 }),
            textLike('^[1-9]\\d{0,4}(/(tcp|udp))?$', 'a port like 15000 or 2000/udp'),
          ],
          { title: 'a port like 15000 or 2000/udp' },
        ),
        {
          title: 'a list of ports',
          default: [],
          maxItems: 50,
          description:
            'Where it listens, so that no two take one. Jobs reach them at `127.0.0.1`, on EC2 without `vpc` at the name of the sidecar; nothing outside the task does.',
          otherwise: "the preset's",
        },
      ),
    ),
    ...size,
    healthCheck: Type.Optional(Check),
    essential: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether the task ends, with its jobs, when the sidecar ends or is unhealthy. They are then done again elsewhere. With `restart: true` only if it ends before it ran for a minute, or is unhealthy.',
      }),
    ),
    restart: Type.Optional(
      Type.Boolean({
        description: 'Whether ECS starts it again in its task when it ends after a minute or more.',
        otherwise: '`true`; `false` if it is `essential`, or if somebody waits for its end',
      }),
    ),
    labels: texts("Docker's labels, by name."),
    user: userOf('Who it is.'),
    writableFilesystem: Type.Optional(
      Type.Boolean({
        description: 'Whether it can write to its file system.',
        otherwise: '`true`; `false` with the presets `xray` and `adot`',
      }),
    ),
    mounts: Type.Optional(
      mapOf(Mount, {
        default: {},
        description: '`volumes` of the worker that it has, too, by the path at which it has them.',
      }),
    ),
    ...order,
    logs: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whether its log is kept, in a log group for the sidecars of the worker. `false`: nowhere.',
      }),
    ),
    firelens: Type.Optional(FirelensSchema),
  },
  {
    title: `${PRESET_NAMES.join(', ')} or {preset, image, …}`,
  },
);

export const SidecarsSchema = Type.Record(
  Type.String({ pattern: `^[A-Za-z0-9_-]{1,${ECS.maxContainerNameLength}}$` }),
  Type.Union([Type.Literal(false), oneOf(PRESET_NAMES), Sidecar], {
    title: `${PRESET_NAMES.join(', ')}, {preset, image, …} or false`,
  }),
  {
    default: {},
    additionalProperties: false,
    names: `letters, digits, dashes and underscores, ${ECS.maxContainerNameLength} at most`,
    description:
      'Containers beside that of the watcher in each task, by name (docs/sidecars.md). A word is a preset: `xray`, `adot`, `datadog`, `fluent-bit`; `false`: there is none in this stage. What they have of `cpu` and `memory` is taken from that of the task.',
  },
);
