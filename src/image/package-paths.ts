import path from 'node:path';
import { WATCHER_FILE } from '../contract/image';

/** Below `.serverless`, or the folder that `--package` names. */
const WATCHBOT_FOLDER = 'watchbot';

const within = (packageFolder: string, ...names: string[]) =>
  path.join(packageFolder, WATCHBOT_FOLDER, ...names);

/** The plugin's own files for all images of the package. */
export const packagedLayer = (packageFolder: string): string => within(packageFolder, 'layer');

/** The bundled watcher. */
export const packagedWatcher = (packageFolder: string): string =>
  path.join(packagedLayer(packageFolder), WATCHER_FILE);

/** What a worker's Dockerfile sees. */
export const packagedContext = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'context');

/** The links of that, which the package cannot hold as links. */
export const packagedLinksFile = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'links.json');

/** The list of the package's images. */
export const packagedImagesFile = (packageFolder: string): string => within(packageFolder, 'images.json');
