import { type Capacity, factsOf } from '../config/capacity';
import type { Compression, Configuration } from '../config/configuration';

/**
 * Registries from which images with layers of zstd are pulled today. Others may refuse the type of such a layer.
 * https://aws.amazon.com/blogs/containers/reducing-aws-fargate-startup-times-with-zstd-compressed-container-images/
 */
const TAKE_ZSTD = /^(docker\.io|ghcr\.io|public\.ecr\.aws|\d{12}\.dkr[.-]ecr[a-z-]*\.[a-z0-9-]+\..+)(\/|$)/;

/** How the layers of a worker's image are compressed, if the engine can: by zstd where all that pull it can read that. */
export function compressionOf(
  { capacity }: { capacity: Pick<Capacity, 'launchType'> },
  { build, registry }: Pick<Configuration, 'build' | 'registry'>,
): Compression {
  if (build.compression !== undefined) return build.compression;
  const isTaken = registry === undefined || TAKE_ZSTD.test(registry.name);
  return isTaken && factsOf(capacity).readsZstd ? 'zstd' : 'gzip';
}
