import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock';
import type { WorkerCommand } from './command';
import { createLineCutter } from './lines';
import { signalGroup } from './process-group';

/** How a worker ended: its own way, or why it was ended. */
export type WorkerEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null; stopped: StopReason | undefined }
  | { kind: 'not-started'; reason: string };

/** `duration`: `maxJobDuration`. `window`: SQS's 12 hours. `shutdown`: the task ends. */
export type StopReason = 'duration' | 'window' | 'shutdown';

export interface RunningWorker {
  /** Resolves when the process has ended and its output has closed. Never rejects. */
  ended: Promise<WorkerEnd>;
  /** Asks the whole process group to end, and ends it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** Ends it now. */
  kill(): void;
}

/** After a worker has ended, a process that it left behind may hold its output open no longer than this. */
const OUTPUT_GRACE_MS = 5_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export function runWorker(parts: {
  command: WorkerCommand;
  environment: Readonly<Record<string, string | undefined>>;
  input: string;
  clock: Clock;
  writeLines: (lines: readonly string[]) => Promise<void> | void;
}): RunningWorker {
  const { command, clock } = parts;
  const child = start(command, parts.environment);
  if ('failure' in child) return notStarted(command, child.failure);
  const control = createControl(child, clock);
  feed(child.stdin, parts.input);
  const output = Promise.all([
    logStream(child.stdout, parts.writeLines),
    logStream(child.stderr, parts.writeLines),
  ]);
  return { ...control, ended: watchEnd({ child, output, control, command, clock }) };
}

function start(
  command: WorkerCommand,
  environment: Readonly<Record<string, string | undefined>>,
): Child | { failure: Error } {
  try {
    const child = spawn(command.program, command.arguments, {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    if (hasPipes(child)) return child;
    // At the limit of open files Node gives a child without pipes, and its error later.
    child.on('error', () => undefined);
    return { failure: new Error('no more open files') };
  } catch (error) {
    return { failure: error as Error };
  }
}

function hasPipes(child: { stdin?: unknown; stdout?: unknown; stderr?: unknown }): boolean {
  return Boolean(child.stdin && child.stdout && child.stderr);
}

function notStarted(command: WorkerCommand, error: Error): RunningWorker {
  const nothing = () => undefined;
  return { ended: Promise.resolve(startFailure(command, error)), stop: nothing, kill: nothing };
}

function startFailure({ program }: WorkerCommand, error: Error): WorkerEnd {
  return { kind: 'not-started', reason: `cannot run ${program}: ${error.message}` };
}

function createControl(child: Child, clock: Clock) {
  let stopped: StopReason | undefined;
  let cancelKill: (() => void) | undefined;
  const kill = () => void signalGroup(child.pid, 'SIGKILL');
  return {
    kill,
    stop: (reason: StopReason, graceMs: number) => {
      if (stopped !== undefined) return;
      stopped = reason;
      signalGroup(child.pid, 'SIGTERM');
      cancelKill = clock.after(graceMs, kill);
    },
    reason: () => stopped,
    /** What it started may have closed its output and live on; it would write where the next worker works. */
    finish: () => {
      cancelKill?.();
      kill();
    },
  };
}

async function watchEnd(parts: {
  child: Child;
  output: Promise<unknown>;
  control: ReturnType<typeof createControl>;
  command: WorkerCommand;
  clock: Clock;
}): Promise<WorkerEnd> {
  const { child, output, control, clock } = parts;
  let code: number | null;
  let signal: NodeJS.Signals | null;
  try {
    [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  } catch (error) {
    return startFailure(parts.command, error as Error);
  }
  // Told to stop after it had ended: that did not end it.
  const stopped = control.reason();
  const cancel = clock.after(OUTPUT_GRACE_MS, () => {
    signalGroup(child.pid, 'SIGKILL');
    // Whoever left the group and still holds the pipe writes into nothing from now on.
    child.stdout.destroy();
    child.stderr.destroy();
  });
  await output;
  cancel();
  control.finish();
  child.stdin.destroy();
  return { kind: 'exited', code, signal, stopped };
}

/** The whole message on standard input. A worker need not read it. */
function feed(stdin: Writable, input: string): void {
  stdin.on('error', () => undefined);
  stdin.end(input);
}

/** Logs a stream line by line; reads on only when the log has taken what there was. Never rejects. */
async function logStream(
  stream: Readable,
  writeLines: (lines: readonly string[]) => Promise<void> | void,
): Promise<void> {
  const cutter = createLineCutter();
  try {
    for await (const chunk of stream) await write(cutter.push(chunk as Buffer));
  } catch {
    // The stream was destroyed: what came before is logged.
  }
  await write(cutter.end());

  async function write(lines: readonly string[]) {
    if (lines.length > 0) await writeLines(lines);
  }
}
