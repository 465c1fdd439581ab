import { IMAGE_FOLDER } from '../../contract/image';
import { withoutSlash } from '../complete/task';

/** Where something may be mounted in the container. */

const SYSTEM_FOLDERS = ['/bin', '/dev', '/etc', '/lib', '/lib64', '/proc', '/sbin', '/sys', '/usr'];

const WITHOUT = '`.`, `..`, `//`, `,` or `:`';

/**
 * What a path may be, if it may not be this one. What is mounted hides what the image has there, and may be emptied, so it
 * must not hold the system or the watcher.
 */
export function whatMountMayBe(given: string): string | undefined {
  const path = withoutSlash(given);
  if (!isPlainPath(path)) return `an absolute path other than \`/\`, without ${WITHOUT}`;
  if (isWithin(IMAGE_FOLDER, path))
    return `a folder that does not hold ${IMAGE_FOLDER}, where the watcher is`;
  const system = [...SYSTEM_FOLDERS, IMAGE_FOLDER].find((folder) => isWithin(path, folder));
  return system === undefined ? undefined : `a folder outside ${system}`;
}

/** The watcher is told such paths in one text, with commas between. */
export function isPlainPath(path: string): boolean {
  return /^(\/[^/,:\0]+)+$/.test(path) && !path.split('/').some((part) => part === '.' || part === '..');
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Whether one of them is in the other. */
export const areNested = (path: string, other: string): boolean =>
  isWithin(path, other) || isWithin(other, path);
