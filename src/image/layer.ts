import { access } from 'node:fs/promises';
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
  BUNDLES,
  ENTRY_POINT,
  IMAGE_LIBRARIES,
  IMAGE_LOADER,
  IMAGE_NODE,
  LAUNCHER_FILE,
  launcherFileOf,
  MODULE_TYPE_FILE,
  PROGRESS_SCRIPT_FILE,
} from '../contract/image';
import { UserError } from '../errors/user-error';
import type { FoundFile } from './context';
import type { OwnEntryPoint } from './package-folder';

/**
 * The plugin's own files that go into every image. They are made when the plugin is built, not when a service is packaged:
 * so every machine with the same version of the plugin gives an image the same tag.
 */
export const LAYER_FILES: readonly string[] = [
  ...BUNDLES.flatMap((file) => [file, `${file}.map`]),
  PROGRESS_SCRIPT_FILE,
  MODULE_TYPE_FILE,
];

/** In the installed package, beside the compiled plugin. */
const LAYER_FOLDER = path.resolve(__dirname, '..', 'layer');

/** A launcher is built for each of them, if there is a C compiler for it. */
const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64'];

/**
 * The files that go into an image of the architecture, by their paths there. The watcher works without the launcher, too.
 * @throws {UserError} `WATCHBOT_BUNDLE_MISSING` if the installation is incomplete
 */
export async function layerFiles(architecture: Architecture, folder = LAYER_FOLDER): Promise<FoundFile[]> {
  const common = await commonFiles(folder);
  return [...common, ...(await launcherFiles(folder, { [architecture]: LAUNCHER_FILE }))];
}

/**
 * The files that the package has for all of its images, and for `local`, which may run on another architecture: so each
 * launcher has a name of its own.
 * @throws {UserError} like `layerFiles`
 */
export async function packageLayerFiles(folder = LAYER_FOLDER): Promise<FoundFile[]> {
  const names = Object.fromEntries(ARCHITECTURES.map((each) => [each, launcherFileOf(each)]));
  return [...(await commonFiles(folder)), ...(await launcherFiles(folder, names))];
}

async function launcherFiles(
  folder: string,
  names: Partial<Record<Architecture, string>>,
): Promise<FoundFile[]> {
  const files = Object.entries(names).map(([architecture, name]) => ({
    path: name,
    absolutePath: path.join(folder, launcherFileOf(architecture)),
    isLink: false,
  }));
  const areThere = await Promise.all(files.map(({ absolutePath }) => isThere(absolutePath)));
  return files.filter((_file, index) => areThere[index]);
}

export const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function commonFiles(folder: string): Promise<FoundFile[]> {
  return Promise.all(
    LAYER_FILES.map(async (file) => {
      const absolutePath = path.join(folder, file);
      await access(absolutePath).catch((cause: unknown) => {
        throw UserError.of(
          {
            code: 'WATCHBOT_BUNDLE_MISSING',
            place: absolutePath,
            allowed: 'the watcher, which comes with the plugin',
            advice: 'install serverless-watchbot again; in a checkout of the plugin, run `npm run build`',
          },
          cause,
        );
      });
      return { path: file, absolutePath, isLink: false };
    }),
  );
}

/** Debian's folder of libraries, and the path of the dynamic loader, which the ABI of each architecture fixes. */
const DEBIAN = {
  x86_64: { libraries: '/usr/lib/x86_64-linux-gnu', loader: '/lib64/ld-linux-x86-64.so.2' },
  arm64: { libraries: '/usr/lib/aarch64-linux-gnu', loader: '/lib/ld-linux-aarch64.so.1' },
} as const satisfies Record<Architecture, { libraries: string; loader: string }>;

/** Libraries that Node is linked with. Resolving host names needs no others: since 2.34 glibc has files and DNS built in. */
export const NODE_LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
] as const;

/** Where the official image has Node. */
export const NODE_PROGRAM = '/usr/local/bin/node';

