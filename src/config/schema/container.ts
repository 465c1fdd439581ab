import { Type } from '@sinclair/typebox';
import { HEALTH_CHECK_DEFAULTS, IMAGE_DEFAULTS } from '../defaults';
import { ECS } from '../limits';
import { commandLine, mapOf, strictObject } from './values';

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
const Check = strictObject({
  command: Type.Optional(
    commandLine({
      description: 'Run in the container; ends with 0 when all is well. A text needs a shell in the image.',
      otherwise: "the watcher's own check",
    }),
  ),
  interval: seconds('interval', ECS.healthIntervalSeconds, 'Seconds between checks.'),
  timeout: seconds('timeout', ECS.healthTimeoutSeconds, 'Seconds that a check may take.'),
  retries: seconds('retries', ECS.healthRetries, 'Failures in a row after which the task is replaced.'),
  startPeriod: seconds(
    'startPeriod',
    ECS.healthStartPeriodSeconds,
    'Seconds after the start in which failures do not count.',
  ),
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
