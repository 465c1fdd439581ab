import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { escapeHidden } from '../../shared/escape';

/** A program with its arguments. But for what is hidden, they may be shown. */
export interface Command {
  program: string;
  arguments: readonly string[];
  /** For standard input, which nobody else sees. */
  input?: string;
  /** Over those of this process. */
  variables?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  /** Whether its standard output is wanted as it is, and whole. */
  keepsOutput?: boolean;
  /** Texts that are shown nowhere, neither as arguments nor in the output. */
  hidden?: readonly string[];
}

export interface CommandResult {
  ending: 'done' | 'failed' | 'missing' | 'timeout' | 'interrupted';
  /** The last lines of both outputs, in the order in which they came. */
  lastLines: readonly string[];
  /** Where it was wanted. */
  output?: string;
}

/** Runs a command to its end, and hands each line of its output on. It does not reject. */
export type Run = (command: Command, onLine?: (line: string) => void) => Promise<CommandResult>;

const LAST_LINES = 20;
const LONGEST_LINE = 2_000;
/** A program that was told to end and does not is killed after this long. */
const KILL_AFTER_MS = 5_000;
/** What a program has left running may hold its output: after its end, that is listened to for this long. */
const OUTPUT_GRACE_MS = 1_000;

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

async function runProcess(
  command: Command,
  { onLine, environment, signal }: Surroundings & { onLine: (line: string) => void },
): Promise<CommandResult> {
  const lastLines: string[] = [];
  const add = (text: string) => {
    const line = shownLine(text, command);
    if (line.trim() !== '' && lastLines.push(line) > LAST_LINES) lastLines.shift();
    return line;
  };
  const child = start(command, environment);
  if ('failure' in child) return { ending: 'failed', lastLines: [add(child.failure.message)] };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      onLine(add(line));
    });
  }
  const output: Buffer[] = [];
  if (command.keepsOutput === true) child.stdout.on('data', (chunk: Buffer) => void output.push(chunk));
  // A program that reads nothing ends with its own reason.
  child.stdin.on('error', () => undefined).end(command.input);
  const stopper = stopOn(child, { signal, timeoutMs: command.timeoutMs });
  const end = await endOf(child);
  if (typeof end === 'object') {
    const isMissing = end.code === 'ENOENT';
    if (!isMissing) add(end.message);
    return { ending: stopper.finish() ?? (isMissing ? 'missing' : 'failed'), lastLines };
  }
  return { ending: stopper.finish() ?? end, lastLines, output: Buffer.concat(output).toString() };
}

/** Gives the error where the arguments are none that a process can have: too long, or with a NUL. */
function start(command: Command, environment: Surroundings['environment']) {
  try {
    return spawn(command.program, [...command.arguments], {
      env: { ...environment, ...command.variables },
      stdio: 'pipe',
      // Ctrl-C reaches the terminal's whole group: this process passes it on, once.
      detached: true,
    });
  } catch (error) {
    return { failure: error as Error };
  }
}

/** How it ended, when its output is closed too. */
function endOf(child: ChildProcessWithoutNullStreams): Promise<'done' | 'failed' | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    child.once('error', resolve);
    child.once('exit', () => {
      timer = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, OUTPUT_GRACE_MS);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? 'done' : 'failed');
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

/** A command as a person would type it, but for what is hidden. */
export function commandText(command: Command): string {
  return [command.program, ...command.arguments].map((word) => quoted(hide(word, command))).join(' ');
}

const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function hide(text: string, { hidden = [] }: Command): string {
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A line of output for a terminal, which it cannot change, and for a message, which it cannot fill. */
function shownLine(line: string, command: Command): string {
  const visible = escapeHidden(stripVTControlCharacters(hide(line, command)));
  return visible.length > LONGEST_LINE ? `${visible.slice(0, LONGEST_LINE)} …` : visible;
}
