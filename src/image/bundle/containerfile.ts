import path from 'node:path';
import type { Architecture } from '../../config/configuration';
import { RuntimeVariable } from '../../contract/environment';
import { TASK_ROOT } from '../../contract/image';

/** File name of what the plugin builds an image by. */
export const CONTAINERFILE = 'Containerfile';

/** Folders of the build context. */
const TASK_FOLDER = 'task';
const EXTERNAL_FOLDER = 'external';

/** The user `node` of the official image, by number: a copy of it need not name its users. */
const USER = '1000:1000';

/** As Node and npm call them. */
const CPUS = { x86_64: 'x64', arm64: 'arm64' } as const satisfies Record<Architecture, string>;

/**
 * The image of a bundled handler, as the text of a Containerfile: what Lambda's own has, at the same place. The files
 * are the user's, since a copy keeps their modes, and whoever packaged may have kept them to themselves.
 */
export function bundleContainerfile(parts: {
  nodeImage: string;
  architecture: Architecture;
  hasExternals: boolean;
}): string {
  const { nodeImage, hasExternals } = parts;
  const instructions = [
    ...(hasExternals ? externalStage(parts) : []),
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
 * Installs on the machine that builds, for the one that runs: nothing of another architecture has to be emulated. The
 * variables are for packages that fetch their native part by themselves. https://github.com/prebuild/prebuild-install#readme
 */
function externalStage({
  nodeImage,
  architecture,
}: {
  nodeImage: string;
  architecture: Architecture;
}): string[] {
  const cpu = CPUS[architecture];
  const install = ['npm', 'install', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'];
  const target = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  return [
    `FROM --platform=$BUILDPLATFORM ${nodeImage} AS watchbot-external`,
    'WORKDIR /watchbot',
    `ENV npm_config_platform=linux npm_config_arch=${cpu} npm_config_target_arch=${cpu}`,
    `COPY ${EXTERNAL_FOLDER}/ /watchbot/`,
    `RUN ${JSON.stringify([...install, ...target])}`,
  ];
}

/** Paths within the context. */
export const inTask = (file: string): string => path.posix.join(TASK_FOLDER, file);
export const EXTERNAL_PACKAGE = path.posix.join(EXTERNAL_FOLDER, 'package.json');
