import type { HandlerBundle, ServiceContext, WorkerImage, WorkerInput } from '../configuration';
import { BUNDLE_DEFAULTS, IMAGE_DEFAULTS } from '../defaults';
import { isMap, mapValues } from '../../shared/json';

/** With what `provider.ecr.images` says about it. */
export function completeImage(
  worker: Pick<WorkerInput, 'handler' | 'image' | 'bundle'>,
  { providerImages }: Pick<ServiceContext, 'providerImages'>,
): WorkerImage {
  const bundle = completeBundle(worker);
  if (bundle !== undefined) return { kind: 'bundle', ...bundle };
  const given = worker.image ?? IMAGE_DEFAULTS.path;
  const image = typeof given === 'string' ? { path: given } : given;
  if (image.name !== undefined) return completeProviderImage(providerImages?.[image.name]);
  if (image.uri !== undefined) return { kind: 'uri', uri: image.uri };
  return {
    kind: 'build',
    path: image.path ?? IMAGE_DEFAULTS.path,
    dockerfile: image.dockerfile ?? IMAGE_DEFAULTS.dockerfile,
    buildArgs: image.buildArgs ?? {},
    target: image.target,
  };
}

/** Undefined if nothing is bundled. */
export function completeBundle({
  handler,
  image,
  bundle,
}: Pick<WorkerInput, 'handler' | 'image' | 'bundle'>): HandlerBundle | undefined {
  if (typeof handler !== 'string' || image !== undefined) return undefined;
  const { source, exported } = handlerParts(handler) ?? { source: handler, exported: '' };
  const { external, allowScripts, minify } = { ...BUNDLE_DEFAULTS, ...bundle };
  return { source, export: exported, external, allowScripts, minify };
}

/**
 * A file and what it exports, split as Lambda's own client for Node does it: at the first dot of the file's name.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
const HANDLER_FILE = /^((?:[^/\\]+\/)*[^./\\]+)\.([^./\\]+(?:\.[^./\\]+)*)$/;

/** Undefined if the text does not name a file below the service and an export. */
function handlerParts(handler: string): { source: string; exported: string } | undefined {
  const [, source, exported] = HANDLER_FILE.exec(handler.replace(/^(\.\/)+/, '')) ?? [];
  if (source === undefined || exported === undefined) return undefined;
  return source.split('/').includes('..') ? undefined : { source, exported };
}

/** The framework tells the address of an image from the folder of a build by this. */
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
    buildArgs: mapValues(image.buildArgs ?? {}, String),
    target: undefined,
  };
}

/** What the plugin reads of an entry of `provider.ecr.images`. */
interface ProviderImage {
  uri?: string;
  path?: string;
  file?: string;
  buildArgs?: Record<string, unknown>;
}
