import { IMAGE_FOLDER } from '../../contract/image';
import { describeValue, type Problem } from '../../errors/problem';
import { withoutSlash } from '../complete/task';
import { DEFAULT_MOUNT, EXEC_FOLDERS } from '../defaults';
import { RUNNABLE } from './program';
import { problemIf, type WorkerRule } from './rule';

/** A fresh container for each job cannot be shared by two jobs. */
const oneJobInAFreshContainer: WorkerRule = {
  reads: ['writableFilesystem', 'concurrency'],
  check: ({ worker: { writableFilesystem, concurrency }, at }) =>
    problemIf(writableFilesystem && concurrency > 1, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('concurrency'),
      given: `concurrency ${concurrency} with \`writableFilesystem: true\``,
      allowed: 'concurrency 1 with `writableFilesystem`: every job gets a fresh container',
      advice: 'remove one of the two; more tasks come with `scaling.max`',
    }),
};

const SYSTEM_FOLDERS = ['/bin', '/dev', '/etc', '/lib', '/lib64', '/proc', '/sbin', '/sys', '/usr'];

/** A mount is emptied after each job and hides what the image has there, so it must not hold the system or the watcher. */
const mountsAreSafe: WorkerRule = {
  reads: ['mounts.*'],
  check: ({ given, at }) =>
    (given.mounts ?? []).flatMap((mount, index): Problem[] => {
      const allowed = whatMountMayBe(mount);
      if (allowed === undefined) return [];
      const place = at('mounts', String(index));
      return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(mount), allowed }];
    }),
};

/** Undefined if it may be a mount. */
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

/** To empty the outer one of two mounts the inner one would have to be removed, which is not possible. */
const mountsAreApart: WorkerRule = {
  reads: ['mounts.*', 'exec'],
  check: ({ worker: { exec }, given: { mounts = [] }, at }) => {
    const own = mounts.filter((mount) => whatMountMayBe(mount) === undefined).map(withoutSlash);
    const all = [DEFAULT_MOUNT, ...own, ...(exec ? EXEC_FOLDERS : [])];
    return mounts.flatMap((mount, index): Problem[] => {
      if (whatMountMayBe(mount) !== undefined) return [];
      const path = withoutSlash(mount);
      const other = all.find(
        (folder) => folder !== path && (isWithin(path, folder) || isWithin(folder, path)),
      );
      // If both are the user's own, the error is about the inner one.
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

const healthCheckFits: WorkerRule = {
  reads: ['healthCheck.timeout', 'healthCheck.interval'],
  check: ({ worker: { healthCheck }, at, show }) =>
    problemIf(healthCheck !== undefined && healthCheck.timeout > healthCheck.interval, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('healthCheck', 'timeout'),
      given: `timeout ${healthCheck?.timeout} with interval ${healthCheck?.interval}`,
      allowed: `at most ${show('healthCheck.timeout', healthCheck?.interval ?? 0, 'seconds')}, the value of \`interval\`, so that one check ends before the next begins`,
    }),
};

/** ECS says by the first entry how a command is run. Here a text or a list says it. */
const ECS_FORMS = ['CMD', 'CMD-SHELL', 'NONE'];

const healthCommandRuns: WorkerRule = {
  reads: ['healthCheck.command'],
  check: ({ worker: { healthCheck }, at }) => {
    const command = healthCheck?.command;
    const program = typeof command === 'string' ? command : command?.[0];
    if (program === undefined) return [];
    const isEcsForm = typeof command !== 'string' && ECS_FORMS.includes(program);
    return problemIf(program.trim() === '' || isEcsForm, {
      code: 'WATCHBOT_MALFORMED',
      place: at('healthCheck', 'command'),
      given: describeValue(command),
      allowed: RUNNABLE,
      ...(isEcsForm ? { advice: `leave ${program} out` } : {}),
    });
  },
};

export const CONTAINER_RULES: readonly WorkerRule[] = [
  oneJobInAFreshContainer,
  mountsAreSafe,
  mountsAreApart,
  healthCheckFits,
  healthCommandRuns,
];
