import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './framework';

/** There `npm ci` removes it, and git does not see it. */
export const CACHE = path.join(ROOT, 'node_modules/.cache');

/** Makes a folder, unless it is there and was made of the same. */
export function once(folder: string, content: Buffer, make: () => string | undefined): string | undefined {
  const stamp = path.join(folder, 'stamp');
  const wanted = createHash('sha256').update(process.version).update(content).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const failure = make();
  // Last of all: what is half made has none, and is made anew.
  if (failure === undefined) writeFileSync(stamp, wanted);
  return failure;
}

/** Gives what went wrong, or undefined. */
export function run(program: string, args: string[], cwd: string): string | undefined {
  const { error, status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  if (error !== undefined) return `${program} cannot be started: ${error.message}`;
  return status === 0 ? undefined : `${program}: ${stderr.trim().split('\n').at(-1) ?? status}`;
}
