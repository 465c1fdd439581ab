import { afterEach, expect } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface MainRun {
  /** Standard output and standard error. */
  output: Promise<[string, string]>;
  /** Exit code, and the signal that ended it. */
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/**
 * Returns a function that starts a script as npm would, but without building first. Call it once, at the top of a test
 * file. A script that still runs after its test gets SIGTERM, and ends what it has started.
 */
export function useMain(file: string): (...args: string[]) => MainRun {
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  return (...args) => {
    const started = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    return {
      output: Promise.all([text(started.stdout), text(started.stderr)]),
      ended: once(started, 'exit') as MainRun['ended'],
    };
  };
}

/** Expects that the script succeeds. @returns what it wrote */
export async function outputOfPassed(run: MainRun): Promise<string> {
  const [code] = await run.ended;
  const [stdout, stderr] = await run.output;
  // Compared together, so that a failure shows the whole output, with the seed.
  expect({ code, failed: stdout.match(/.*FAILED.*/g), stderr, stdout }).toMatchObject({
    code: 0,
    failed: null,
    stderr: '',
  });
  return stdout;
}
