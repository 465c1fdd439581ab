import { randomUUID } from 'node:crypto';
import { receivedText } from '../../contract/log-lines';
import type { Clock } from '../clock';
import type { Logger } from '../log/logger';
import type { Job } from '../message/job';
import { sqsEvent, type EventSource } from '../message/sqs-event';
import type { StopReason } from '../worker/run-worker';
import type { InvocationEnd } from '../worker/warm/invocation';
import type { WarmWorker } from '../worker/warm/warm-worker';
import type { RunningBatch } from '../workers';
import { triedOf, type Decision } from './decide';
import { decideBatch, release } from './decide-batch';
import { outcomeOf } from './outcome';
import { limitTime } from './time-limit';

export interface BatchParts {
  /** A worker that is ready; undefined where there will be none soon. */
  takeWorker: () => Promise<Pick<WarmWorker, 'invoke' | 'stop'> | undefined>;
  source: EventSource;
  maxJobDurationSeconds: number;
  clock: Clock;
  /** By which deadlines are told, and SQS says when a message was sent. */
  timeOfDay: Pick<Clock, 'now'>;
  log: Logger;
}

/** Gives messages to a warm worker, from their first line of log to their outcomes. */
export function runBatch(jobs: readonly Job[], parts: BatchParts): RunningBatch {
  const control = new BatchControl();
  return {
    settled: work(jobs, parts, control),
    stop: (reason, graceMs) => {
      control.stop(reason, graceMs);
    },
    abandon: () => {
      control.abandon();
    },
  };
}

type Worker = Pick<WarmWorker, 'invoke' | 'stop'>;

/** What others want of an invocation while it is under way. */
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

  /** Whether it is still to be given the messages. */
  take(worker: Worker): boolean {
    this.worker = worker;
    return this.told === undefined;
  }

  stop(reason: StopReason, graceMs: number): void {
    this.told ??= reason;
    this.worker?.stop(reason, graceMs);
  }
}

async function work(jobs: readonly Job[], parts: BatchParts, control: BatchControl) {
  const { clock, log } = parts;
  const startedAtMs = clock.now();
  // One message has its own id for that of its invocation, so that whatever a handler logs leads to it.
  const requestId = jobs.length === 1 ? jobs[0]!.messageId : randomUUID();
  const invocationId = jobs.length === 1 ? undefined : requestId;
  jobs.forEach((job) => {
    log.info(receivedText({ ...job, invocationId }), job.messageId);
  });
  const worker = await parts.takeWorker();
  const isWorking = worker !== undefined && control.take(worker);
  const end = isWorking ? await invoke(worker, { jobs, requestId, control }, parts) : undefined;
  const nowMs = clock.now();
  const tried = jobs.map(invokedAt(nowMs));
  const decisions =
    end === undefined
      ? tried.map((message) => release(NO_WORKER, message))
      : decideBatch(end, tried, control.told);
  tell(jobs, decisions, { ...parts, durationMs: nowMs - startedAtMs, exit: exitOf(end) });
  return decisions.map(({ settlement }) => settlement);
}

const NO_WORKER = 'there was no worker for it; it goes back at once';

const invokedAt = (nowMs: number) => (job: Job) => ({ messageId: job.messageId, ...triedOf(job, nowMs) });

const exitOf = (end: InvocationEnd | undefined) =>
  end?.kind === 'ended' && end.end.kind === 'exited' ? end.end : undefined;

async function invoke(
  worker: Worker,
  { jobs, requestId, control }: { jobs: readonly Job[]; requestId: string; control: BatchControl },
  parts: BatchParts,
): Promise<InvocationEnd> {
  const { timeOfDay, source } = parts;
  // All have been held since the first of them came.
  const limit = limitTime(control, jobs[0]!.receivedAtMs, parts);
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
  more: Pick<BatchParts, 'log' | 'timeOfDay'> & {
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
