import { constants } from 'node:fs';
import { copyFile, mkdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { WATCHER_FILE } from '../contract/image';
import type { ContextFile } from './context';
import { packageLayerFiles } from './layer';
import type { PreparedImage } from './prepare';

/** Below `.serverless`, or the folder that `--package` names. */
const PACKAGE_FOLDER = 'watchbot';

/** The bundled watcher in a package. */
export function packagedWatcher(packageFolder: string): string {
  return path.join(packageFolder, PACKAGE_FOLDER, 'layer', WATCHER_FILE);
}

/** Writes the plugin's layer and each worker's build context into the package, so that it is complete by itself. */
export async function writeImages(images: readonly PreparedImage[], packageFolder: string): Promise<void> {
  const folder = path.join(packageFolder, PACKAGE_FOLDER);
  if (images.length > 0) await copyFiles(await packageLayerFiles(), path.join(folder, 'layer'));
  await Promise.all(
    images.map(({ worker, files }) => copyFiles(files, path.join(folder, 'images', worker, 'context'))),
  );
}

async function copyFiles(files: readonly ContextFile[], target: string): Promise<void> {
  const folders = new Set(files.map((file) => path.dirname(path.join(target, file.path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const file of files) await copyOne(file, path.join(target, file.path));
}

async function copyOne(file: ContextFile, target: string): Promise<void> {
  if (file.isLink) await symlink(await readlink(file.absolutePath), target);
  else await copyFile(file.absolutePath, target, constants.COPYFILE_FICLONE);
}
