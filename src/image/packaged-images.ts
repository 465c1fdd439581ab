import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture } from '../config/configuration';
import { UserError } from '../errors/user-error';
import { packagedImagesFile } from './package-paths';

/** What the plugin's layer is put over: a Dockerfile of the user's, a bundled handler, or an image that is there already. */
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

/** All that `sls deploy` needs to know of a worker's image, without the source. */
export interface PackagedImage {
  worker: string;
  architecture: Architecture;
  /** An ECR repository's name, or `registry/name`. */
  repository: string;
  tag: string;
  base: ImageBase;
  /** Where the Node runtime of the plugin's layer is taken from. */
  nodeImage: string;
  /** Where warm workers are started by what the image itself would have started. */
  ownEntryPoint?: OwnEntryPoint;
}

export interface OwnEntryPoint {
  /** The handler's name takes the place of the image's CMD. */
  isCommandReplaced: boolean;
}

/** Of the list's form. A package of another one was made by another version of the plugin. */
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
 * @throws {UserError} `WATCHBOT_PACKAGE` where the list is missing, or another version of the plugin wrote it.
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
