import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture } from '../config/configuration';
import {
  BUNDLES,
  LAUNCHER_FILE,
  launcherFileOf,
  MODULE_TYPE_FILE,
  PROGRESS_SCRIPT_FILE,
} from '../contract/image';
import { UserError } from '../errors/user-error';
import type { FoundFile } from './context';

/**
 * The plugin's own files that go into every image. They are made when the plugin is built, not when a
 * service is packaged: every machine that has this version of the plugin so gives an image the same tag.
 */
export const LAYER_FILES: readonly string[] = [
  ...BUNDLES.flatMap((file) => [file, `${file}.map`]),
  PROGRESS_SCRIPT_FILE,
  MODULE_TYPE_FILE,
];

/** In the installed package, beside the compiled plugin. */
const LAYER_FOLDER = path.resolve(__dirname, '..', 'layer');

/** What is built for one architecture, where a C compiler for it was there. */
const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64'];

/**
 * What goes into an image of the architecture, by its path there. Without the launcher the watcher works too.
 * @throws {UserError} `WATCHBOT_BUNDLE_MISSING` where the installation is incomplete.
 */
export async function layerFiles(architecture: Architecture, folder = LAYER_FOLDER): Promise<FoundFile[]> {
  const common = await commonFiles(folder);
  return [...common, ...(await launcherFiles(folder, { [architecture]: LAUNCHER_FILE }))];
}

/**
 * What the package has for all of its images, and for `local`, whose machine may be of another architecture than they:
 * each launcher under a name of its own.
 * @throws {UserError} as above.
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

/** Whether there is such a file. */
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
