import { IMAGE_FOLDER } from '../../contract/image';
import { describeValue, type Problem } from '../../errors/problem';
import { DEFAULT_MOUNT, EXEC_FOLDERS, withoutSlash } from '../mounts';
import type { WorkerRule } from './rule';

const SYSTEM_FOLDERS = ['/bin', '/dev', '/etc', '/lib', '/lib64', '/proc', '/sbin', '/sys', '/usr'];

/** A folder that is emptied after each job, and hides what the image has there, must not hold the system or the watcher. */
export const mountsAreSafe: WorkerRule = {
  reads: ['mounts'],
  check: ({ worker, at }) =>
    worker.mounts.flatMap((mount, index): Problem[] => {
      const allowed = whatMountMayBe(mount);
      if (allowed === undefined) return [];
      const place = at('mounts', String(index));
      return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(mount), allowed }];
    }),
};

/** Undefined where the mount is one. */
function whatMountMayBe(mount: string): string | undefined {
  const path = withoutSlash(mount);
  if (!/^(\/[^/,:\0]+)+$/.test(path) || path.split('/').some((part) => part === '.' || part === '..')) {
    return 'an absolute path other than `/`, without `.`, `..`, `//`, `,` or `:`';
  }
  if (isWithin(IMAGE_FOLDER, path))
    return `a folder that does not hold ${IMAGE_FOLDER}, where the watcher is`;
  const system = [...SYSTEM_FOLDERS, IMAGE_FOLDER].find((folder) => isWithin(path, folder));
  return system === undefined ? undefined : `a folder outside ${system}`;
}

/** Emptying the outer one of two mounts would mean removing the inner one, which cannot be. */
export const mountsAreApart: WorkerRule = {
  reads: ['mounts', 'exec'],
  check: ({ worker: { mounts, exec }, at }) => {
    const own = mounts.filter((mount) => whatMountMayBe(mount) === undefined).map(withoutSlash);
    const all = [DEFAULT_MOUNT, ...own, ...(exec ? EXEC_FOLDERS : [])];
    return mounts.flatMap((mount, index): Problem[] => {
      if (whatMountMayBe(mount) !== undefined) return [];
      const path = withoutSlash(mount);
      const other = all.find(
        (folder) => folder !== path && (isWithin(path, folder) || isWithin(folder, path)),
      );
      // Of two of the user's own, the inner one is told.
      if (other === undefined || (own.includes(other) && !isWithin(path, other))) return [];
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('mounts', String(index)),
          given: `${describeValue(mount)} beside ${other}`,
          allowed: 'folders that are not in one another',
          advice: isWithin(path, other)
            ? `remove it: ${other} can be written to as a whole`
            : 'choose another folder',
        },
      ];
    });
  },
};

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
