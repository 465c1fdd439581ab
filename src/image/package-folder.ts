import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture, Compression } from '../config/configuration';
import { RUNTIME_FILE, WATCHER_FILE } from '../contract/image';
import { UserError } from '../errors/user-error';
import { type ContextFile, type FoundFile, isMade } from './context';
import { packageLayerFiles } from './layer';
import type { PreparedImage } from './prepare';

/** In `.serverless`, or in the folder that `--package` names. */
const WATCHBOT_FOLDER = 'watchbot';

const within = (packageFolder: string, ...names: string[]) =>
  path.join(packageFolder, WATCHBOT_FOLDER, ...names);

/** The plugin's own files for all images of the package. */
export const packagedLayer = (packageFolder: string): string => within(packageFolder, 'layer');

/** The bundled watcher. */
export const packagedWatcher = (packageFolder: string): string =>
  path.join(packagedLayer(packageFolder), WATCHER_FILE);

/** The client that runs a handler for Node. */
export const packagedRuntime = (packageFolder: string): string =>
  path.join(packagedLayer(packageFolder), RUNTIME_FILE);

/** The build context of a worker's image. */
export const packagedContext = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'context');

/** A list of the context's links, which the package cannot hold as links. */
const packagedLinksFile = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'links.json');

/** The bundle of a worker's handler as it runs on this machine. It is not a part of the package. */
export const localHandler = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'handlers', worker);

/** The list of the package's images. */
export const packagedImagesFile = (packageFolder: string): string => within(packageFolder, 'images.json');

/** What the plugin's layer is put over: the image of the user's Dockerfile, of a bundled handler, or an existing one. */
export type ImageBase =
  | { kind: 'bundle' }
  | {
      kind: 'build';
      /** Relative to the packaged context. */
      dockerfile: string;
      buildArgs: Readonly<Record<string, string>>;
      target?: string;
    }
  | { kind: 'uri'; uri: string };

/** All that `sls deploy` needs to know about a worker's image, without the source. */
export interface PackagedImage {
  worker: string;
  architecture: Architecture;
  /** An ECR repository's name, or `registry/name`. */
  repository: string;
  tag: string;
  base: ImageBase;
  /** Where the Node runtime of the plugin's layer is taken from. */
  nodeImage: string;
  /** By what layers are compressed if the engine can; otherwise by gzip. */
  compression: Compression;
  /** If warm workers are started by the image's own entry point. */
  ownEntryPoint?: OwnEntryPoint;
}

export interface OwnEntryPoint {
  /** Whether the handler's name replaces the image's CMD. */
  isCommandReplaced: boolean;
}

/** The version of the list's format. If it differs, another version of the plugin made the package. */
const VERSION = 1;

/** Writes the list of images into the package, beside their contexts. */
export async function writePackagedImages(
  images: readonly PackagedImage[],
  packageFolder: string,
): Promise<void> {
  const file = packagedImagesFile(packageFolder);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ version: VERSION, images }, undefined, 2)}\n`);
}

/**
 * The images of a package, as `sls package` has left it.
 * @throws {UserError} `WATCHBOT_PACKAGE` if the list is missing, or another version of the plugin wrote it
 */
export async function readPackagedImages(packageFolder: string): Promise<PackagedImage[]> {
  const file = packagedImagesFile(packageFolder);
  const list = parse(await readFile(file, 'utf8').catch((cause: unknown) => unreadable(file, cause)));
  if (list?.version === VERSION && Array.isArray(list.images)) return list.images as PackagedImage[];
  return refuse(file, `a list of version ${String(list?.version)}`);
}

function parse(text: string): { version?: unknown; images?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(file: string, cause: unknown): never {
  return refuse(file, cause instanceof Error ? cause.message : String(cause), cause);
}

function refuse(place: string, given: string, cause?: unknown): never {
  throw UserError.of(
    {
      code: 'WATCHBOT_PACKAGE',
      place,
      given,
      allowed: `the list of images (version ${VERSION}) that \`sls package\` writes`,
      advice: 'package the service again with this version of the plugin',
    },
    cause,
  );
}

/** Writes the plugin's layer and each worker's build context into the package, so that it is complete by itself. */
export async function writeImages(images: readonly PreparedImage[], packageFolder: string): Promise<void> {
  if (images.length === 0) return;
  await writeFiles(await packageLayerFiles(), packagedLayer(packageFolder));
  await Promise.all(
    images.map(async ({ files, worker }) => {
      await writeFiles(files, packagedContext(packageFolder, worker));
      await writeLinks(files, { packageFolder, worker });
    }),
  );
  await writePackagedImages(
    images.map(({ packaged }) => packaged),
    packageFolder,
  );
}

async function writeFiles(files: readonly ContextFile[], target: string): Promise<void> {
  const folders = new Set(files.map((file) => path.dirname(path.join(target, file.path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const file of files) {
    const place = path.join(target, file.path);
    if (isMade(file)) await writeFile(place, file.content);
    else if (!file.isLink) await copyFile(file.absolutePath, place, constants.COPYFILE_FICLONE);
  }
}

/** The path of a link in the context, and its target. */
type Link = readonly [name: string, target: string];

/**
 * Writes a list of the links of a build context. Links themselves would not survive in the package: when the framework moves
 * it, it copies their targets, wherever these are, and fails if one is missing.
 */
async function writeLinks(
  files: readonly ContextFile[],
  { packageFolder, worker }: { packageFolder: string; worker: string },
): Promise<void> {
  const links = await Promise.all(
    files.flatMap((file) => (isMade(file) || !file.isLink ? [] : [linkOf(file)])),
  );
  if (links.length === 0) return;
  const file = packagedLinksFile(packageFolder, worker);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(links));
}

async function linkOf({ path: name, absolutePath }: FoundFile): Promise<Link> {
  return [name, await readlink(absolutePath)];
}

/** Runs something with the links in their places, and removes them afterwards. */
export async function withLinks<T>(packageFolder: string, worker: string, run: () => Promise<T>): Promise<T> {
  const context = packagedContext(packageFolder, worker);
  const links = await readLinks(packagedLinksFile(packageFolder, worker));
  const placed = links.map(([name, target]) => ({ file: path.join(context, name), target }));
  try {
    for (const { file, target } of placed) {
      await mkdir(path.dirname(file), { recursive: true });
      // A build that was killed may have left one.
      await rm(file, { force: true });
      await symlink(target, file);
    }
    return await run();
  } finally {
    for (const { file } of placed) await rm(file, { force: true });
  }
}

async function readLinks(file: string): Promise<readonly Link[]> {
  return JSON.parse(await readFile(file, 'utf8').catch(none)) as Link[];
}

function none(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '[]';
  throw error;
}
