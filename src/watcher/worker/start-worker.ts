import type { WorkerCommand } from './command';

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
