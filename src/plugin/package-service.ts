import path from 'node:path';
import { FRAMEWORK_FOLDER, packageFolder } from './package-folder';
import type { CommandParts } from './command-parts';

/** Adds to the compiled template what the configuration asks for, and to the package what its images are built from. */
export async function packageService(parts: CommandParts): Promise<void> {
  const { serverless, options, utils, configuration } = parts;
  const [{ prepareImages }, { writeImages }, { buildTemplate }, { mergeInto }, { allowFunctionsToSend }] =
    await Promise.all([
      import('../image/prepare.js'),
      import('../image/write.js'),
      import('../resources/template.js'),
      import('../resources/merge.js'),
      import('../resources/function-permissions.js'),
    ]);
  const { service, serviceDir } = serverless;
  const images = await prepareImages(configuration, serviceDir, packageFolder(serverless, options));
  const imageUris = Object.fromEntries(images.map(({ worker, uri }) => [worker, uri]));
  const fragment = buildTemplate(configuration, imageUris);
  const template = service.provider.compiledCloudFormationTemplate;
  mergeInto(template, fragment, service.resources);
  for (const functionId of allowFunctionsToSend(template, configuration)) {
    utils.log.warning(
      `${functionId} has a role of its own: let it send to the queue or topic that it is told`,
    );
  }
  images.flatMap(({ warnings }) => warnings).forEach((text) => utils.log.warning(text));
  // The framework copies its folder to where `--package` says, once all is in it.
  await writeImages(images, path.join(serviceDir, FRAMEWORK_FOLDER));
}
