import { afterEach, expect } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface MainRun {
  /** Of standard output and standard error. */
  output: Promise<[string, string]>;
  /** Exit code, and the signal that ended it. */
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/**
 * To be called once, at the top of a test file: gives what starts a script as npm would, without the build before it. What
 * a test leaves behind is told to end, and ends all that it has started.
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

/** What it has written, when it has ended well. */
export async function outputOfPassed(run: MainRun): Promise<string> {
  const [code] = await run.ended;
  const [stdout, stderr] = await run.output;
  // Together, so that what failed can be read, with the seed.
  expect({ code, failed: stdout.match(/.*FAILED.*/g), stderr, stdout }).toMatchObject({
    code: 0,
    failed: null,
    stderr: '',
  });
  return stdout;
}
