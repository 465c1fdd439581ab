import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { WorkerCommand } from '../command';
import { signalGroup } from '../process-group';
import { NO_MORE_FILES, notStarted, type ProcessEnd, type WorkerProcess } from '../start-worker';
import { OutputQueue } from './output-queue';
import { encodeClose, encodeCredit, encodeSignal, type LauncherEvent } from './protocol';

/** Of one job. */
export type JobEvent = Exclude<LauncherEvent, { kind: 'hello' | 'pong' }>;

/** A worker that the launcher started, or is just starting. */
export class LaunchedWorker implements WorkerProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly stdout: OutputQueue;
  readonly stderr: OutputQueue;
  private readonly job: number;
  private readonly command: WorkerCommand;
  private readonly send: (frame: Buffer) => void;
  private end!: (end: ProcessEnd) => void;
  private pid: number | undefined;
  private hasEnded = false;

  constructor(parts: { job: number; command: WorkerCommand; send: (frame: Buffer) => void }) {
    const { job, send } = parts;
    this.job = job;
    this.command = parts.command;
    this.send = send;
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.stdout = new OutputQueue((bytes) => send(encodeCredit(job, 1, bytes)));
    this.stderr = new OutputQueue((bytes) => send(encodeCredit(job, 2, bytes)));
  }

  /** The launcher knows it no longer. */
  get isOver(): boolean {
    return this.hasEnded && this.stdout.isClosed && this.stderr.isClosed;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.isOver) this.send(encodeSignal(this.job, constants.signals[signal]));
  }

  closeOutput(): void {
    if (this.isOver) return;
    this.send(encodeClose(this.job));
    this.closeQueues();
  }

  finish(): void {
    // The launcher does so by itself, while the process id is still this worker's.
  }

  handle(event: JobEvent): void {
    switch (event.kind) {
      case 'started':
        this.pid = event.pid;
        return;
      case 'failed':
        this.closeQueues();
        this.settle(notStarted(this.command, failureText(this.command, event.errno)));
        return;
      case 'output':
        this.queue(event.stream).push(event.bytes);
        return;
      case 'closed':
        this.queue(event.stream).close();
        return;
      case 'exited': {
        const { code = null, signal } = event;
        this.settle({ kind: 'exited', code, signal: signal === undefined ? null : signalName(signal) });
      }
    }
  }

  /** The launcher is gone, and nobody will learn how the worker ends: it must not run on beside its next try. */
  lose(reason: string): void {
    signalGroup(this.pid, 'SIGKILL');
    this.closeQueues();
    this.settle({ kind: 'lost', reason });
  }

  private settle(end: ProcessEnd): void {
    this.hasEnded = true;
    this.end(end);
  }

  private queue(stream: 1 | 2): OutputQueue {
    return stream === 1 ? this.stdout : this.stderr;
  }

  private closeQueues(): void {
    this.stdout.close();
    this.stderr.close();
  }
}

/** Those for which Node names the program, too. */
const WITH_PROGRAM = ['EACCES', 'EAGAIN', 'ENOENT'];

/** In the words of Node's own spawn. */
function failureText({ program }: WorkerCommand, errno: number): string {
  const code = getSystemErrorName(-errno);
  if (code === 'EMFILE' || code === 'ENFILE') return NO_MORE_FILES;
  return WITH_PROGRAM.includes(code) ? `spawn ${program} ${code}` : `spawn ${code}`;
}

/** Real-time signals have no name in Node; its own spawn takes the end by one for exit code 0. */
function signalName(number: number): NodeJS.Signals {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return (name ?? `SIG${number}`) as NodeJS.Signals;
}
