import path from 'node:path';
import { UserError } from '../errors/user-error';
import { textOption } from '../features/command/options';
import type { HookContext, Serverless } from './framework';
import { withoutSharedBucket } from './serverless-4';

/**
 * Adds to the compiled template what the configuration asks for, and to the package what its images are built from.
 * @returns the logical ids of what was added
 */
export async function packageService(context: HookContext): Promise<string[]> {
  const { serverless, options, utils, configuration } = context;
  const [
    { prepareImages },
    { writeImages },
    { buildTemplate },
    { mergeInto },
    { requireWatchers },
    { unusedSettings },
    { packageWarnings },
  ] = await Promise.all([
    import('../image/prepare.js'),
    import('../image/package-folder.js'),
    import('../resources/template.js'),
    import('../resources/merge.js'),
    import('../resources/watcher-stays.js'),
    import('./unused-settings.js'),
    import('./package-warnings.js'),
  ]);
  packageWarnings(configuration).forEach((text) => utils.log.warning(text));
  const { service, serviceDir, configurationInput } = serverless;
  const unused = unusedSettings(service.provider, configurationInput?.watchbot);
  if (unused !== undefined) utils.log.notice(unused);
  const images = await prepareImages(configuration, serviceDir, packageFolder(serverless, options));
  const imageUris = Object.fromEntries(images.map(({ worker, uri }) => [worker, uri]));
  const fragment = buildTemplate(configuration, imageUris);
  const template = service.provider.compiledCloudFormationTemplate;
  const before = new Set(Object.keys(template.Resources));
  for (const name of mergeInto(template, fragment, service.resources)) {
    utils.log.notice(`Output ${name} is the service's own: the plugin's is left out`);
  }
  requireWatchers(template, configuration, service.resources?.extensions);
  images.flatMap(({ warnings }) => warnings).forEach((text) => utils.log.warning(text));
  // The framework copies its folder to the one that `--package` names when all is in it.
  await writeImages(images, path.join(serviceDir, FRAMEWORK_FOLDER));
  return Object.keys(template.Resources).filter((id) => !before.has(id));
}

/**
 * Compares the names in the finished template, with the resources of the service and of other plugins.
 * @param added the plugin's own logical ids
 * @throws {UserError} `WATCHBOT_NAME_TAKEN`
 */
export async function checkNames({ service }: Serverless, added: readonly string[]): Promise<void> {
  const { nameProblems } = await import('../resources/unique-names.js');
  const problems = nameProblems(service.provider.compiledCloudFormationTemplate, added);
  if (problems.length === 0) return;
  const heading = 'The template has two resources of one name, which AWS refuses:';
  throw UserError.ofMany('WATCHBOT_NAME_TAKEN', heading, problems);
}

/**
 * Lets the functions that know the address of a worker send to it, each by its role. Not before other plugins have made
 * roles of their own for functions: until then all have one role, and all would get the permission.
 */
export async function letFunctionsSend({ serverless, utils, configuration }: HookContext): Promise<void> {
  const { allowFunctionsToSend } = await import('../resources/sending.js');
  const template = serverless.service.provider.compiledCloudFormationTemplate;
  for (const { functionId, actions } of allowFunctionsToSend(template, configuration)) {
    utils.log.warning(
      `${functionId} has a role of its own, which this service does not make: allow it ${actions.join(' and ')} on the queue or topic that it is told (docs/permissions.md)`,
    );
  }
}

const PROGRESS_EVENT = 'before:package:cleanup';
const PROGRESS_OWNER = 'AwsPackage';

/**
 * Packages the service as `sls package` does, without a call of AWS. The framework's "Packaging" line is left out: it
 * is removed only when the command ends, and a command that stays up would show it all the time.
 */
export async function packageWithoutAws(serverless: Serverless): Promise<void> {
  const { pluginManager } = serverless;
  const hooks = pluginManager.hooks[PROGRESS_EVENT] ?? [];
  pluginManager.hooks[PROGRESS_EVENT] = hooks.filter(({ pluginName }) => pluginName !== PROGRESS_OWNER);
  try {
    await withoutSharedBucket(serverless, () => pluginManager.spawn('package'));
  } finally {
    pluginManager.hooks[PROGRESS_EVENT] = hooks;
  }
}

/** The folder in which the framework packages; the folder that `--package` names is a copy of it. */
const FRAMEWORK_FOLDER = '.serverless';

/** Where the framework has written the package, or where `--package` says that it is. */
export function packageFolder(serverless: Serverless, options: Readonly<Record<string, unknown>>): string {
  return path.resolve(serverless.serviceDir, wantedFolder(serverless, options) ?? FRAMEWORK_FOLDER);
}

/** Any path that ends with the name of the framework's own folder means that folder. */
function wantedFolder(
  { service }: Serverless,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const wanted = textOption(options, 'package') ?? service.package.path;
  return wanted?.endsWith(FRAMEWORK_FOLDER) === true ? undefined : wanted;
}
