import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './framework';

/** Folder for what tests download or build. `npm ci` removes it, and git ignores it. */
export const CACHE = path.join(ROOT, 'node_modules/.cache');

/** @returns what went wrong, or undefined */
export function run(program: string, args: string[], cwd: string): string | undefined {
  const { error, status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  if (error !== undefined) return `${program} cannot be started: ${error.message}`;
  return status === 0 ? undefined : `${program}: ${stderr.trim().split('\n').at(-1) ?? status}`;
}
