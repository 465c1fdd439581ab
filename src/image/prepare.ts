import path from 'node:path';
import type { Configuration, TextOrIntrinsic, Worker, WorkerImage } from '../config/configuration';
import { imageUri, repositoryName } from '../config/names';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { bundleContext } from './bundle/context';
import { compressionOf } from './compression';
import { contextFault, type ContextFile, contextFiles, contextProblems } from './context';
import { layerFiles } from './layer';
import type { ImageBase, OwnEntryPoint, PackagedImage } from './package-folder';
import { imageTag } from './tag';

/** A worker's image, ready to be built: what goes in, and what it will be called. */
export interface PreparedImage {
  worker: string;
  /** Of the build context: none if the image exists already. */
  files: readonly ContextFile[];
  uri: TextOrIntrinsic;
  packaged: PackagedImage;
  /** From bundling the handler. */
  warnings: readonly string[];
}

/**
 * Reads the build contexts, bundles handlers, and names the images. Writes nothing, and reads nothing but the service's folder
 * and the plugin.
 * @throws {UserError} `WATCHBOT_CONFIGURATION` or `WATCHBOT_BUNDLE` with each image that cannot be built
 */
export async function prepareImages(
  configuration: Configuration,
  serviceFolder: string,
  packageFolder?: string,
): Promise<PreparedImage[]> {
  const service = { configuration, serviceFolder, packageFolder };
  const contexts = await Promise.all(
    configuration.workers.map(async (worker) => ({ worker, ...(await contextOf(worker, service)) })),
  );
  refuse(contexts.flatMap(({ problems }) => problems));
  const prepared = await Promise.allSettled(
    contexts.map(({ worker, ...context }) => prepareImage(worker, context, configuration)),
  );
  refuse(
    prepared.flatMap((each, index) => {
      if (each.status === 'fulfilled') return [];
      const { name, image } = contexts[index]!.worker;
      const folder = path.resolve(serviceFolder, image.kind === 'build' ? image.path : '.');
      return [unreadable(each.reason, { worker: name, folder })];
    }),
  );
  return prepared.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** A file that was found may still be unreadable. An incomplete installation is reported as it is. */
function unreadable(error: unknown, where: { worker: string; folder: string }): Problem {
  if (error instanceof UserError) throw error;
  return contextFault(error, where);
}

interface Service {
  configuration: Configuration;
  serviceFolder: string;
  /** Where the last package may be. */
  packageFolder: string | undefined;
}

interface Context {
  files: readonly ContextFile[];
  problems: readonly Problem[];
  warnings: readonly string[];
}

const EMPTY: Context = { files: [], problems: [], warnings: [] };

/** What the image is built from. It has no files if something is wrong with it. */
async function contextOf(worker: Worker, service: Service): Promise<Context> {
  const { image, name, architecture } = worker;
  const { serviceFolder, packageFolder } = service;
  switch (image.kind) {
    case 'uri':
      return EMPTY;
    case 'bundle': {
      const { nodeImage } = service.configuration.build;
      return bundleContext({ bundle: image, worker: name, serviceFolder, nodeImage, architecture });
    }
    case 'build': {
      const problems = await contextProblems({ worker: name, serviceFolder }, image);
      if (problems.length > 0) return { ...EMPTY, problems };
      const folder = path.resolve(serviceFolder, image.path);
      try {
        return { ...EMPTY, files: await contextFiles(folder, image, packageFolder) };
      } catch (error) {
        return { ...EMPTY, problems: [contextFault(error, { worker: name, folder })] };
      }
    }
  }
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const isOfSource = problems.every(({ code }) => code === 'WATCHBOT_BUNDLE');
  throw isOfSource
    ? UserError.ofMany('WATCHBOT_BUNDLE', 'What workers handle messages with cannot be bundled:', problems)
    : UserError.ofConfiguration(problems);
}

async function prepareImage(
  worker: Worker,
  { files, warnings }: Context,
  configuration: Configuration,
): Promise<PreparedImage> {
  const { name, architecture } = worker;
  const repository = repositoryName(configuration.context, name);
  const described = {
    base: baseOf(worker.image),
    architecture,
    nodeImage: configuration.build.nodeImage,
    ...ownEntryPointOf(worker),
  };
  const tag = await imageTag({ ...described, files, layerFiles: await layerFiles(architecture) });
  const uri = imageUri(configuration, { repository, tag });
  const compression = compressionOf(worker, configuration);
  const packaged = { worker: name, repository, tag, compression, ...described };
  return { worker: name, files, uri, warnings, packaged };
}

function baseOf(image: WorkerImage): ImageBase {
  if (image.kind === 'uri') return image;
  if (image.kind === 'bundle') return { kind: 'bundle' };
  const { kind, dockerfile, buildArgs, target } = image;
  return { kind, dockerfile, buildArgs, ...(target === undefined ? {} : { target }) };
}

/** Whether warm workers are started by the image's own entry point, which only the engine knows. */
function ownEntryPointOf({ handler, image }: Worker): { ownEntryPoint?: OwnEntryPoint } {
  if (handler === undefined || handler.entryPoint !== undefined || image.kind === 'bundle') return {};
  return { ownEntryPoint: { isCommandReplaced: handler.name !== undefined } };
}
