import { IMAGE_FOLDER } from '../../contract/image';
import { describeValue, type Problem } from '../../errors/problem';
import type { WorkerRule } from './rule';

/** Folders that are emptied after each job must not hold the system, the watcher, or each other. */
export const mountsAreSafe: WorkerRule = {
  reads: ['mounts'],
  check: ({ worker, at }) =>
    worker.mounts.flatMap((mount, index): Problem[] => {
      const wrong = mountProblem(mount);
      if (wrong === undefined) return [];
      return [
        {
          code: 'WATCHBOT_MALFORMED',
          place: at('mounts', String(index)),
          given: describeValue(mount),
          allowed: wrong,
        },
      ];
    }),
};

const SYSTEM_FOLDERS = [
  '/bin',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  IMAGE_FOLDER,
];

function mountProblem(mount: string): string | undefined {
  if (!/^\/[^,:\0]+$/.test(mount) || mount.includes('/../') || mount.endsWith('/..') || /^\/+$/.test(mount)) {
    return 'an absolute path other than /, without `..`, `,` or `:`';
  }
  const path = mount.replace(/\/+$/, '');
  const system = SYSTEM_FOLDERS.find((folder) => path === folder || path.startsWith(`${folder}/`));
  return system === undefined ? undefined : `a folder outside ${system}`;
}

export const commandIsNotBlank: WorkerRule = {
  reads: ['command'],
  check: ({ worker: { command }, at }) => {
    const program = typeof command === 'string' ? command : command[0];
    if (program !== undefined && program.trim() !== '' && !program.includes('\0')) return [];
    return [
      {
        code: 'WATCHBOT_MALFORMED',
        place: at('command'),
        given: describeValue(command),
        allowed: 'a shell line, or a list whose first entry is a program',
      },
    ];
  },
};
