import type { Cancel, Clock } from '../../shared/clock';
import type { WorkerCommand } from './command';
import { logOutput, type OutputLog, type WriteLines } from './output';

/** How a worker ended, and why, if the watcher ended it. */
export type WorkerEnd =
  | {
      kind: 'exited';
      code: number | null;
      signal: NodeJS.Signals | null;
      stopped: StopReason | undefined;
      /** What is known about its processes, if anything is. */
      remains?: Remains | undefined;
    }
  | Exclude<ProcessEnd, { kind: 'exited' }>;

/**
 * `duration`: `maxJobDuration` is over. `window`: SQS's 12 hours are over. `shutdown`: the task stops. A warm worker can
 * also be stopped for `memory`: it uses more than `workerMemory`; `replaced`: another one takes its place; `silent`: it has
 * not asked for an invocation for a long time.
 */
export type StopReason = 'duration' | 'window' | 'shutdown' | 'memory' | 'replaced' | 'silent';

export interface RunningWorker {
  /** Resolves when the worker and all that it started have ended, and its output has closed. Never rejects. */
  ended: Promise<WorkerEnd>;
  /** Asks all of its processes to end, and kills them after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** Kills it now. */
  kill(): void;
  /** Resolves when everything that it has written by now is logged. */
  caughtUp(): Promise<void>;
  /** The id of its process group; unknown if it did not start, or if the launcher started it. */
  groupId: number | undefined;
}

/**
 * After a worker has ended, a process that it left behind may hold its output open no longer than this. If the worker was
 * told to end, what it started has the grace, too: a shell ends before the program that it waits for.
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
  /** For a process that cannot be killed, or is not the worker's, and still holds the output open. */
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
  // If it is told to stop only after this, that did not end it.
  const stopped = control.reason();
  if (stopped === undefined) control.giveUpSoon();
  await output.closed;
  const remains = await control.finish(stopped !== undefined);
  return end.kind === 'exited' ? { ...end, stopped, ...(remains === undefined ? {} : { remains }) } : end;
}

/** Starts a process that leads a process group of its own. Never throws: if that fails, it is how the process ended. */
export type StartWorker = (request: StartRequest) => WorkerProcess;

export interface StartRequest {
  command: WorkerCommand;
  /** What many workers have in common, as the same object for all of them. What is undefined is left out. */
  environment: Readonly<Record<string, string | undefined>>;
  /** What this worker has instead or in addition. */
  variables?: readonly Variable[];
  /** The whole of standard input, which a worker need not read. If it is empty, standard input is `/dev/null`. */
  input: string;
}

/** Without a value, the variable is not set, even if the environment has one of that name. */
export type Variable = readonly [name: string, value: string | undefined];

/** A worker's process, whoever started it. */
export interface WorkerProcess {
  /** Its own id and that of its group; known only if Node started it. */
  groupId?: number | undefined;
  /** Never rejects. Output may still come. */
  ended: Promise<ProcessEnd>;
  /** It is read on only when more can be taken: until then, the worker waits. */
  stdout: AsyncIterable<Buffer>;
  stderr: AsyncIterable<Buffer>;
  /** SIGTERM tells all of its processes to end, by the signal of `WorkerRules`; SIGKILL ends them: see `Remains`. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** From now on, whoever still holds the output open writes into nothing. */
  closeOutput(): void;
  /**
   * To be called when it has ended and its output is closed. Resolves when none of its processes is left: they are killed
   * now, or, if it was told to end, when somebody kills it. Never rejects.
   */
  finish(isTold: boolean): Promise<Remains | undefined>;
}

/**
 * What is known about a worker's processes when all have ended. The launcher knows every process, wherever it went; Node
 * knows those in the worker's process group.
 */
export interface Remains {
  /** Of its biggest process; only the launcher knows it. */
  peakMemoryKiB?: number | undefined;
  /** Processes that still ran when the worker had ended, and were killed then. */
  leftCount: number;
  /** With commas between them; not all, if there are many. */
  leftNames: string;
  /** Processes that could not be killed. */
  stuckCount: number;
}

export type ProcessEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null }
  | { kind: 'not-started'; reason: string; code?: string | undefined }
  /** It ran, and was killed, since nobody would have learnt how it ended. */
  | { kind: 'lost'; reason: string };

/** Why no process could be started: in words, and the name of the errno if there is one. */
export interface StartFailure {
  code?: string | undefined;
  message: string;
}

/** The end of a process that could not be started. */
export function notStarted({ program }: WorkerCommand, { code, message }: StartFailure): ProcessEnd {
  return { kind: 'not-started', reason: `cannot run ${program}: ${message}`, code };
}

/** For a limit of open files, for which Node has no words. */
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

/** What exit codes of a shell itself mean: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html */
const SHELL_CODES: Readonly<Record<number, string>> = {
  126: ': the command is not a program',
  127: ': the command was not found',
};

type Exit = Pick<Extract<WorkerEnd, { kind: 'exited' }>, 'code' | 'signal'>;

export function describeExit({ code, signal }: Exit): string {
  return code === null ? `signal ${signal}` : `exit code ${code}${SHELL_CODES[code] ?? ''}`;
}
