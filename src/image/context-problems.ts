import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageBuild } from '../config/configuration';
import type { Problem } from '../errors/problem';

/** What is wrong with a build context, before it is read. */
export async function contextProblems(
  { worker, serviceFolder }: { worker: string; serviceFolder: string },
  image: ImageBuild,
): Promise<Problem[]> {
  const place = `watchbot image of worker ${worker}`;
  const folder = path.resolve(serviceFolder, image.path);
  if (!(await isKind(folder, 'isDirectory'))) {
    return [{ code: 'WATCHBOT_IMAGE', place, given: image.path, allowed: 'a folder below the service' }];
  }
  const file = path.resolve(folder, image.dockerfile);
  if (!(await isBelow(folder, file))) {
    const advice = 'give a folder above both as `path`';
    return [
      { code: 'WATCHBOT_IMAGE', place, given: image.dockerfile, allowed: `a file in ${image.path}`, advice },
    ];
  }
  if (await isKind(file, 'isFile')) return [];
  return [
    {
      code: 'WATCHBOT_IMAGE',
      place,
      given: `${path.join(image.path, image.dockerfile)}, which is not there`,
      allowed: 'a folder with a Dockerfile',
      advice: 'write one (two lines will do: FROM and COPY), or name another folder with `image`',
    },
  ];
}

async function isKind(file: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.[kind]() ?? false;
}

/** Where it leads to, too: only what is in the build context goes into the package. */
async function isBelow(folder: string, file: string): Promise<boolean> {
  const isOutside = (root: string, name: string) => path.relative(root, name).split(path.sep)[0] === '..';
  const [root, target] = await Promise.all([realpath(folder), realpath(file).catch(() => undefined)]);
  return !isOutside(folder, file) && (target === undefined || !isOutside(root, target));
}
