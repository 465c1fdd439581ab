import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Configuration, TextOrIntrinsic, Worker } from '../config/configuration';
import { repositoryName } from '../config/names';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { contextFiles, type ContextFile } from './context';
import { layerFiles } from './layer';
import { imageTag } from './tag';

/** A worker's image, ready to be built: what goes in, and what it will be called. */
export interface PreparedImage {
  worker: string;
  files: readonly ContextFile[];
  layerFiles: readonly ContextFile[];
  tag: string;
  uri: TextOrIntrinsic;
}

/**
 * Reads the build contexts and names the images. Nothing is written, and nothing outside the service's folder and the
 * plugin is asked.
 * @throws {UserError} `WATCHBOT_CONFIGURATION` with each image that cannot be built.
 */
export async function prepareImages(
  configuration: Configuration,
  serviceFolder: string,
): Promise<PreparedImage[]> {
  const checks = await Promise.all(
    configuration.workers.map((worker) => imageProblems(worker, serviceFolder)),
  );
  const problems = checks.flat();
  if (problems.length > 0) throw UserError.ofConfiguration(problems);
  return Promise.all(
    configuration.workers.map((worker) => prepareImage(worker, { configuration, serviceFolder })),
  );
}

async function prepareImage(
  worker: Worker,
  from: { configuration: Configuration; serviceFolder: string },
): Promise<PreparedImage> {
  const { image: build, architecture } = worker;
  const files = await contextFiles(contextFolder(worker, from.serviceFolder), build);
  const layer = await layerFiles(architecture);
  const tag = await imageTag({ files, build, architecture, layerFiles: layer });
  const repository = repositoryName(from.configuration.context, worker.name);
  const uri = {
    'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/${repository}:${tag}`,
  };
  return { worker: worker.name, files, layerFiles: layer, tag, uri };
}

export function contextFolder({ image }: Worker, serviceFolder: string): string {
  return path.resolve(serviceFolder, image.path);
}

async function imageProblems(worker: Worker, serviceFolder: string): Promise<Problem[]> {
  const place = `watchbot image of worker ${worker.name}`;
  const folder = contextFolder(worker, serviceFolder);
  if (!(await isKind(folder, 'isDirectory'))) {
    return [
      { code: 'WATCHBOT_IMAGE', place, given: worker.image.path, allowed: 'a folder below the service' },
    ];
  }
  const dockerfile = path.join(folder, worker.image.dockerfile);
  if (await isKind(dockerfile, 'isFile')) return [];
  return [
    {
      code: 'WATCHBOT_IMAGE',
      place,
      given: `${path.join(worker.image.path, worker.image.dockerfile)}, which is not there`,
      allowed: 'a folder with a Dockerfile',
      advice: 'write one (two lines will do: FROM and COPY), or name another folder with `image`',
    },
  ];
}

async function isKind(file: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.[kind]() ?? false;
}
