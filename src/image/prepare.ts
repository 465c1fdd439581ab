import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Configuration, TextOrIntrinsic, Worker, WorkerImage } from '../config/configuration';
import { repositoryName } from '../config/names';
import { imageUri } from '../config/image-uri';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { contextFiles, type ContextFile } from './context';
import { layerFiles } from './layer';
import type { ImageBase, PackagedImage } from './packaged-images';
import { imageTag } from './tag';

/** A worker's image, ready to be built: what goes in, and what it will be called. */
export interface PreparedImage {
  worker: string;
  /** Of the build context: none where the image is there already. */
  files: readonly ContextFile[];
  uri: TextOrIntrinsic;
  packaged: PackagedImage;
}

/**
 * Reads the build contexts and names the images. Nothing is written, and nothing outside the service's folder and the
 * plugin is asked.
 * @throws {UserError} `WATCHBOT_CONFIGURATION` with each image that cannot be built.
 */
export async function prepareImages(
  configuration: Configuration,
  serviceFolder: string,
  packageFolder?: string,
): Promise<PreparedImage[]> {
  const checks = await Promise.all(
    configuration.workers.map((worker) => imageProblems(worker, serviceFolder)),
  );
  const problems = checks.flat();
  if (problems.length > 0) throw UserError.ofConfiguration(problems);
  const parts = { configuration, serviceFolder, packageFolder };
  return Promise.all(configuration.workers.map((worker) => prepareImage(worker, parts)));
}

interface Parts {
  configuration: Configuration;
  serviceFolder: string;
  /** Where the last package may be. */
  packageFolder: string | undefined;
}

async function prepareImage(
  { name: worker, image, architecture }: Worker,
  { configuration, serviceFolder, packageFolder }: Parts,
): Promise<PreparedImage> {
  const { nodeImage } = configuration.build;
  const files =
    image.kind === 'build'
      ? await contextFiles(path.resolve(serviceFolder, image.path), image, packageFolder)
      : [];
  const base = baseOf(image);
  const layer = await layerFiles(architecture);
  const tag = await imageTag({ base, files, architecture, nodeImage, layerFiles: layer });
  const repository = repositoryName(configuration.context, worker);
  const uri = imageUri(configuration, { repository, tag });
  return { worker, files, uri, packaged: { worker, architecture, repository, tag, base, nodeImage } };
}

function baseOf(image: WorkerImage): ImageBase {
  if (image.kind === 'uri') return image;
  const { kind, dockerfile, buildArgs, target } = image;
  return { kind, dockerfile, buildArgs, ...(target === undefined ? {} : { target }) };
}

async function imageProblems({ name, image }: Worker, serviceFolder: string): Promise<Problem[]> {
  if (image.kind === 'uri') return [];
  const place = `watchbot image of worker ${name}`;
  const folder = path.resolve(serviceFolder, image.path);
  if (!(await isKind(folder, 'isDirectory'))) {
    return [{ code: 'WATCHBOT_IMAGE', place, given: image.path, allowed: 'a folder below the service' }];
  }
  const file = path.resolve(folder, image.dockerfile);
  if (!(await isBelow(folder, file))) {
    const advice = 'give a folder above both as `path`';
    return [
      { code: 'WATCHBOT_IMAGE', place, given: image.dockerfile, allowed: `a file in ${image.path}`, advice },
    ];
  }
  if (await isKind(file, 'isFile')) return [];
  return [
    {
      code: 'WATCHBOT_IMAGE',
      place,
      given: `${path.join(image.path, image.dockerfile)}, which is not there`,
      allowed: 'a folder with a Dockerfile',
      advice: 'write one (two lines will do: FROM and COPY), or name another folder with `image`',
    },
  ];
}

async function isKind(file: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.[kind]() ?? false;
}

/** Where it leads to, too: only what is in the build context goes into the package. */
async function isBelow(folder: string, file: string): Promise<boolean> {
  const isOutside = (root: string, name: string) => path.relative(root, name).split(path.sep)[0] === '..';
  const [root, target] = await Promise.all([realpath(folder), realpath(file).catch(() => undefined)]);
  return !isOutside(folder, file) && (target === undefined || !isOutside(root, target));
}
