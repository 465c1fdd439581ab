import { receivedText } from '../../contract/log-lines';
import type { Clock } from '../../shared/clock';
import {
  type MessageFile,
  type MessageFolders,
  type TemporaryFolder,
  type TemporaryFolders,
  writeMessageFile,
} from '../job/files';
import type { Job } from '../job/job';
import type { Logger } from '../log';
import { decide, type Decision, outcomeOf, type Settlement, triedOf } from '../settle/decide';
import { explainMemoryKill, type MemoryKills } from '../settle/memory-kills';
import type { WorkerCommand } from './command';
import { workerVariables } from './environment';
import type { Machine } from './machine';
import {
  type RunningWorker,
  runWorker,
  type StartWorker,
  type StopReason,
  type Variable,
  type WorkerEnd,
} from './run-worker';
import { createSlots, limitTime, type Workers } from './workers';

/** Starts a process for each message. */
export function createCommandWorkers(options: {
  concurrency: number;
  runJob: (job: Job) => RunningJob;
  /** Is called when no job will be run any more. */
  close: () => Promise<void>;
}): Workers {
  const slots = createSlots(options.concurrency);
  const running = new Set<RunningJob>();
  return {
    slots,
    batchSize: 1,
    start: (jobs) => {
      const started = jobs.map(options.runJob);
      started.forEach((job) => running.add(job));
      return {
        settled: Promise.all(started.map(({ settled }) => settled)).finally(() => {
          started.forEach((job) => running.delete(job));
        }),
        stop: (reason, graceMs) => {
          started.forEach((job) => {
            job.stop(reason, graceMs);
          });
        },
        abandon: () => {
          started.forEach((job) => {
            job.abandon();
          });
        },
      };
    },
    done: () => {
      slots.release();
    },
    kill: () => {
      running.forEach((job) => {
        job.kill();
      });
    },
    close: options.close,
  };
}

export interface RunningJob {
  /** How the message is to be settled. Never rejects. */
  settled: Promise<Settlement>;
  stop(reason: StopReason, graceMs: number): void;
  kill(): void;
  /** Its end, and the removal of its files, are not waited for any longer. */
  abandon(): void;
}

export interface JobOptions extends MessageFolders {
  command: WorkerCommand;
  start: StartWorker;
  /** What a worker inherits of the container's environment. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Where each job gets a `TMPDIR` of its own, if others run beside it. */
  temporaryFolders: TemporaryFolders | undefined;
  maxJobDurationSeconds: number;
  machine: Pick<Machine, 'judge'>;
  memoryKills: Pick<MemoryKills, 'count' | 'take'>;
  hasStandardInput: boolean;
  /** Whether the log has the message, too. */
  isAsWatchbot: boolean;
  clock: Clock;
  /** Comparable to the time at which SQS says that a message was sent. It can be set while a job runs. */
  timeOfDay: Pick<Clock, 'now'>;
  log: Logger;
}

/** Runs the worker of one message, from its first line of log to its outcome. */
export function runJob(job: Job, options: JobOptions): RunningJob {
  let worker: RunningWorker | undefined;
  const pending: ((worker: RunningWorker) => void)[] = [];
  const tell = (what: (worker: RunningWorker) => void) => {
    if (worker === undefined) pending.push(what);
    else what(worker);
  };
  let abandon: () => void = () => undefined;
  const abandoned = new Promise<WorkerEnd>((resolve) => (abandon = () => resolve(ABANDONED)));
  const onStart = (started: RunningWorker) => {
    worker = started;
    // It may have been told to stop while the message was still being written.
    pending.forEach((what) => {
      what(started);
    });
  };
  return {
    settled: work(job, options, { onStart, abandoned }),
    stop: (reason, graceMs) => tell((started) => started.stop(reason, graceMs)),
    kill: () => tell((started) => started.kill()),
    abandon,
  };
}

