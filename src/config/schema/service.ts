import { Type, type Static } from '@sinclair/typebox';
import { BuildSchema } from './build';
import { ClusterSchema, NotifySchema, VpcSchema } from './network';
import { RegistrySchema } from './registry';
import { mapOf, strictObject } from './values';
import { WorkerSchema, workerProperties } from './worker';

/** Keys that all workers of a stack share. */
const sharedProperties = {
  cluster: Type.Optional(ClusterSchema),
  vpc: Type.Optional(VpcSchema),
  notify: Type.Optional(NotifySchema),
  build: BuildSchema,
  registry: Type.Optional(RegistrySchema),
};

/** Where one worker stands directly under `watchbot`, its `extensions` take what it would share, too. */
const sharedExtensions = mapOf(mapOf(Type.Unknown()), {
  default: {},
  description:
    'Like the `extensions` of a worker, for what the workers share: the cluster, the network, the topic of alarms, and the alarm on rollbacks. One worker that stands alone has these among its own `extensions`.',
});

/** `watchbot:` with one worker, whose keys stand directly under it. */
export const SingleWorkerSchema = strictObject({ ...sharedProperties, ...workerProperties });

/** `watchbot:` with a map of named workers. */
export const ManyWorkersSchema = strictObject({
  ...sharedProperties,
  extensions: sharedExtensions,
  workers: mapOf(WorkerSchema, {
    minProperties: 1,
    description: 'Workers by name; each has a queue and a service of its own.',
  }),
});

export const SHARED_KEYS: readonly string[] = Object.keys(sharedProperties);
export const WORKER_KEYS: readonly string[] = Object.keys(workerProperties);

export type SharedInput = Pick<
  Static<typeof ManyWorkersSchema>,
  'cluster' | 'vpc' | 'notify' | 'build' | 'registry'
> & {
  extensions: ExtensionsInput;
};
/** Properties by resource. */
export type ExtensionsInput = Record<string, Record<string, unknown>>;
/** A worker as the schema leaves it: checked, with the schema's defaults in. */
export type WorkerInput = Static<typeof WorkerSchema>;
