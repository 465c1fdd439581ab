import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { WorkerCommand } from '../command';
import { whenProcessEnded } from '../processes';
import {
  NO_MORE_FILES,
  notStarted,
  type ProcessEnd,
  type Remains,
  type StartFailure,
  type WorkerProcess,
} from '../run-worker';
import { encodeClose, encodeCredit, encodeSignal, type LauncherEvent, WINDOW_BYTES } from './protocol';

/** An event of one job. */
export type JobEvent = Exclude<LauncherEvent, { kind: 'hello' | 'pong' }>;

/** A worker that the launcher has started or is starting. */
export class LaunchedWorker implements WorkerProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly stdout: OutputQueue;
  readonly stderr: OutputQueue;
  private readonly job: number;
  private readonly command: WorkerCommand;
  private readonly send: (frame: Buffer) => void;
  private end!: (end: ProcessEnd) => void;
  private readonly gone: Promise<Remains | undefined>;
  private go!: (remains: Remains | undefined | Promise<undefined>) => void;
  private keeperPid: number | undefined;
  private isGone = false;

  constructor(options: { job: number; command: WorkerCommand; send: (frame: Buffer) => void }) {
    const { job, send } = options;
    this.job = job;
    this.command = options.command;
    this.send = send;
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.gone = new Promise((resolve) => (this.go = resolve));
    this.stdout = new OutputQueue((bytes) => send(encodeCredit(job, 1, bytes)));
    this.stderr = new OutputQueue((bytes) => send(encodeCredit(job, 2, bytes)));
  }

  /** Whether the launcher does not know the worker any more. */
  get isOver(): boolean {
    return this.isGone;
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.isOver) this.send(encodeSignal(this.job, constants.signals[signal]));
  }

  closeOutput(): void {
    if (this.isOver) return;
    this.send(encodeClose(this.job));
    this.closeQueues();
  }

  /** The launcher ends what is left by itself. */
  finish(): Promise<Remains | undefined> {
    return this.gone;
  }

  handle(event: JobEvent): void {
    switch (event.kind) {
      case 'started':
        this.keeperPid = event.pid;
        return;
      case 'failed':
        this.end(notStarted(this.command, startFailure(this.command, event.errno)));
        this.leave(undefined);
        return;
      case 'output':
        this.queue(event.stream).push(event.bytes);
        return;
      case 'closed':
        this.queue(event.stream).close();
        return;
      case 'exited': {
        const { code = null, signal } = event;
        this.end({ kind: 'exited', code, signal: signal === undefined ? null : signalName(signal) });
        return;
      }
      case 'gone':
        this.leave(event.remains);
    }
  }

  /** Is called when the launcher is gone: nobody will learn how the worker ends. Its keeper kills all of it by itself. */
  lose(reason: string): void {
    this.end({ kind: 'lost', reason });
    this.leave(whenProcessEnded(this.keeperPid).then(() => undefined));
  }

  private leave(remains: Remains | undefined | Promise<undefined>): void {
    this.isGone = true;
    this.closeQueues();
    this.go(remains);
  }

  private queue(stream: 1 | 2): OutputQueue {
    return stream === 1 ? this.stdout : this.stderr;
  }

  private closeQueues(): void {
    this.stdout.close();
    this.stderr.close();
  }
}

/** Errors for which Node names the program, too. */
const WITH_PROGRAM = ['EACCES', 'EAGAIN', 'ENOENT'];

/** The failure in the words of Node's own spawn. */
function startFailure({ program }: WorkerCommand, errno: number): StartFailure {
  const code = getSystemErrorName(-errno);
  if (code === 'EMFILE' || code === 'ENFILE') return { code, message: NO_MORE_FILES };
  return { code, message: WITH_PROGRAM.includes(code) ? `spawn ${program} ${code}` : `spawn ${code}` };
}

/** Real-time signals have no name in Node. Its own spawn takes an end by one of them for exit code 0. */
function signalName(number: number): NodeJS.Signals {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return (name ?? `SIG${number}`) as NodeJS.Signals;
}

/** One output of a worker, as it comes from the launcher. No more than one window of it is here at once. */
export class OutputQueue implements AsyncIterable<Buffer> {
  private readonly giveCredit: (bytes: number) => void;
  private chunks: Buffer[] = [];
  private usedBytes = 0;
  private wake: () => void = () => undefined;
  isClosed = false;

  /** @param giveCredit is told how many bytes have been used since it was called last */
  constructor(giveCredit: (bytes: number) => void) {
    this.giveCredit = giveCredit;
  }

  push(chunk: Buffer): void {
    if (this.isClosed) return;
    this.chunks.push(chunk);
    this.wake();
  }

  /** Nothing comes any more. What has come can still be read. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  /** Not a generator: most workers write nothing, and two generators would be most of the cost of reading nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    let usedBytes = 0;
    return {
      next: async () => {
        this.use(usedBytes);
        while (this.chunks.length === 0 && !this.isClosed) {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
        const chunk = this.chunks.shift();
        usedBytes = chunk?.length ?? 0;
        return chunk === undefined ? { value: undefined, done: true } : { value: chunk };
      },
    };
  }

  /** Credit is given in big steps: most workers write so little that they need none. */
  private use(bytes: number): void {
    this.usedBytes += bytes;
    if (this.isClosed || this.usedBytes < WINDOW_BYTES / 2) return;
    this.giveCredit(this.usedBytes);
    this.usedBytes = 0;
  }
}
