import type { Cancel, Clock } from '../../shared/clock';
import type { WorkerCommand } from './command';
import { logOutput, type OutputLog, type WriteLines } from './output';

/** How a worker ended: its own way, or why it was ended. */
export type WorkerEnd =
  | {
      kind: 'exited';
      code: number | null;
      signal: NodeJS.Signals | null;
      stopped: StopReason | undefined;
      /** What is known of its processes, where anything is. */
      remains?: Remains | undefined;
    }
  | Exclude<ProcessEnd, { kind: 'exited' }>;

/**
 * `duration`: `maxJobDuration`. `window`: SQS's 12 hours. `shutdown`: the task ends. Of a warm worker also `memory`: it
 * uses more than `workerMemory`. `replaced`: another one takes its place. `silent`: it has asked for nothing for long.
 */
export type StopReason = 'duration' | 'window' | 'shutdown' | 'memory' | 'replaced' | 'silent';

export interface RunningWorker {
  /** Resolves when it and all that it has started have ended, and its output has closed. Never rejects. */
  ended: Promise<WorkerEnd>;
  /** Asks all that it has started to end, and ends it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** Ends it now. */
  kill(): void;
  /** Resolves when all that it has written by now is logged. */
  caughtUp(): Promise<void>;
  /** Of its process group; unknown where it did not start, or the launcher started it. */
  groupId: number | undefined;
}

/**
 * After a worker has ended, a process that it left behind may hold its output open no longer than this. Where it was told
 * to end, what it started has its grace, too: a shell ends before the program that it waits for.
 */
const OUTPUT_GRACE_MS = 5_000;

export interface RunOptions extends StartRequest {
  start: StartWorker;
  clock: Clock;
  writeLines: WriteLines;
}

export function runWorker({ start, clock, writeLines, ...request }: RunOptions): RunningWorker {
  const worker = start(request);
  const control = createControl(worker, clock);
  const output = logOutput([worker.stdout, worker.stderr], writeLines);
  return {
    stop: control.stop,
    kill: control.kill,
    groupId: worker.groupId,
    caughtUp: () => output.caughtUp(),
    ended: watchEnd({ worker, output, control }),
  };
}

function createControl(worker: WorkerProcess, clock: Clock) {
  let stopped: StopReason | undefined;
  const timers: Cancel[] = [];
  /** Whoever cannot be ended, or is none of its processes, and still holds the pipe. */
  const giveUp = () => {
    worker.signal('SIGKILL');
    worker.closeOutput();
  };
  const giveUpSoon = () => void timers.push(clock.after(OUTPUT_GRACE_MS, giveUp));
  const kill = () => {
    worker.signal('SIGKILL');
    giveUpSoon();
  };
  return {
    kill,
    stop: (reason: StopReason, graceMs: number) => {
      if (stopped !== undefined) return;
      stopped = reason;
      worker.signal('SIGTERM');
      timers.push(clock.after(graceMs, kill));
    },
    reason: () => stopped,
    giveUpSoon,
    finish: async (isTold: boolean) => {
      const remains = await worker.finish(isTold);
      timers.forEach((cancel) => {
        cancel();
      });
      return remains;
    },
  };
}

async function watchEnd(options: {
  worker: WorkerProcess;
  output: OutputLog;
  control: ReturnType<typeof createControl>;
}): Promise<WorkerEnd> {
  const { worker, output, control } = options;
  const end = await worker.ended;
  // Told to stop after it had ended: that did not end it.
  const stopped = control.reason();
  if (stopped === undefined) control.giveUpSoon();
  await output.closed;
  const remains = await control.finish(stopped !== undefined);
  return end.kind === 'exited' ? { ...end, stopped, ...(remains === undefined ? {} : { remains }) } : end;
}

/** Starts a process that leads a process group of its own. Never throws: what went wrong is how the process ended. */
export type StartWorker = (request: StartRequest) => WorkerProcess;

export interface StartRequest {
  command: WorkerCommand;
  /** What many workers have, as one object for all of them; what is undefined is left out. */
  environment: Readonly<Record<string, string | undefined>>;
  /** What this one has instead of, or besides. */
  variables?: readonly Variable[];
  /** The whole of standard input, which a worker need not read. Where it is empty, that is `/dev/null`. */
  input: string;
}

/** Without a value it is not there, also where the environment has one of its name. */
export type Variable = readonly [name: string, value: string | undefined];

/** A worker's process, whoever started it. */
export interface WorkerProcess {
  /** Its own id, and that of the group; only where Node has started it. */
  groupId?: number | undefined;
  /** Never rejects. Output may still come. */
  ended: Promise<ProcessEnd>;
  /** Read on only when more can be taken: until then, the worker waits. */
  stdout: AsyncIterable<Buffer>;
  stderr: AsyncIterable<Buffer>;
  /** To all that it has started: see `Remains`. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Whoever still holds the output writes into nothing from now on. */
  closeOutput(): void;
  /**
   * To be called when it has ended and its output is closed. Resolves when nothing that it has started is there any more:
   * what is left is ended now, or where it was told to end, when it is killed. Never rejects.
   */
  finish(isTold: boolean): Promise<Remains | undefined>;
}

/**
 * What is known of a worker's processes, when all have ended: those of the launcher, wherever they went; those of Node's
 * spawn as long as they are in its process group.
 */
export interface Remains {
  /** Of the biggest of its processes; only by the launcher. */
  peakMemoryKiB?: number | undefined;
  /** Processes that still ran when it had ended, and were ended then. */
  leftCount: number;
  /** With commas; not all, where there are many. */
  leftNames: string;
  /** Processes that could not be ended. */
  stuckCount: number;
}

export type ProcessEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null }
  | { kind: 'not-started'; reason: string; code?: string | undefined }
  /** It ran, and was killed since nobody would have learnt how it ended. */
  | { kind: 'lost'; reason: string };

/** Why no process could be had: in words, and by the name of its errno where it has one. */
export interface StartFailure {
  code?: string | undefined;
  message: string;
}

/** An end before the beginning. */
export function notStarted({ program }: WorkerCommand, { code, message }: StartFailure): ProcessEnd {
  return { kind: 'not-started', reason: `cannot run ${program}: ${message}`, code };
}

/** At a limit of open files; Node gives no word for it. */
export const NO_MORE_FILES = 'no more open files';

/** Why a worker was stopped. */
export const STOPPED: Readonly<Record<StopReason, string>> = {
  duration: 'stopped: longer than maxJobDuration',
  window: 'stopped: SQS holds a message for 12 hours at most',
  shutdown: 'the task was stopped; the message goes back at once',
  memory: 'killed: more than workerMemory',
  replaced: 'stopped: its worker was replaced',
  silent: 'killed: it asked for no invocation in 10 minutes',
};

/** What a shell's own exit codes mean: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html */
const SHELL_CODES: Readonly<Record<number, string>> = {
  126: ': the command is not a program',
  127: ': the command was not found',
};

type Exit = Pick<Extract<WorkerEnd, { kind: 'exited' }>, 'code' | 'signal'>;

export function describeExit({ code, signal }: Exit): string {
  return code === null ? `signal ${signal}` : `exit code ${code}${SHELL_CODES[code] ?? ''}`;
}
