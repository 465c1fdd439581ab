import { randomUUID } from 'node:crypto';
import { receivedText } from '../../contract/log-lines';
import type { Clock } from '../clock';
import type { Logger } from '../log/logger';
import type { Job } from '../message/job';
import { sqsEvent, type EventSource } from '../message/sqs-event';
import type { InvocationEnd } from '../worker/warm/invocation';
import type { WarmWorker } from '../worker/warm/warm-worker';
import type { RunningBatch } from '../workers';
import type { Decision } from './decide';
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
  let worker: Pick<WarmWorker, 'stop'> | undefined;
  let isStopping = false;
  const onWorker = (taken: Pick<WarmWorker, 'stop'>) => {
    worker = taken;
    return !isStopping;
  };
  return {
    settled: work(jobs, parts, onWorker),
    // A runtime takes SIGTERM for its end, not for that of its invocation: it is told nothing until its time is up.
    stop: (reason, graceMs) => {
      isStopping = true;
      parts.clock.after(graceMs, () => worker?.stop(reason, 0));
    },
  };
}

async function work(
  jobs: readonly Job[],
  parts: BatchParts,
  onWorker: (worker: Pick<WarmWorker, 'stop'>) => boolean,
) {
  const { clock, log } = parts;
  const startedAtMs = clock.now();
  // One message has its own id for that of its invocation, so that whatever a handler logs leads to it.
  const requestId = jobs.length === 1 ? jobs[0]!.messageId : randomUUID();
  const invocationId = jobs.length === 1 ? undefined : requestId;
  jobs.forEach((job) => {
    log.info(receivedText({ ...job, invocationId }), job.messageId);
  });
  const worker = await parts.takeWorker();
  const isWorking = worker !== undefined && onWorker(worker);
  const end = isWorking ? await invoke(worker, { jobs, requestId }, parts) : undefined;
  const nowMs = clock.now();
  const decisions =
    end === undefined ? jobs.map(() => NO_WORKER) : decideBatch(end, jobs.map(invokedAt(nowMs)));
  tell(jobs, decisions, { ...parts, durationMs: nowMs - startedAtMs, exit: exitOf(end) });
  return decisions.map(({ settlement }) => settlement);
}

const NO_WORKER = release('there was no worker for it; it goes back at once');

const invokedAt =
  (nowMs: number) =>
  ({ messageId, receives, receivedAtMs }: Job) => ({
    messageId,
    receives,
    heldSeconds: (nowMs - receivedAtMs) / 1000,
  });

const exitOf = (end: InvocationEnd | undefined) =>
  end?.kind === 'ended' && end.end.kind === 'exited' ? end.end : undefined;

async function invoke(
  worker: Pick<WarmWorker, 'invoke' | 'stop'>,
  { jobs, requestId }: { jobs: readonly Job[]; requestId: string },
  parts: BatchParts,
): Promise<InvocationEnd> {
  const { timeOfDay, source } = parts;
  // All have been held since the first of them came.
  const limit = limitTime(worker, jobs[0]!.receivedAtMs, parts);
  const end = await worker.invoke({
    requestId,
    event: sqsEvent(jobs, source),
    deadlineMs: timeOfDay.now() + Math.round(limit.seconds * 1000),
    traceHeader: jobs[0]!.traceHeader,
  });
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
