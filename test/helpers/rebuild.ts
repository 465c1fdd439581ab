import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { ServiceContext } from '../../src/config/configuration';
import { roleSettingsIn, textsIn } from '../../src/plugin/configuration';
import type { parseConfiguration } from '../../src/config/parse';
import type * as plugin from '../../src/plugin/configuration';
import type { readEnvironmentFiles } from '../../src/plugin/environment-files';
import type { prepareImages } from '../../src/image/prepare';
import type { writeImages } from '../../src/image/package-folder';
import type { Fragment } from '../../src/resources/cloudformation';
import type { buildTemplate, listResources } from '../../src/resources/template';
import { ROOT } from './framework';

/** The state file that the framework writes into a package. */
export interface State {
  service: {
    service: string;
    provider: {
      region: string;
      stage: string;
      stackName?: string;
      architecture?: string;
      vpc?: object;
      ecr?: { images?: Record<string, unknown> };
      tags?: Record<string, string>;
      iam?: { role?: unknown };
      environment?: Record<string, unknown>;
      logRetentionInDays?: number;
    };
    /** serverless.yml with its variables resolved. */
    initialServerlessConfig: { watchbot: unknown };
    resources?: { Resources?: Record<string, unknown>; Outputs?: object };
    functions?: Record<string, unknown>;
  };
}

export const readState = (folder: string): State =>
  JSON.parse(readFileSync(path.join(folder, '.serverless/serverless-state.json'), 'utf8')) as State;

export const stackNameOf = ({ service: { service, provider } }: State): string =>
  provider.stackName ?? `${service}-${provider.stage}`;

/** Requires a built file: like the tests that start the framework, this uses the built plugin. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a path that is not known to the compiler
const built = (file: string): unknown => require(path.join(ROOT, 'dist', file));

/**
 * Makes once more, from the same section, what the plugin adds to a package. It runs all of the plugin but its hooks,
 * without the second that the framework takes to start.
 * @param folder a copy of the service, to which the files of the images are written
 */
export async function rebuild(state: State, folder: string): Promise<Fragment> {
  const config = built('config/parse.js') as { parseConfiguration: typeof parseConfiguration };
  const image = built('image/prepare.js') as { prepareImages: typeof prepareImages };
  const resources = built('resources/template.js') as {
    buildTemplate: typeof buildTemplate;
    listResources: typeof listResources;
  };
  const writing = built('image/package-folder.js') as { writeImages: typeof writeImages };
  const section = state.service.initialServerlessConfig.watchbot;
  const plugin = built('plugin/environment-files.js') as {
    readEnvironmentFiles: typeof readEnvironmentFiles;
  };
  const environmentFiles = await plugin.readEnvironmentFiles(section, folder);
  const context = { ...contextOf(state), environmentFiles };
  const configuration = config.parseConfiguration(section, context, resources.listResources);
  const images = await image.prepareImages(configuration, folder);
  await writing.writeImages(images, path.join(folder, '.serverless'));
  return resources.buildTemplate(
    configuration,
    Object.fromEntries(images.map(({ worker, uri }) => [worker, uri])),
  );
}

function contextOf(state: State): Omit<ServiceContext, 'environmentFiles'> {
  const { service, provider, resources } = state.service;
  const { resourcesIn } = built('plugin/configuration.js') as Pick<typeof plugin, 'resourcesIn'>;
  return {
    service,
    stage: provider.stage,
    region: provider.region,
    stackName: stackNameOf(state),
    architecture: provider.architecture as ServiceContext['architecture'],
    providerVpc: provider.vpc,
    providerImages: provider.ecr?.images,
    resources: resourcesIn(resources?.Resources ?? {}),
    tags: provider.tags ?? {},
    roles: roleSettingsIn(provider),
    environment: textsIn(provider.environment),
    logRetention: provider.logRetentionInDays,
  };
}

/** Contents of the files of `.serverless/watchbot`, by name. */
export function packagedFiles(serviceFolder: string): Record<string, string> {
  const folder = path.join(serviceFolder, '.serverless/watchbot');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const content = entry.isSymbolicLink() ? readlinkSync(file) : readFileSync(file, 'base64');
      return [path.relative(folder, file), content] as const;
    });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
