import path from 'node:path';
import type { Architecture } from '../config/configuration';
import { DEFAULT_MOUNT } from '../config/defaults';
import {
  IMAGE_PREFIX,
  nameInContainer,
  WORKER_AWS_VARIABLES,
  WORKER_ONLY_VARIABLES,
} from '../contract/environment';
import {
  COMMANDS_FOLDER,
  ENTRY_POINT,
  ENTRY_POINT_FILE,
  IMAGE_FOLDER,
  IMAGE_LIBRARIES,
  IMAGE_LOADER,
  IMAGE_NODE,
  LAUNCHER_FILE,
  PROGRESS_SCRIPT_FILE,
} from '../contract/image';
import { PROGRESS_COMMAND } from '../contract/progress';
import type { OwnEntryPoint } from './packaged-images';

/** Debian's folder of libraries, and the place of the dynamic loader, which the ABI of each architecture fixes. */
const DEBIAN = {
  x86_64: { libraries: '/usr/lib/x86_64-linux-gnu', loader: '/lib64/ld-linux-x86-64.so.2' },
  arm64: { libraries: '/usr/lib/aarch64-linux-gnu', loader: '/lib/ld-linux-aarch64.so.1' },
} as const satisfies Record<Architecture, { libraries: string; loader: string }>;

/** What Node is linked with. Names of hosts need no more: glibc has had files and DNS built in since 2.34. */
export const NODE_LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
] as const;

export interface Layer {
  /** The image that the layer is put over. */
  base: string;
  /** Whether that is the image of Node, so that it need not be there twice. */
  hasNode: boolean;
  nodeImage: string;
  architecture: Architecture;
  /** Names of the plugin's own files. */
  files: readonly string[];
}

/** Where the official image has it. */
export const NODE_PROGRAM = '/usr/local/bin/node';

/** Folder of the build context with a link to that. A link that is copied by itself would be followed. */
export const LINKS_FOLDER = 'bin';

/** What is there when a service is packaged, and what is written when its image is built. */
export function layerFileNames(names: readonly string[], ownEntryPoint: OwnEntryPoint | undefined): string[] {
  return ownEntryPoint === undefined ? [...names] : [...names, ENTRY_POINT_FILE];
}

/**
 * The plugin's layer, as the text of a Containerfile. It only copies: nothing of the base image is run, so that it may be
 * of another architecture than this machine, and have nothing in it. The user and working folder stay, and so does the
 * environment as workers see it. ECS gives a mount the owner and mode of the image's folder where that is a VOLUME; else
 * it is root's alone, and no other user could write to `/tmp`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 * A web server's image may ask ECS for another signal, which would end the watcher at once, or not at all.
 */
export function layerContainerfile({ base, hasNode, nodeImage, architecture, files }: Layer): string {
  const { libraries, loader } = DEBIAN[architecture];
  const fromNode = (sources: readonly string[], target: string) =>
    `COPY --from=watchbot-node ${[...sources, target].join(' ')}`;
  const instructions = [
    `FROM ${nodeImage} AS watchbot-node`,
    `FROM ${base}`,
    hasNode
      ? `COPY ${LINKS_FOLDER}/ ${path.posix.dirname(IMAGE_NODE)}/`
      : fromNode([NODE_PROGRAM], IMAGE_NODE),
    fromNode([loader], IMAGE_LOADER),
    fromNode(
      NODE_LIBRARIES.map((name) => `${libraries}/${name}`),
      `${IMAGE_LIBRARIES}/`,
    ),
    `COPY ${files.join(' ')} ${IMAGE_FOLDER}/`,
    // The launcher by another name: no shell is needed.
    `COPY ${files.includes(LAUNCHER_FILE) ? LAUNCHER_FILE : PROGRESS_SCRIPT_FILE} ${IMAGE_FOLDER}/${COMMANDS_FOLDER}/${PROGRESS_COMMAND}`,
    workerOnlyVariables(),
    `VOLUME ${JSON.stringify([DEFAULT_MOUNT])}`,
    'STOPSIGNAL SIGTERM',
    `ENTRYPOINT ${JSON.stringify(ENTRY_POINT)}`,
    'CMD []',
  ];
  return `${instructions.join('\n')}\n`;
}

/**
 * Takes them from the watcher, and keeps them for workers. Within one instruction all values are those before it, and what
 * is filled in is not parsed again. https://docs.docker.com/reference/dockerfile/#environment-replacement
 * Where the base has such a layer already, the values wait under the other name. Those for AWS stay as well, since tools
 * of AWS take an empty profile for one: the watcher is told which it need not heed.
 */
function workerOnlyVariables(): string {
  const settings = WORKER_ONLY_VARIABLES.flatMap((name) => {
    const kept = nameInContainer(name);
    return [`${kept}="\${${name}:-\${${kept}}}"`, `${name}=""`];
  });
  const ofImage = WORKER_AWS_VARIABLES.map((name) => `${IMAGE_PREFIX}${name}="\${${name}}"`);
  return ['ENV', ...settings, ...ofImage].join(' \\\n  ');
}
