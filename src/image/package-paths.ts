import path from 'node:path';
import { RUNTIME_FILE, WATCHER_FILE } from '../contract/image';

/** Below `.serverless`, or the folder that `--package` names. */
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

/** What a worker's Dockerfile sees. */
export const packagedContext = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'context');

/** The links of that, which the package cannot hold as links. */
export const packagedLinksFile = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'images', worker, 'links.json');

/** The bundle of a worker's handler as it runs on this machine, which is no part of the package. */
export const localHandler = (packageFolder: string, worker: string): string =>
  within(packageFolder, 'handlers', worker);

/** The list of the package's images. */
export const packagedImagesFile = (packageFolder: string): string => within(packageFolder, 'images.json');
