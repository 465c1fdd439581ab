import type { Clock } from '../clock';
import type { Logger } from '../log/logger';
import type { Job } from '../message/job';
import { writeMessageFile, type MessageFile, type MessageFolders } from '../message/message-file';
import { workerVariables } from '../message/worker-environment';
import { receivedText } from '../../contract/log-lines';
import type { WorkerCommand } from '../worker/command';
import { runWorker, type RunningWorker, type StopReason, type WorkerEnd } from '../worker/run-worker';
import type { StartWorker, Variable } from '../worker/start-worker';
import type { TemporaryFolder, TemporaryFolders } from '../worker/temporary-folders';
import { decide, type Settlement } from './decide';
import { outcomeOf } from './outcome';
import { limitTime } from './time-limit';

export interface RunningJob {
  /** Resolves when its worker is no more: what is left to do needs none. Never rejects. */
  ended: Promise<void>;
  /** How the message is to be settled. Never rejects. */
  settled: Promise<Settlement>;
  stop(reason: StopReason, graceMs: number): void;
  kill(): void;
}

export interface JobParts extends MessageFolders {
  command: WorkerCommand;
  start: StartWorker;
  /** What a worker inherits of the container's environment. */
  environment: Readonly<Record<string, string | undefined>>;
  /** From here each job has a `TMPDIR` of its own, where others run beside it. */
  temporaryFolders: TemporaryFolders | undefined;
  maxJobDurationSeconds: number;
  clock: Clock;
  /** By which SQS says when a message was sent: it can be set while a job runs. */
  timeOfDay: Pick<Clock, 'now'>;
  log: Logger;
}

/** Runs the worker of one message, from its first line of log to its outcome. */
export function runJob(job: Job, parts: JobParts): RunningJob {
  let worker: RunningWorker | undefined;
  const pending: ((worker: RunningWorker) => void)[] = [];
  const tell = (what: (worker: RunningWorker) => void) => {
    if (worker === undefined) pending.push(what);
    else what(worker);
  };
  let onEnd: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (onEnd = resolve));
  const onStart = (started: RunningWorker) => {
    worker = started;
    // Told to stop while the message was still being written.
    pending.forEach((what) => {
      what(started);
    });
  };
  return {
    ended,
    settled: work(job, parts, { onStart, onEnd }),
    stop: (reason, graceMs) => tell((started) => started.stop(reason, graceMs)),
    kill: () => tell((started) => started.kill()),
  };
}

interface Told {
  onStart: (worker: RunningWorker) => void;
  onEnd: () => void;
}

async function work(job: Job, parts: JobParts, { onStart, onEnd }: Told): Promise<Settlement> {
  const { clock, log } = parts;
  const startedAtMs = clock.now();
  log.info(receivedText(job), job.messageId);
  const files: JobFiles = {};
  const end = await workerEnd(job, { ...parts, files, onStart });
  const nowMs = clock.now();
  onEnd();
  await nextTurn();
  await removeFiles(files);
  const decision = decide(end, { receives: job.receives, heldSeconds: (nowMs - job.receivedAtMs) / 1000 });
  const outcome = outcomeOf(decision, {
    job,
    durationMs: nowMs - startedAtMs,
    nowMs: parts.timeOfDay.now(),
    exit: end.kind === 'exited' ? end : undefined,
  });
  log.outcome(outcome, job.messageId);
  return decision.settlement;
}

/** The loop asks for the next messages first: whatever the watcher has to do yet, it does while they are on their way. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What a job has on disk. */
interface JobFiles {
  message?: MessageFile;
  /** For whatever its worker keeps for a while. */
  temporary?: TemporaryFolder | undefined;
}

async function removeFiles({ message, temporary }: JobFiles): Promise<void> {
  await Promise.all([message?.remove(), temporary?.giveBack()]);
}

async function workerEnd(
  job: Job,
  parts: JobParts & { files: JobFiles; onStart: Told['onStart'] },
): Promise<WorkerEnd> {
  const { files } = parts;
  try {
    // Awaited only where there is something to wait for: so one worker starts while the next message is looked at.
    const message = writeMessageFile(parts, job.body);
    files.message = message instanceof Promise ? await message : message;
    const temporary = parts.temporaryFolders?.take();
    files.temporary = temporary instanceof Promise ? await temporary : temporary;
    const worker = runWorker({
      start: parts.start,
      command: parts.command,
      environment: parts.environment,
      variables: variablesOf(job, files.message.path, files.temporary?.path),
      input: job.body,
      clock: parts.clock,
      writeLines: (lines) => parts.log.worker(lines, job.messageId),
    });
    parts.onStart(worker);
    const limit = limitTime(worker, job.receivedAtMs, parts);
    const end = await worker.ended;
    limit.cancel();
    return end;
  } catch (error) {
    return { kind: 'not-started', reason: `cannot prepare the worker: ${(error as Error).message}` };
  }
}

function variablesOf(job: Job, messageFile: string, temporaryFolder: string | undefined): Variable[] {
  const variables = workerVariables(job, messageFile);
  if (temporaryFolder !== undefined) variables.push(['TMPDIR', temporaryFolder]);
  return variables;
}
