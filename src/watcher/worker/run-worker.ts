import type { Clock } from '../clock';
import { logOutput, type OutputLog, type WriteLines } from './output-log';
import type { ProcessEnd, StartRequest, StartWorker, WorkerProcess } from './start-worker';

/** How a worker ended: its own way, or why it was ended. */
export type WorkerEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null; stopped: StopReason | undefined }
  | Exclude<ProcessEnd, { kind: 'exited' }>;

/**
 * `duration`: `maxJobDuration`. `window`: SQS's 12 hours. `shutdown`: the task ends. Of a warm worker also `memory`: it
 * uses more than `workerMemory`. `replaced`: another one takes its place. `silent`: it has asked for nothing for long.
 */
export type StopReason = 'duration' | 'window' | 'shutdown' | 'memory' | 'replaced' | 'silent';

export interface RunningWorker {
  /** Resolves when the process has ended and its output has closed. Never rejects. */
  ended: Promise<WorkerEnd>;
  /** Asks the whole process group to end, and ends it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** Ends it now. */
  kill(): void;
  /** Resolves when all that it has written by now is logged. */
  caughtUp(): Promise<void>;
  /** Of its process group; unknown where it did not start, or the launcher started it. */
  groupId: number | undefined;
}

/** After a worker has ended, a process that it left behind may hold its output open no longer than this. */
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
    ...control,
    groupId: worker.groupId,
    caughtUp: () => output.caughtUp(),
    ended: watchEnd({ worker, output, control, clock }),
  };
}

function createControl(worker: WorkerProcess, clock: Clock) {
  let stopped: StopReason | undefined;
  let cancelKill: (() => void) | undefined;
  const kill = () => {
    worker.signal('SIGKILL');
  };
  return {
    kill,
    stop: (reason: StopReason, graceMs: number) => {
      if (stopped !== undefined) return;
      stopped = reason;
      worker.signal('SIGTERM');
      cancelKill = clock.after(graceMs, kill);
    },
    reason: () => stopped,
    /** What it started may have closed its output and live on; it would write where the next worker works. */
    finish: () => {
      cancelKill?.();
      worker.finish();
    },
  };
}

async function watchEnd(parts: {
  worker: WorkerProcess;
  output: OutputLog;
  control: ReturnType<typeof createControl>;
  clock: Clock;
}): Promise<WorkerEnd> {
  const { worker, output, control, clock } = parts;
  const end = await worker.ended;
  // Told to stop after it had ended: that did not end it.
  const stopped = control.reason();
  const cancel = clock.after(OUTPUT_GRACE_MS, () => {
    worker.signal('SIGKILL');
    // Whoever left the group and still holds the pipe.
    worker.closeOutput();
  });
  await output.closed;
  cancel();
  control.finish();
  return end.kind === 'exited' ? { ...end, stopped } : end;
}
