import type { BuildOptions, Engine, Report } from '../engine/engine';
import type { PackagedImage } from '../packaged-images';
import type { Registry } from './registry';

/** What happens, as it happens. */
export type PushEvent =
  | { kind: 'building' | 'pushing' | 'pushed'; image: PackagedImage }
  | { kind: 'there'; image: PackagedImage; warning?: string | undefined }
  | { kind: 'repositoryMade'; repository: string; warning?: string | undefined };

export interface PushParts {
  images: readonly PackagedImage[];
  registry: Registry;
  packageFolder: string;
  /** Asked for only where there is something to build. */
  findEngine: () => Promise<Engine>;
  onEvent: (event: PushEvent) => void;
  /** Takes what the engine says. */
  report: Report;
  npmSettings: BuildOptions['npmSettings'];
}

/** Builds and pushes the images that the registry has not; where it has them all nothing is written anywhere. */
export async function pushImages(parts: PushParts): Promise<void> {
  const missing = await missingImages(parts);
  if (missing.length === 0) return;
  // Before anything is made: without an engine that is let in, nothing can be done with it.
  const engine = await parts.findEngine();
  await parts.registry.logIn(engine);
  const uris = await prepareRepositories(parts, missing);
  for (const image of missing) {
    await pushImage(parts, { engine, image, reference: `${uris.get(image)!}:${image.tag}` });
  }
}

async function missingImages({ images, registry, onEvent }: PushParts): Promise<PackagedImage[]> {
  const missing: PackagedImage[] = [];
  for (const image of images) {
    if ((await registry.hasImage(image)) !== true) missing.push(image);
    else onEvent({ kind: 'there', image, warning: await registry.keep(image) });
  }
  return missing;
}

async function prepareRepositories({ registry, onEvent }: PushParts, images: readonly PackagedImage[]) {
  const uris = new Map<PackagedImage, string>();
  for (const image of images) {
    const { repository: name, worker } = image;
    const { uri, isNew, warning } = await registry.prepare({ name, worker });
    if (isNew) onEvent({ kind: 'repositoryMade', repository: name, warning });
    uris.set(image, uri);
  }
  return uris;
}

async function pushImage(
  { registry, packageFolder, onEvent, report, npmSettings }: PushParts,
  { engine, image, reference }: { engine: Engine; image: PackagedImage; reference: string },
): Promise<void> {
  onEvent({ kind: 'building', image });
  await engine.build(image, { packageFolder, reference, report, npmSettings });
  onEvent({ kind: 'pushing', image });
  try {
    await engine.push(reference, { report });
  } catch (error) {
    // A tag that never changes is refused to whoever comes second, and is what was wanted.
    const isThere = await registry.hasImage(image).catch(() => false);
    if (isThere !== true) throw error;
    return void onEvent({ kind: 'there', image });
  }
  onEvent({ kind: 'pushed', image });
}
