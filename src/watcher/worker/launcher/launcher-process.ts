import { spawn } from 'node:child_process';
import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';

/** The launcher as a process. */
export interface LauncherProcess {
  send(frame: Buffer): void;
  /** The end of its input tells it to end. */
  close(): void;
  /** Ends it now; the reason is what `ended` resolves to. */
  kill(reason: string): void;
  /** Resolves to why, once all that it wrote was received. Never rejects. */
  ended: Promise<string>;
}

export function startLauncherProcess(file: string, receive: (chunk: Buffer) => void): LauncherProcess {
  try {
    return spawned(file, receive);
  } catch (error) {
    const nothing = () => undefined;
    return {
      send: nothing,
      close: nothing,
      kill: nothing,
      ended: Promise.resolve((error as Error).message),
    };
  }
}

function spawned(file: string, receive: (chunk: Buffer) => void): LauncherProcess {
  const child = spawn(file, [], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    // What is sent to the watcher's group, as by Ctrl-C, is for the watcher to heed.
    detached: true,
  });
  let problem: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => (problem ??= error.message));
    child.on('close', (code, signal) => {
      resolve(problem ?? (code === null ? `signal ${signal}` : `exit code ${code}`));
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', receive);
  return {
    ended,
    send: inTwoGoes(child.stdin),
    close: () => void child.stdin.end(),
    kill: (reason) => {
      problem ??= reason;
      child.kill('SIGKILL');
    },
  };
}

/**
 * The first frame of a turn at once, so that its worker starts while the next ones are looked at; those at the end of the
 * turn, by one call of the system. Each wakes the launcher, which costs more than all else of a start.
 */
function inTwoGoes(stdin: Writable): (frame: Buffer) => void {
  return (frame) => {
    stdin.write(frame);
    if (stdin.writableCorked > 0) return;
    stdin.cork();
    nextTick(() => {
      stdin.uncork();
    });
  };
}
