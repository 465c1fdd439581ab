// Times commands of the framework, each in a new process.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '..');
const PROGRAM = path.join(ROOT, 'node_modules/osls/bin/serverless.js');

/**
 * @param home home folder, where the framework keeps files between runs
 * @returns how long the command took, in milliseconds
 * @throws {Error} with the command's error output if it fails
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
