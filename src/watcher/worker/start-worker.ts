import type { WorkerCommand } from './command';

/** Starts a process that leads a process group of its own. Never throws: what went wrong is how the process ended. */
export type StartWorker = (request: StartRequest) => WorkerProcess;

export interface StartRequest {
  command: WorkerCommand;
  /** What many workers have, as one object for all of them; what is undefined is left out. */
  environment: Readonly<Record<string, string | undefined>>;
  /** What this one has instead of, or besides. */
  variables?: readonly Variable[];
  /** The whole of standard input. A worker need not read it. */
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
  /** To the whole group. */
  signal(signal: NodeJS.Signals): void;
  /** Whoever still holds the output writes into nothing from now on. */
  closeOutput(): void;
  /** To be called when it has ended and its output is closed: kills what is left of its group. */
  finish(): void;
}

export type ProcessEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null }
  | { kind: 'not-started'; reason: string }
  /** It ran, and was killed since nobody would have learnt how it ended. */
  | { kind: 'lost'; reason: string };

/** An end before the beginning. */
export function notStarted({ program }: WorkerCommand, reason: string): ProcessEnd {
  return { kind: 'not-started', reason: `cannot run ${program}: ${reason}` };
}

/** At a limit of open files; Node gives no word for it. */
export const NO_MORE_FILES = 'no more open files';
