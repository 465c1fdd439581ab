import type { ServiceContext, WorkerImage, WorkerInput } from './configuration';
import { completeBundle } from './complete-handler';
import { isMap } from './maps';
import { IMAGE_DEFAULTS } from './schema/image';

/** The image with what `provider.ecr.images` says about it. The rules have passed it. */
export function completeImage(worker: WorkerInput, context: ServiceContext): WorkerImage {
  const bundle = completeBundle(worker);
  if (bundle !== undefined) return { kind: 'bundle', ...bundle };
  const given = worker.image ?? IMAGE_DEFAULTS.path;
  const image = typeof given === 'string' ? { path: given } : given;
  if (image.name !== undefined) return completeProviderImage(context.providerImages?.[image.name]);
  if (image.uri !== undefined) return { kind: 'uri', uri: image.uri };
  return {
    kind: 'build',
    path: image.path ?? IMAGE_DEFAULTS.path,
    dockerfile: image.dockerfile ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: image.buildArgs ?? {},
    target: image.target,
  };
}

/** As the framework tells the address of an image from the folder of a build. */
export const ECR_URI = /^\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^@]+(@sha256:[a-f0-9]{64}|:.+)$/;

/** https://www.serverless.com/framework/docs/providers/aws/guide/functions#referencing-container-image-as-a-target */
function completeProviderImage(given: unknown): WorkerImage {
  if (typeof given === 'string' && ECR_URI.test(given)) return { kind: 'uri', uri: given };
  const image = (isMap(given) ? given : { path: given }) as ProviderImage;
  if (image.uri !== undefined) return { kind: 'uri', uri: image.uri };
  return {
    kind: 'build',
    path: image.path ?? IMAGE_DEFAULTS.path,
    dockerfile: image.file ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: Object.fromEntries(
      Object.entries(image.buildArgs ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    target: undefined,
  };
}

/** What is taken of an entry of `provider.ecr.images`. */
export interface ProviderImage {
  uri?: string;
  path?: string;
  file?: string;
  buildArgs?: Record<string, unknown>;
}
