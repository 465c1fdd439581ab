import { describe, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from './framework';

const SCRIPTS = path.join(ROOT, 'test/python');
/** There `npm ci` removes it, and git does not see it. */
const ENVIRONMENT = path.join(ROOT, 'node_modules/.cache/watchbot-python');

/** The interpreter that has what `test/python/requirements.txt` names. */
export const PYTHON = path.join(ENVIRONMENT, 'bin/python');

export const pythonScript = (name: string): string => path.join(SCRIPTS, name);

/** Makes the environment where it is not there; gives why it cannot be, or undefined. */
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
 * As `describe`, for tests that need tools of Python. Where those cannot be had, the tests are skipped with the reason
 * in their names. They are made here and not before each run: who runs other tests does not wait for them.
 */
export function describeWithPython(name: string, define: () => void): void {
  const reason = preparePython();
  if (reason === undefined) describe(name, define);
  else describe.skip(`${name} (skipped: ${reason})`, define);
}

let hasIt: boolean | undefined;
const hasPython3 = () => (hasIt ??= spawnSync('python3', ['--version']).status === 0);
const because = () => (hasPython3() ? '' : ' (skipped: there is no python3)');

/** As `it`, for tests that need no more than Python itself, such as those in a terminal. */
export function itWithPython3(name: string, test: () => Promise<void> | void, timeoutMs?: number): void {
  (hasPython3() ? it : it.skip)(`${name}${because()}`, test, timeoutMs);
}

/** The same as `describe`. */
export function describeWithPython3(name: string, define: () => void): void {
  (hasPython3() ? describe : describe.skip)(`${name}${because()}`, define);
}

/** Runs a script of `test/python`; what it reads and writes is JSON. */
export async function runPython<T>(script: string, input: unknown, args: string[] = []): Promise<T> {
  const child = spawn(PYTHON, [pythonScript(script), ...args], { stdio: 'pipe' });
  child.stdin.on('error', () => {
    // It ended before it had read all: its exit code and its error say why.
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
