import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program with its arguments, which hold nothing secret: they may be shown. */
export interface Command {
  program: string;
  arguments: readonly string[];
  /** For standard input, which nobody else sees. */
  input?: string;
  /** Over those of this process. */
  variables?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

export interface CommandResult {
  ending: 'done' | 'failed' | 'missing' | 'timeout' | 'interrupted';
  /** The last lines of both outputs, in the order in which they came. */
  lastLines: readonly string[];
}

/** Runs a command to its end, and hands each line of its output on. It does not reject. */
export type Run = (command: Command, onLine?: (line: string) => void) => Promise<CommandResult>;

const LAST_LINES = 20;
/** A program that was told to end and does not is killed after this long. */
const KILL_AFTER_MS = 5_000;

interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  /** Ends what is running, and lets nothing more start. */
  signal?: AbortSignal | undefined;
}

/** Runs commands as processes of this machine. */
export function commandRunner({ environment, signal }: Surroundings): Run {
  return (command, onLine = () => undefined) => {
    if (signal?.aborted === true) return Promise.resolve({ ending: 'interrupted', lastLines: [] });
    return runProcess(command, { onLine, environment, signal });
  };
}

function runProcess(
  command: Command,
  { onLine, environment, signal }: Surroundings & { onLine: (line: string) => void },
): Promise<CommandResult> {
  const lastLines: string[] = [];
  const child = spawn(command.program, [...command.arguments], {
    env: { ...environment, ...command.variables },
    stdio: 'pipe',
    // Ctrl-C reaches the terminal's whole group: this process passes it on, once.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      if (line.trim() !== '' && lastLines.push(line) > LAST_LINES) lastLines.shift();
      onLine(line);
    });
  }
  // A program that reads nothing ends with its own reason.
  child.stdin.on('error', () => undefined).end(command.input);
  const stopper = stopOn(child, { signal, timeoutMs: command.timeoutMs });
  return new Promise((resolve) => {
    const settle = (ending: CommandResult['ending']) => {
      resolve({ ending: stopper.finish() ?? ending, lastLines });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') lastLines.push(error.message);
      settle(error.code === 'ENOENT' ? 'missing' : 'failed');
    });
    child.once('close', (code) => {
      settle(code === 0 ? 'done' : 'failed');
    });
  });
}

/** Ends the program, and what it has started, at the signal or after the time. `finish` gives which it was, if any. */
function stopOn(
  child: ChildProcess,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number | undefined },
): { finish: () => 'timeout' | 'interrupted' | undefined } {
  let reason: 'timeout' | 'interrupted' | undefined;
  const timers: NodeJS.Timeout[] = [];
  const stop = (why: typeof reason) => () => {
    if (reason !== undefined) return;
    reason = why;
    killGroup(child, 'SIGTERM');
    timers.push(setTimeout(killGroup, KILL_AFTER_MS, child, 'SIGKILL'));
  };
  const interrupt = stop('interrupted');
  if (timeoutMs !== undefined) timers.push(setTimeout(stop('timeout'), timeoutMs));
  signal?.addEventListener('abort', interrupt);
  return {
    finish: () => {
      timers.forEach(clearTimeout);
      signal?.removeEventListener('abort', interrupt);
      return reason;
    },
  };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

/** A command as a person would type it. */
export function commandText({ program, arguments: args }: Command): string {
  return [program, ...args].map(quoted).join(' ');
}

const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
