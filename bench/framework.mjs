// A command of the framework in a service, as a process of its own.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '..');
const PROGRAM = path.join(ROOT, 'node_modules/osls/bin/serverless.js');

/**
 * @param home where the framework keeps notes between runs
 * @returns how long it took, in milliseconds
 * @throws {Error} with what it said, where it fails
 */
export function timeFramework(command, { cwd, home }) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, command], {
    cwd,
    env: { PATH: process.env.PATH, HOME: home, SLS_TELEMETRY_DISABLED: '1', CI: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - begin;
}
