import type { BuildOptions, Engine, Report } from '../engine/engine';
import type { Zstd } from '../engine/zstd';
import type { PackagedImage } from '../package-folder';

/** An image by its tag and the name of its repository, without that of the registry. */
export interface ImageName {
  repository: string;
  tag: string;
}

/** A registry of images. Every method throws a `UserError` that says what went wrong. */
export interface Registry {
  /** Undefined if the registry does not say. */
  hasImage(image: ImageName): Promise<boolean | undefined>;
  /** Keeps an existing image from being removed soon. Gives a warning, if there is one. */
  keep(image: ImageName): Promise<string | undefined>;
  /** Makes the repository unless it exists. */
  prepare(repository: { name: string; worker: string }): Promise<Repository>;
  /** Logs the engine in. */
  logIn(engine: Engine): Promise<void>;
}

export interface Repository {
  /** The whole name with that of the registry: everything before the tag. */
  uri: string;
  isNew: boolean;
  warning?: string;
}

/** What `pushImages` has begun or done. */
export type PushEvent =
  | { kind: 'building' | 'pushing' | 'pushed'; image: PackagedImage }
  | { kind: 'there'; image: PackagedImage; warning?: string | undefined }
  | { kind: 'gzip'; whyNotZstd: string }
  | { kind: 'repositoryMade'; repository: string; warning?: string | undefined };

export interface PushRequest {
  images: readonly PackagedImage[];
  registry: Registry;
  packageFolder: string;
  /** Called only if there is something to build. */
  findEngine: () => Promise<Engine>;
  onEvent: (event: PushEvent) => void;
  report: Report;
  npmSettings: BuildOptions['npmSettings'];
}

/** Builds and pushes the images that the registry lacks. If it has all of them, nothing is written anywhere. */
export async function pushImages(push: PushRequest): Promise<void> {
  const missing = await missingImages(push);
  if (missing.length === 0) return;
  // Before anything is made: without an engine that is logged in, a repository is of no use.
  const engine = await push.findEngine();
  await push.registry.logIn(engine);
  const uris = await prepareRepositories(push, missing);
  const zstd = await zstdOf(push, engine, missing);
  for (const image of missing) {
    const reference = `${uris.get(image)!}:${image.tag}`;
    await pushImage(push, {
      engine,
      image,
      reference,
      zstd: image.compression === 'zstd' ? zstd : undefined,
    });
  }
}

/** Asked once, if an image is to have it; and said once if the engine cannot. */
async function zstdOf(
  { onEvent }: PushRequest,
  engine: Engine,
  images: readonly PackagedImage[],
): Promise<Zstd | undefined> {
  if (!images.some(({ compression }) => compression === 'zstd')) return undefined;
  const found = await engine.zstd();
  if (!('whyNot' in found)) return found;
  onEvent({ kind: 'gzip', whyNotZstd: found.whyNot });
  return undefined;
}

async function missingImages({ images, registry, onEvent }: PushRequest): Promise<PackagedImage[]> {
  const missing: PackagedImage[] = [];
  for (const image of images) {
    if ((await registry.hasImage(image)) !== true) missing.push(image);
    else onEvent({ kind: 'there', image, warning: await registry.keep(image) });
  }
  return missing;
}

async function prepareRepositories({ registry, onEvent }: PushRequest, images: readonly PackagedImage[]) {
  const uris = new Map<PackagedImage, string>();
  for (const image of images) {
    const { repository: name, worker } = image;
    const { uri, isNew, warning } = await registry.prepare({ name, worker });
    if (isNew) onEvent({ kind: 'repositoryMade', repository: name, warning });
    uris.set(image, uri);
  }
  return uris;
}

interface Push {
  engine: Engine;
  image: PackagedImage;
  reference: string;
  zstd: Zstd | undefined;
}

async function pushImage(
  { registry, packageFolder, onEvent, report, npmSettings }: PushRequest,
  { engine, image, reference, zstd }: Push,
): Promise<void> {
  onEvent({ kind: 'building', image });
  await engine.build(image, { packageFolder, reference, report, npmSettings, zstd });
  onEvent({ kind: 'pushing', image });
  try {
    await engine.push(reference, { report, zstd });
  } catch (error) {
    // If another deploy was faster, the registry refuses the immutable tag. Then the image is the one that was wanted.
    const isThere = await registry.hasImage(image).catch(() => false);
    if (isThere !== true) throw error;
    return void onEvent({ kind: 'there', image });
  }
  onEvent({ kind: 'pushed', image });
}