/**
 * Folders of the build context, each a tree from the root of the image and a layer of its own. What changes least is first,
 * so that it is the same layer in the images of all workers and services.
 */
export const LayerTree = { node: 'node', watcher: 'watcher', entryPoint: 'entry-point' } as const;

export function layerTrees(ownEntryPoint: OwnEntryPoint | undefined): string[] {
  const { node, watcher, entryPoint } = LayerTree;
  return ownEntryPoint === undefined ? [node, watcher] : [node, watcher, entryPoint];
}

/** What the layer has of the image of Node. */
export interface NodeParts {
  nodeImage: string;
  architecture: Architecture;
  /** Whether the base is that image, so that Node is not copied again. */
  hasNode: boolean;
}

/**
 * Copies those parts, and nothing else, as the text of a Containerfile. Nothing is run: the image may be of another
 * architecture than this machine.
 */
export function nodeContainerfile(parts: NodeParts): string {
  return textOf([`FROM ${parts.nodeImage} AS watchbot-node`, 'FROM scratch', ...copyParts(parts)]);
}

function copyParts({ architecture, hasNode }: NodeParts): string[] {
  const { libraries, loader } = DEBIAN[architecture];
  const copy = (sources: readonly string[], target: string) =>
    ['COPY --from=watchbot-node', ...sources, target].join(' ');
  return [
    ...(hasNode ? [] : [copy([NODE_PROGRAM], IMAGE_NODE)]),
    copy([loader], IMAGE_LOADER),
    copy(
      NODE_LIBRARIES.map((name) => `${libraries}/${name}`),
      `${IMAGE_LIBRARIES}/`,
    ),
  ];
}

export interface Layer {
  /** The image that the layer is put over. */
  base: string;
  /** The trees of the build context, in their order. */
  trees: readonly string[];
  /** What the build itself takes from the image of Node, if that is in no tree. */
  fromNode?: NodeParts | undefined;
}

/**
 * The plugin's layer, as the text of a Containerfile. It only copies and runs nothing of the base image, which may be of
 * another architecture than this machine, and may have no program at all. The user and the working folder stay, and so does
 * the environment as workers see it. If a folder of the image is a VOLUME, ECS gives its mount the folder's owner and mode;
 * otherwise the mount would belong to root, and no other user could write to `/tmp`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 * The image of a web server may ask ECS for another stop signal, which would end the watcher at once, or not at all.
 */
export function layerContainerfile({ base, trees, fromNode }: Layer): string {
  return textOf([
    ...(fromNode === undefined ? [] : [`FROM ${fromNode.nodeImage} AS watchbot-node`]),
    `FROM ${base}`,
    ...(fromNode === undefined ? [] : copyParts(fromNode)),
    ...trees.map((tree) => `COPY ${tree}/ /`),
    workerOnlyVariables(),
    `VOLUME ${JSON.stringify([DEFAULT_MOUNT])}`,
    'STOPSIGNAL SIGTERM',
    `ENTRYPOINT ${JSON.stringify(ENTRY_POINT)}`,
    'CMD []',
  ]);
}

const textOf = (instructions: readonly string[]) => `${instructions.join('\n')}\n`;

/**
 * Hides variables from the watcher, and keeps them for workers under other names. Within one instruction all values are those
 * before it, and a value that is filled in is not parsed again.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 * If the base has such a layer already, the values are under the other names. Variables for AWS also keep their own names,
 * since AWS's tools take an empty profile for one: the watcher is told which of them come from the image.
 */
function workerOnlyVariables(): string {
  const settings = WORKER_ONLY_VARIABLES.flatMap((name) => {
    const kept = nameInContainer(name);
    return [`${kept}="\${${name}:-\${${kept}}}"`, `${name}=""`];
  });
  const ofImage = WORKER_AWS_VARIABLES.map((name) => `${IMAGE_PREFIX}${name}="\${${name}}"`);
  return ['ENV', ...settings, ...ofImage].join(' \\\n  ');
}
