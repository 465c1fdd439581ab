import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ContextFile } from './context';
import { packageLayerFiles } from './layer';
import { writeLinks } from './links';
import { packagedContext, packagedLayer } from './package-paths';
import { writePackagedImages } from './packaged-images';
import type { PreparedImage } from './prepare';

/** Writes the plugin's layer and each worker's build context into the package, so that it is complete by itself. */
export async function writeImages(images: readonly PreparedImage[], packageFolder: string): Promise<void> {
  if (images.length === 0) return;
  await copyFiles(await packageLayerFiles(), packagedLayer(packageFolder));
  await Promise.all(
    images.map(async ({ files, worker }) => {
      await copyFiles(files, packagedContext(packageFolder, worker));
      await writeLinks(files, { packageFolder, worker });
    }),
  );
  await writePackagedImages(
    images.map(({ packaged }) => packaged),
    packageFolder,
  );
}

async function copyFiles(files: readonly ContextFile[], target: string): Promise<void> {
  const folders = new Set(files.map((file) => path.dirname(path.join(target, file.path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const file of files.filter(({ isLink }) => !isLink)) {
    await copyFile(file.absolutePath, path.join(target, file.path), constants.COPYFILE_FICLONE);
  }
}
