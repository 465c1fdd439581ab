import type { Clock } from '../clock';
import { createLineCutter } from './lines';
import type { ProcessEnd, StartRequest, StartWorker, WorkerProcess } from './start-worker';

/** How a worker ended: its own way, or why it was ended. */
export type WorkerEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null; stopped: StopReason | undefined }
  | Exclude<ProcessEnd, { kind: 'exited' }>;

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

export interface RunParts extends StartRequest {
  start: StartWorker;
  clock: Clock;
  writeLines: (lines: readonly string[]) => Promise<void> | void;
}

export function runWorker({ start, clock, writeLines, ...request }: RunParts): RunningWorker {
  const worker = start(request);
  const control = createControl(worker, clock);
  const output = Promise.all([logStream(worker.stdout, writeLines), logStream(worker.stderr, writeLines)]);
  return { ...control, ended: watchEnd({ worker, output, control, clock }) };
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
  output: Promise<unknown>;
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
  await output;
  cancel();
  control.finish();
  return end.kind === 'exited' ? { ...end, stopped } : end;
}

/** Logs a stream line by line; reads on only when the log has taken what there was. Never rejects. */
async function logStream(
  stream: AsyncIterable<Buffer>,
  writeLines: (lines: readonly string[]) => Promise<void> | void,
): Promise<void> {
  const cutter = createLineCutter();
  try {
    for await (const chunk of stream) await write(cutter.push(chunk));
  } catch {
    // The stream was destroyed: what came before is logged.
  }
  await write(cutter.end());

  async function write(lines: readonly string[]) {
    if (lines.length > 0) await writeLines(lines);
  }
}
