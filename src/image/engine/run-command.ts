import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { escapeHidden } from '../../shared/escape';
import type { ErrorCode } from '../../errors/codes';
import { UserError } from '../../errors/user-error';
import type { Report } from './engine';

/** A program with its arguments, which are shown to users, apart from hidden texts. */
export interface Command {
  program: string;
  arguments: readonly string[];
  /** For standard input. It is not shown. */
  input?: string;
  /** In addition to those of this process, or instead of them. */
  variables?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  /** Whether the result has the whole standard output. */
  keepsOutput?: boolean;
  /** Texts that are not shown, neither in the arguments nor in the output. */
  hidden?: readonly string[];
}

export interface CommandResult {
  ending: 'done' | 'failed' | 'missing' | 'timeout' | 'interrupted';
  /** The last lines of standard output and standard error, in the order of their arrival. */
  lastLines: readonly string[];
  /** If the command has `keepsOutput`. */
  output?: string;
}

/** Runs a command to its end, and passes each line of its output on. Never rejects. */
export type Run = (command: Command, onLine?: (line: string) => void) => Promise<CommandResult>;

const LAST_LINES = 20;
const LONGEST_LINE = 2_000;
/** A program that does not end on SIGTERM is killed after this time. */
const KILL_AFTER_MS = 5_000;
/** A process that a program has left running may hold its output open: after the end of the program, the output is read for this time. */
const OUTPUT_GRACE_MS = 1_000;

interface RunnerOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Ends what is running, and keeps anything more from starting. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs commands as processes of this machine. Libraries for it end the program alone, not the processes that it has started,
 * and wait for as long as one of these holds the output.
 */
export function commandRunner({ environment, signal }: RunnerOptions): Run {
  return (command, onLine = () => undefined) => {
    if (signal?.aborted === true) return Promise.resolve({ ending: 'interrupted', lastLines: [] });
    return runProcess(command, { onLine, environment, signal });
  };
}

async function runProcess(
  command: Command,
  { onLine, environment, signal }: RunnerOptions & { onLine: (line: string) => void },
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
  // If a program reads nothing, its own message says why.
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

/** Gives an error if a process cannot have these arguments: they are too long, or contain a NUL. */
function start(command: Command, environment: RunnerOptions['environment']) {
  try {
    return spawn(command.program, [...command.arguments], {
      env: { ...environment, ...command.variables },
      stdio: 'pipe',
      // A process group of its own, which Ctrl-C does not reach: this process passes it on, once.
      detached: true,
    });
  } catch (error) {
    return { failure: error as Error };
  }
}

/** How the program ended, once its output is closed, too. */
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

/** Ends the program, and what it has started, on the signal or after the timeout. `finish` says which it was, if any. */
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

/** A command as a person would type it, apart from hidden texts. */
function commandText(command: Command): string {
  return [command.program, ...command.arguments].map((word) => quoted(hide(word, command))).join(' ');
}

const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function hide(text: string, { hidden = [] }: Command): string {
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A line of output that can neither control the terminal nor fill a whole message. */
function shownLine(line: string, command: Command): string {
  const visible = escapeHidden(stripVTControlCharacters(hide(line, command)));
  return visible.length > LONGEST_LINE ? `${visible.slice(0, LONGEST_LINE)} …` : visible;
}

interface Failure {
  code: ErrorCode;
  place: string;
  advice: string;
}

interface Handling {
  failure: Failure;
  report?: Report;
}

/**
 * Runs a command that must succeed.
 * @throws {UserError} with the command and the last lines of its output
 */
export async function runOrFail(run: Run, command: Command, handling: Handling): Promise<void> {
  await outputOrFail(run, command, handling);
}

/** Like `runOrFail`; gives the standard output of a command with `keepsOutput`. */
export async function outputOrFail(
  run: Run,
  command: Command,
  { failure, report }: Handling,
): Promise<string> {
  const result = await run(command, report);
  if (result.ending === 'done') return result.output ?? '';
  if (result.ending === 'interrupted') throw interrupted();
  throw UserError.of({ ...failure, given: describe(command, result) });
}

function describe(command: Command, { ending, lastLines }: CommandResult): string {
  const outcome = ending === 'missing' ? ', which is not installed' : ', which failed:';
  return [commandText(command) + outcome, ...lastLines].join('\n    ');
}

export function interrupted(): UserError {
  return UserError.of({
    code: 'WATCHBOT_INTERRUPTED',
    place: 'the image',
    advice: 'run the command again: what is done is not done again',
  });
}
