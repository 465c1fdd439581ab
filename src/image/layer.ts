import { access } from 'node:fs/promises';
import path from 'node:path';
import { HEALTH_FILE, WATCHER_FILE } from '../contract/image';
import { UserError } from '../errors/user-error';
import type { ContextFile } from './context';

/**
 * The plugin's own files that go into every image. They are bundled by esbuild when the plugin is built, not when a
 * service is packaged: every machine that has this version of the plugin so gives an image the same tag.
 */
const LAYER_FILES = [WATCHER_FILE, HEALTH_FILE].flatMap((file) => [file, `${file}.map`]);

/** In the installed package, beside the compiled plugin. */
const LAYER_FOLDER = path.resolve(__dirname, '..', 'layer');

/** @throws {UserError} `WATCHBOT_BUNDLE_MISSING` where the installation is incomplete. */
export async function layerFiles(folder = LAYER_FOLDER): Promise<ContextFile[]> {
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
