import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import { RuntimeVariable } from '../../contract/environment';
import { TASK_ROOT } from '../../contract/image';
import type { Problem } from '../../errors/problem';
import type { ContextFile, MadeFile } from '../context';
import { CPUS } from '../externals/closure';
import { type Installation, installationOf } from '../externals/installation';
import type { Fault } from '../externals/lock-file';
import { type Bundled, bundleHandler, type HandlerSource, nodeMajorOf } from './bundle';

interface BundleContext extends Omit<Bundled, 'files'> {
  files: readonly ContextFile[];
}

type BundleSource = Omit<HandlerSource, 'nodeMajor'> & { nodeImage: string; architecture: Architecture };

/** The build context of a bundled handler's image: the bundle, and a Containerfile that the plugin makes. */
export async function bundleContext(source: BundleSource): Promise<BundleContext> {
  const { nodeImage, architecture, worker } = source;
  const [bundled, { externals, problems: ofExternals }] = await Promise.all([
    bundleHandler({ ...source, nodeMajor: nodeMajorOf(nodeImage) }),
    externalsOf(source),
  ]);
  const problems = [...ofExternals, ...bundled.problems];
  if (problems.length > 0) return { ...bundled, files: [], problems };
  return {
    ...bundled,
    warnings: [...bundled.warnings, ...(externals?.warnings ?? []).map((each) => `${worker}: ${each}`)],
    files: [
      made(CONTAINERFILE, bundleContainerfile({ nodeImage, architecture, externals })),
      ...(externals?.files ?? []).map((file) => ({ ...file, path: inExternal(file.path) })),
      ...bundled.files.map((file) => ({ ...file, path: inTask(file.path) })),
    ],
  };
}

async function externalsOf({
  bundle,
  worker,
  serviceFolder,
  architecture,
}: BundleSource): Promise<{ externals?: Installation; problems: readonly Problem[] }> {
  if (bundle.external.length === 0) return { problems: [] };
  const found = await installationOf(bundle, { serviceFolder, architecture });
  if ('files' in found) return { externals: found, problems: [] };
  const code = 'WATCHBOT_BUNDLE';
  const problems = Object.entries(found).flatMap(([key, faults]) =>
    (faults as readonly Fault[]).map(
      (fault) => ({ code, place: `watchbot bundle.${key} of worker ${worker}`, ...fault }) as const,
    ),
  );
  return { problems };
}

const made = (path: string, text: string): MadeFile => ({ path, content: Buffer.from(text) });

/** The file name of each Containerfile that the plugin makes. */
export const CONTAINERFILE = 'Containerfile';

/** Folders of the build context. */
const TASK_FOLDER = 'task';
const EXTERNAL_FOLDER = 'external';

/** The name of the build secret with npm's settings of registries. */
export const NPM_SECRET = 'watchbot-npmrc';

/** The user `node` of the official image, by number: a derived image may not name its users. */
const USER = '1000:1000';

/**
 * The image of a bundled handler, as the text of a Containerfile: like Lambda's own images, with the handler in the same
 * folder. The files belong to the image's user: COPY keeps modes, and on the machine that packages only their owner may be
 * allowed to read them.
 */
function bundleContainerfile({
  nodeImage,
  architecture,
  externals,
}: {
  nodeImage: string;
  architecture: Architecture;
  /** Packages that are installed; undefined if there are none. */
  externals: { withScripts: readonly string[] } | undefined;
}): string {
  const hasExternals = externals !== undefined;
  const instructions = [
    ...(hasExternals ? externalStage({ nodeImage, architecture, ...externals }) : []),
    `FROM ${nodeImage}`,
    `WORKDIR ${TASK_ROOT}`,
    `ENV ${RuntimeVariable.taskRoot}=${TASK_ROOT}`,
    ...(hasExternals
      ? [`COPY --from=watchbot-external --chown=${USER} /watchbot/node_modules/ ${TASK_ROOT}/node_modules/`]
      : []),
    `COPY --chown=${USER} ${TASK_FOLDER}/ ${TASK_ROOT}/`,
    `USER ${USER}`,
  ];
  return `${instructions.join('\n')}\n`;
}

/**
 * Installs on the machine that builds for the architecture that runs, so that nothing has to be emulated. What npm needs to
 * log in to registries is a secret, which no layer contains and no script sees.
 */
function externalStage({
  nodeImage,
  architecture,
  withScripts,
}: {
  nodeImage: string;
  architecture: Architecture;
  withScripts: readonly string[];
}): string[] {
  const install = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  return [
    `FROM --platform=$BUILDPLATFORM ${nodeImage} AS watchbot-external`,
    'WORKDIR /watchbot',
    // If there is no secret, there is no such file, and npm works without it.
    `ENV npm_config_userconfig=/run/secrets/${NPM_SECRET}`,
    `COPY ${EXTERNAL_FOLDER}/ /watchbot/`,
    `RUN --mount=type=secret,id=${NPM_SECRET} ${JSON.stringify(install)}`,
    ...(withScripts.length > 0 ? scripts(architecture, withScripts) : []),
  ];
}

/** The variables are for packages that download their native part themselves. https://github.com/prebuild/prebuild-install#readme */
function scripts(architecture: Architecture, packages: readonly string[]): string[] {
  const cpu = CPUS[architecture];
  const rebuild = ['npm', 'rebuild', '--ignore-scripts=false', '--foreground-scripts', ...packages];
  return [
    `ENV npm_config_platform=linux npm_config_arch=${cpu} npm_config_target_arch=${cpu}`,
    `RUN ${JSON.stringify(rebuild)}`,
  ];
}

/** Paths in the context. */
const inTask = (file: string): string => path.posix.join(TASK_FOLDER, file);
export const inExternal = (file: string): string => path.posix.join(EXTERNAL_FOLDER, file);