/** Whatever the worker was told to end for: the task is about to end. */
const ABANDONED: WorkerEnd = { kind: 'exited', code: null, signal: 'SIGKILL', stopped: 'shutdown' };

async function work(
  job: Job,
  options: JobOptions,
  { onStart, abandoned }: { onStart: (worker: RunningWorker) => void; abandoned: Promise<WorkerEnd> },
): Promise<Settlement> {
  const { clock, log } = options;
  const startedAtMs = clock.now();
  const killsBefore = options.memoryKills.count();
  log.info(receivedText(job), job.messageId);
  if (options.isAsWatchbot) log.content(job, job.messageId);
  const end = await Promise.race([workerEnd(job, options, onStart), abandoned]);
  const nowMs = clock.now();
  tellOfRemains(end, job, log);
  const decision = decisionOn(end, { job, nowMs, killsBefore }, options);
  const outcome = outcomeOf(decision, {
    job,
    durationMs: nowMs - startedAtMs,
    nowMs: options.timeOfDay.now(),
    exit: end.kind === 'exited' ? end : undefined,
    peakMemoryKiB: end.kind === 'exited' ? end.remains?.peakMemoryKiB : undefined,
  });
  log.outcome(outcome, job.messageId);
  return decision.settlement;
}

function decisionOn(
  end: WorkerEnd,
  { job, nowMs, killsBefore }: { job: Job; nowMs: number; killsBefore: number },
  { machine, memoryKills }: JobOptions,
): Decision {
  const tried = triedOf(job, nowMs);
  const decision = machine.judge(job, end, tried) ?? decide(end, tried);
  return explainMemoryKill(decision, end, { memoryKills, before: killsBefore });
}

function tellOfRemains(end: WorkerEnd, { messageId }: Job, log: Logger): void {
  const remains = end.kind === 'exited' ? end.remains : undefined;
  if (remains === undefined) return;
  const { leftCount, leftNames, stuckCount } = remains;
  const names = leftNames === '' ? '' : ` (${leftNames})`;
  const wereEnded = leftCount === 1 ? 'which was ended' : 'which were ended';
  if (leftCount > 0) log.warn(`it left ${processes(leftCount)} behind${names}, ${wereEnded}`, messageId);
  if (stuckCount > 0) log.warn(`${processes(stuckCount)} of it could not be ended`, messageId);
}

const processes = (count: number) => (count === 1 ? '1 process' : `${count} processes`);

async function workerEnd(
  job: Job,
  options: JobOptions,
  onStart: (worker: RunningWorker) => void,
): Promise<WorkerEnd> {
  let file: MessageFile | undefined;
  let temporary: TemporaryFolder | undefined;
  try {
    // Awaited only if there is something to wait for, so that a worker starts before the next message is looked at.
    const written = writeMessageFile(options, job.body);
    file = written instanceof Promise ? await written : written;
    const taken = options.temporaryFolders?.take();
    temporary = taken instanceof Promise ? await taken : taken;
    const worker = runWorker({
      start: options.start,
      command: options.command,
      environment: options.environment,
      variables: variablesOf(job, file, temporary),
      // Many programs read standard input unasked, and take it for keys or for more files.
      input: options.hasStandardInput ? job.body : '',
      clock: options.clock,
      writeLines: (lines) => options.log.worker(lines, job.messageId),
    });
    onStart(worker);
    const limit = limitTime(worker, job.receivedAtMs, options);
    const end = await worker.ended;
    limit.cancel();
    return end;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { kind: 'not-started', reason: `cannot prepare the worker: ${message}`, code };
  } finally {
    await Promise.all([file?.remove(), temporary?.giveBack()]);
  }
}

function variablesOf(job: Job, file: MessageFile, temporary: TemporaryFolder | undefined): Variable[] {
  const variables = workerVariables(job, file.path);
  if (temporary !== undefined) variables.push(['TMPDIR', temporary.path]);
  return variables;
}
