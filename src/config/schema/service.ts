import { type Static, Type } from '@sinclair/typebox';
import { COMPRESSIONS, ENGINE_NAMES, NODE_IMAGE } from '../defaults';
import { VpcSchema } from './network';
import { Intrinsic, mapOf, oneOf, strictObject, stringOrIntrinsic, textLike } from './values';
import { workerProperties, WorkerSchema } from './worker';

/**
 * The first part is a host, as the engines tell it from a path: with a dot or a port, or `localhost`.
 * https://github.com/distribution/reference/blob/main/reference.go
 */
const HOST = '(localhost|[a-z0-9-]+(\\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:[0-9]+)?';
const PATH = '(/[a-z0-9]+([._-]+[a-z0-9]+)*)*';

const registryName = (options: object = {}) =>
  textLike(`^${HOST}${PATH}$`, 'a host like ghcr.io, or one with a path like ghcr.io/acme', {
    maxLength: 150,
    ...options,
  });

const RegistryMap = strictObject({
  name: registryName({
    description: 'Host of the registry, with the path below which the repositories are.',
  }),
  credentials: Type.Optional(
    stringOrIntrinsic({
      description:
        'ARN of a Secrets Manager secret with `username` and `password`, with which ECS pulls. Not needed if the registry asks for none.',
    }),
  ),
});

const RegistrySchema = Type.Union([registryName(), RegistryMap], {
  title: 'a host with or without a path, like ghcr.io/acme, or {name, credentials}',
  description:
    'Where images are pushed to and pulled from. Log in to a registry that you name here before you deploy; it must make a repository when its first image is pushed. `sls remove` leaves the images there.',
  otherwise:
    'ECR, in the region and account of the stack: a repository for each worker, made on the first deploy',
});

const ClusterSchema = stringOrIntrinsic({
  description:
    'Name or ARN of an existing cluster, which must have what `capacity` names: the capacity providers of Fargate or of your own, or instances.',
  otherwise: 'a new one for the stack',
});

const NotifySchema = Type.Union(
  [
    Type.String({ minLength: 1 }),
    Intrinsic,
    Type.Array(stringOrIntrinsic(), { minItems: 1, maxItems: 10, uniqueItems: true }),
  ],
  {
    title: 'an e-mail address, the ARN of an SNS topic, or a list of them',
    description:
      'Who hears of alarms. For e-mail addresses a topic is made, and each has to confirm its subscription.',
  },
);

const BuildSchema = strictObject(
  {
    engine: Type.Optional(
      oneOf(ENGINE_NAMES, {
        description: 'The container engine that builds and pushes.',
        otherwise: 'the first of them that is installed and answers',
      }),
    ),
    compression: Type.Optional(
      oneOf(COMPRESSIONS, {
        description:
          'How new layers are compressed: `zstd` is smaller and faster to unpack, but Docker before version 23 and some registries do not take it. An engine that cannot says so, and uses gzip.',
        otherwise: '`zstd` on Fargate and Managed Instances from ECR, Docker Hub or GitHub; else `gzip`',
      }),
    ),
    nodeImage: Type.String({
      minLength: 1,
      default: NODE_IMAGE,
      description:
        'The image from which the Node runtime of the watcher is taken: a copy of the official one, with Debian under it.',
    }),
  },
  { default: {}, description: 'How the images are built.' },
);

/** Keys that all workers of a stack share. */
export const sharedProperties = {
  cluster: Type.Optional(ClusterSchema),
  vpc: Type.Optional(VpcSchema),
  notify: Type.Optional(NotifySchema),
  build: BuildSchema,
  registry: Type.Optional(RegistrySchema),
  providerEnvironment: Type.Optional(
    Type.Boolean({
      description:
        'Whether workers have the variables of `provider.environment`, as functions do. Those of their own, and `secrets`, come first.',
      otherwise: '`false`, and `sls package` says that there are some',
    }),
  ),
};

/** If one worker stands directly under `watchbot`, its own `extensions` have these too. */
const sharedExtensions = mapOf(mapOf(Type.Unknown()), {
  default: {},
  description:
    'Like the `extensions` of a worker, for what the workers share: the cluster, the network, the topic of alarms, and the alarm on rollbacks. One worker that stands alone has these among its own `extensions`.',
});

/** `watchbot:` with one worker, whose keys stand directly under it. */
export const SingleWorkerSchema = strictObject({ ...sharedProperties, ...workerProperties });

/** `watchbot:` with a map of named workers. */
export const ManyWorkersSchema = strictObject({
  enabled: Type.Boolean({
    default: true,
    description:
      'Whether anything is made in this stage. `false`, or `null` in place of the section: as if it were not there.',
  }),
  ...sharedProperties,
  extensions: sharedExtensions,
  workers: mapOf(WorkerSchema, {
    minProperties: 1,
    description: 'Workers by name; each has a queue and a service of its own.',
  }),
});

export type SharedInput = Pick<
  Static<typeof ManyWorkersSchema>,
  'cluster' | 'vpc' | 'notify' | 'build' | 'registry' | 'providerEnvironment'
> & {
  /** Properties, by resource. */
  extensions: Record<string, Record<string, unknown>>;
};
/** A worker that the schema has checked, with its defaults. */
export type WorkerInput = Static<typeof WorkerSchema>;
