import { constants } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMade, type ContextFile } from './context';
import { packageLayerFiles } from './layer';
import { writeLinks } from './links';
import { packagedContext, packagedLayer } from './package-paths';
import { writePackagedImages } from './packaged-images';
import type { PreparedImage } from './prepare';

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
