import type { Cancel, Clock } from '../clock';
import { logOutput, type OutputLog, type WriteLines } from './output-log';
import type { ProcessEnd, Remains, StartRequest, StartWorker, WorkerProcess } from './start-worker';

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

export interface RunParts extends StartRequest {
  start: StartWorker;
  clock: Clock;
  writeLines: WriteLines;
}

export function runWorker({ start, clock, writeLines, ...request }: RunParts): RunningWorker {
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

async function watchEnd(parts: {
  worker: WorkerProcess;
  output: OutputLog;
  control: ReturnType<typeof createControl>;
}): Promise<WorkerEnd> {
  const { worker, output, control } = parts;
  const end = await worker.ended;
  // Told to stop after it had ended: that did not end it.
  const stopped = control.reason();
  if (stopped === undefined) control.giveUpSoon();
  await output.closed;
  const remains = await control.finish(stopped !== undefined);
  return end.kind === 'exited' ? { ...end, stopped, ...(remains === undefined ? {} : { remains }) } : end;
}
