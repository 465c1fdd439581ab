import { describe, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from './framework';

const SCRIPTS = path.join(ROOT, 'test/python');
/** Folder of the environment. `npm ci` removes it, and git ignores it. */
const ENVIRONMENT = path.join(ROOT, 'node_modules/.cache/watchbot-python');

/** The interpreter with the packages of `test/python/requirements.txt`. */
export const PYTHON = path.join(ENVIRONMENT, 'bin/python');

export const pythonScript = (name: string): string => path.join(SCRIPTS, name);

/** Makes the environment unless it exists. @returns why it cannot, or undefined */
export function preparePython(): string | undefined {
  const args = [pythonScript('environment.py'), ENVIRONMENT, pythonScript('requirements.txt')];
  const { error, status, stderr } = spawnSync('python3', args, {
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (error !== undefined) return `python3 cannot be started: ${error.message}`;
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1);
}

/**
 * Like `describe`, for tests that need Python packages. If those cannot be installed, the tests are skipped, and their
 * name says why. Packages are installed here and not before each run, so that other tests do not wait for them.
 */
export function describeWithPython(name: string, define: () => void): void {
  const reason = preparePython();
  if (reason === undefined) describe(name, define);
  else describe.skip(`${name} (skipped: ${reason})`, define);
}

let isPython3Installed: boolean | undefined;
const hasPython3 = () => (isPython3Installed ??= spawnSync('python3', ['--version']).status === 0);
const skipReason = () => (hasPython3() ? '' : ' (skipped: there is no python3)');

/** Like `it`, for tests that need only Python itself, such as those in a terminal. */
export function itWithPython3(name: string, test: () => Promise<void> | void, timeoutMs?: number): void {
  (hasPython3() ? it : it.skip)(`${name}${skipReason()}`, test, timeoutMs);
}

/** Like `describe`, for tests that need only Python itself. */
export function describeWithPython3(name: string, define: () => void): void {
  (hasPython3() ? describe : describe.skip)(`${name}${skipReason()}`, define);
}

/** Runs a script of `test/python`, which reads and writes JSON. */
export async function runPython<T>(script: string, input: unknown, args: string[] = []): Promise<T> {
  const child = spawn(PYTHON, [pythonScript(script), ...args], { stdio: 'pipe' });
  child.stdin.on('error', () => {
    // The script ended before it had read everything. Its exit code and its error output say why.
  });
  child.stdin.end(JSON.stringify(input));
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`${script} ended with ${code ?? 'a signal'}:\n${errors}`);
  return JSON.parse(output) as T;
}
