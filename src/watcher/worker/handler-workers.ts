import { randomUUID } from 'node:crypto';
import { receivedText } from '../../contract/log-lines';
import type { Clock } from '../../shared/clock';
import type { Job } from '../job/job';
import { type EventSource, sqsEvent } from '../job/sqs-event';
import type { Logger } from '../log';
import { decideBatch, type Decision, outcomeOf, release, triedOf } from '../settle/decide';
import type { HandlerSettings, Settings } from '../settings';
import type { WorkerCommand } from './command';
import { startByNode } from './node-spawn';
import { readResidentMemory } from './processes';
import type { StartWorker, StopReason } from './run-worker';
import type { InvocationEnd } from './warm/runtime-api';
import { WarmPool } from './warm/warm-pool';
import { WarmWorker } from './warm/warm-worker';
import { createSlots, limitTime, type RunningBatch, type Slots, type Workers } from './workers';

export interface HandlerWorkersOptions
  extends
    Pick<HandlerSettings, 'batchSize' | 'maxInvocations' | 'workerMemoryMiB'>,
    Pick<Settings, 'concurrency' | 'maxJobDurationSeconds'> {
  /** Node starts the processes itself, unless this is given. */
  start?: StartWorker;
  command: WorkerCommand;
  /** Of each worker, except for the address of its Runtime API. */
  environment: Readonly<Record<string, string | undefined>>;
  functionArn: string;
  source: EventSource;
  stopping: AbortSignal;
  clock: Clock;
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}

export interface HandlerWorkers extends Workers {
  /** Replaces each worker after its current invocation. */
  reload(): void;
}

/** Keeps processes that take one batch after the other. */
export function createHandlerWorkers(options: HandlerWorkersOptions): HandlerWorkers {
  // No slot is free before its worker asks for an invocation.
  const slots = createSlots(options.concurrency, options.concurrency);
  const pool = new WarmPool({
    ...options,
    slots,
    readResidentMemory,
    // They are started rarely. If Node starts them itself, their last lines arrive together with their answers.
    start: (callbacks) => WarmWorker.start({ start: startByNode, ...options, ...callbacks }),
  });
  pool.begin();
  return {
    slots,
    batchSize: options.batchSize,
    start: (jobs) => runBatch(jobs, { ...options, takeWorker: () => takeWorker(pool, slots) }),
    // The pool frees the slot when its worker asks for more.
    done: () => undefined,
    kill: () => {
      pool.kill();
    },
    close: () => pool.close(),
    reload: () => {
      pool.reload();
    },
  };
}

/** Frees the slot that the loop took if there is no worker, since then nobody will ask for more. */
async function takeWorker(pool: WarmPool, slots: Slots): Promise<WarmWorker | undefined> {
  const worker = await pool.take();
  if (worker === undefined) slots.release();
  return worker;
}

interface BatchOptions {
  /** Resolves to a worker that is ready; undefined if there will be none soon. */
  takeWorker: () => Promise<Pick<WarmWorker, 'invoke' | 'stop'> | undefined>;
  source: EventSource;
  maxJobDurationSeconds: number;
  clock: Clock;
  /** For deadlines, and comparable to the time at which SQS says that a message was sent. */
  timeOfDay: Pick<Clock, 'now'>;
  log: Logger;
}

/** Gives messages to a warm worker, from their first line of log to their outcomes. */
function runBatch(jobs: readonly Job[], options: BatchOptions): RunningBatch {
  const control = new BatchControl();
  return {
    settled: work(jobs, options, control),
    stop: (reason, graceMs) => {
      control.stop(reason, graceMs);
    },
    abandon: () => {
      control.abandon();
    },
  };
}

type Worker = Pick<WarmWorker, 'invoke' | 'stop'>;

/** How others end an invocation while it is under way. */
class BatchControl {
  /** The first reason for which its worker was told to end. */
  told: StopReason | undefined;
  /** Resolves when nobody waits for its end any more. */
  readonly abandoned: Promise<InvocationEnd>;
  abandon!: () => void;
  private worker: Worker | undefined;

  constructor() {
    const end = { kind: 'exited', code: null, signal: 'SIGKILL', stopped: 'shutdown' } as const;
    this.abandoned = new Promise((resolve) => (this.abandon = () => resolve({ kind: 'ended', end })));
  }

  /** Returns whether the worker is still to be given the messages. */
  take(worker: Worker): boolean {
    this.worker = worker;
    return this.told === undefined;
  }

  stop(reason: StopReason, graceMs: number): void {
    this.told ??= reason;
    this.worker?.stop(reason, graceMs);
  }
}

async function work(jobs: readonly Job[], options: BatchOptions, control: BatchControl) {
  const { clock, log } = options;
  const startedAtMs = clock.now();
  // If there is one message, its id is the invocation's, so that whatever a handler logs leads to the message.
  const requestId = jobs.length === 1 ? jobs[0]!.messageId : randomUUID();
  const invocationId = jobs.length === 1 ? undefined : requestId;
  jobs.forEach((job) => {
    log.info(receivedText({ ...job, invocationId }), job.messageId);
  });
  const worker = await options.takeWorker();
  const isWorking = worker !== undefined && control.take(worker);
  const end = isWorking ? await invoke(worker, { jobs, requestId, control }, options) : undefined;
  const nowMs = clock.now();
  const tried = jobs.map(invokedAt(nowMs));
  const decisions =
    end === undefined
      ? tried.map((message) => release(NO_WORKER, message))
      : decideBatch(end, tried, control.told);
  tell(jobs, decisions, { ...options, durationMs: nowMs - startedAtMs, exit: exitOf(end) });
  return decisions.map(({ settlement }) => settlement);
}

const NO_WORKER = 'there was no worker for it; it goes back at once';

const invokedAt = (nowMs: number) => (job: Job) => ({ messageId: job.messageId, ...triedOf(job, nowMs) });

const exitOf = (end: InvocationEnd | undefined) =>
  end?.kind === 'ended' && end.end.kind === 'exited' ? end.end : undefined;

async function invoke(
  worker: Worker,
  { jobs, requestId, control }: { jobs: readonly Job[]; requestId: string; control: BatchControl },
  options: BatchOptions,
): Promise<InvocationEnd> {
  const { timeOfDay, source } = options;
  // All are kept hidden, and the first one came first.
  const limit = limitTime(control, jobs[0]!.receivedAtMs, options);
  const answered = worker.invoke({
    requestId,
    event: sqsEvent(jobs, source),
    deadlineMs: timeOfDay.now() + Math.round(limit.seconds * 1000),
    traceHeader: jobs[0]!.traceHeader,
  });
  const end = await Promise.race([answered, control.abandoned]);
  limit.cancel();
  return end;
}

function tell(
  jobs: readonly Job[],
  decisions: readonly Decision[],
  more: Pick<BatchOptions, 'log' | 'timeOfDay'> & {
    durationMs: number;
    exit: { code: number | null; signal: string | null } | undefined;
  },
): void {
  jobs.forEach((job, index) => {
    const decision = decisions[index];
    if (decision === undefined) return;
    const outcome = outcomeOf(decision, { ...more, job, nowMs: more.timeOfDay.now() });
    more.log.outcome(outcome, job.messageId);
  });
}
