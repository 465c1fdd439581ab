import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import { RuntimeVariable } from '../../contract/environment';
import { TASK_ROOT } from '../../contract/image';
import { CPUS } from '../externals/closure';

/** File name of what the plugin builds an image by. */
export const CONTAINERFILE = 'Containerfile';

/** Folders of the build context. */
const TASK_FOLDER = 'task';
const EXTERNAL_FOLDER = 'external';

/** How a build calls npm's settings of registries. */
export const NPM_SECRET = 'watchbot-npmrc';

/** The user `node` of the official image, by number: a copy of it need not name its users. */
const USER = '1000:1000';

/**
 * The image of a bundled handler, as the text of a Containerfile: what Lambda's own has, at the same place. The files
 * are the user's, since a copy keeps their modes, and whoever packaged may have kept them to themselves.
 */
export function bundleContainerfile(parts: {
  nodeImage: string;
  architecture: Architecture;
  /** Packages that are installed; undefined: none. */
  externals: { withScripts: readonly string[] } | undefined;
}): string {
  const { nodeImage, architecture, externals } = parts;
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
 * Installs on the machine that builds, for the one that runs: nothing of another architecture has to be emulated. What
 * npm needs to be let into registries is a secret, of which no layer has anything, and which no script gets to see.
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
    // If there is no secret, there is no such file, and npm goes without.
    `ENV npm_config_userconfig=/run/secrets/${NPM_SECRET}`,
    `COPY ${EXTERNAL_FOLDER}/ /watchbot/`,
    `RUN --mount=type=secret,id=${NPM_SECRET} ${JSON.stringify(install)}`,
    ...(withScripts.length > 0 ? scripts(architecture, withScripts) : []),
  ];
}

/** The variables are for packages that fetch their native part by themselves. https://github.com/prebuild/prebuild-install#readme */
function scripts(architecture: Architecture, packages: readonly string[]): string[] {
  const cpu = CPUS[architecture];
  const rebuild = ['npm', 'rebuild', '--ignore-scripts=false', '--foreground-scripts', ...packages];
  return [
    `ENV npm_config_platform=linux npm_config_arch=${cpu} npm_config_target_arch=${cpu}`,
    `RUN ${JSON.stringify(rebuild)}`,
  ];
}

/** Paths within the context. */
export const inTask = (file: string): string => path.posix.join(TASK_FOLDER, file);
export const inExternal = (file: string): string => path.posix.join(EXTERNAL_FOLDER, file);
