import { KIB, MIB } from '../../shared/sizes';
import { type Ending, ExitCode, type JobResult, OUTCOMES } from '../../contract/outcomes';
import type { Outcome } from '../../contract/log-lines';
import { exponentialWait } from '../../shared/backoff';
import type { Job } from '../job/job';
import { LONG_POLL_SECONDS, MAX_HOLD_SECONDS } from '../queue/queue';
import { describeExit, STOPPED, type StopReason, type WorkerEnd } from '../worker/run-worker';
import type { InvocationEnd } from '../worker/warm/runtime-api';

/** What is done with the message. */
export type Settlement =
  | { action: 'delete' }
  /** It becomes visible again after the seconds. Uncounted: the receive is not one of `maxReceives`. */
  | { action: 'return'; afterSeconds: number; isCounted: boolean };

export interface Decision {
  result: JobResult;
  reason: string;
  settlement: Settlement;
}

/** Watchbot's backoff: 2, 4, 8 … seconds, by how often the message has been received. */
export function backoffSeconds(receives: number, heldSeconds: number): number {
  // If the clock is set back, the message seems to have come later than it did.
  const leftSeconds = MAX_HOLD_SECONDS - Math.ceil(Math.max(0, heldSeconds)) - 1;
  return Math.max(0, exponentialWait(receives, { first: 1, most: leftSeconds }));
}

/** The past of a message, as far as that decides how long it waits. */
export interface Tried {
  /** Includes those of the message that it is a copy of. */
  receives: number;
  heldSeconds: number;
}

export const triedOf = (
  { receives, copy, receivedAtMs }: Pick<Job, 'receives' | 'copy' | 'receivedAtMs'>,
  nowMs: number,
): Tried => ({
  receives: receives + (copy?.receives ?? 0),
  heldSeconds: (nowMs - receivedAtMs) / 1000,
});

/** The fate of a message, from how its worker ended. */
export function decide(end: WorkerEnd, tried: Tried): Decision {
  if (end.kind !== 'exited') return decisionFor('failed', end.reason, tried);
  const ending = stoppedEnding(end.stopped) ?? CODE_ENDINGS.get(end.code) ?? 'failed';
  const reason =
    end.stopped === undefined ? (CODE_REASONS[ending] ?? describeExit(end)) : STOPPED[end.stopped];
  return decisionFor(ending, reason, tried);
}

/** The fate of a message, from what the end of its job means: a row of `OUTCOMES`. */
export function decisionFor(ending: Ending, reason: string, tried: Tried): Decision {
  const { result, fate, isReceiveCounted: isCounted } = OUTCOMES[ending];
  if (fate === 'deleted') return { result, reason, settlement: { action: 'delete' } };
  const afterSeconds = fate === 'at once' ? 0 : backoffSeconds(tried.receives, tried.heldSeconds);
  return { result, reason, settlement: { action: 'return', afterSeconds, isCounted } };
}

/** What it means that a worker was told to end. Undefined if it was not told. */
function stoppedEnding(reason: StopReason | undefined): Ending | undefined {
  if (reason === undefined) return undefined;
  if (reason === 'shutdown') return 'told';
  return reason === 'duration' || reason === 'window' ? 'overtime' : 'failed';
}

const CODE_ENDINGS: ReadonlyMap<number | null, Ending> = new Map([
  [ExitCode.success, 'done'],
  [ExitCode.rejected, 'rejected'],
  [ExitCode.noop, 'noop'],
]);

const CODE_REASONS: Partial<Record<Ending, string>> = {
  done: 'exit code 0',
  rejected: 'exit code 3: rejected',
  noop: 'exit code 4: no-op',
};

/**
 * For a message that arrives when the task is already stopping: another watcher may have it at once. If it was received
 * before, other tasks that stop may have released it: then it waits until their polls are over. Otherwise each would release
 * it again, and its receives would be used up within a second.
 */
export function decideRelease({ receives }: Pick<Job, 'receives'>): Settlement {
  return { action: 'return', afterSeconds: receives > 1 ? LONG_POLL_SECONDS : 0, isCounted: false };
}

/** A message of an invocation, as far as its fate depends on it. */
export interface Invoked extends Tried {
  messageId: string;
}

/**
 * The fate of each message, from how their invocation ended.
 * @param told why the worker was told to end before that: then its answer does not count
 */
export function decideBatch(
  end: InvocationEnd,
  messages: readonly Invoked[],
  told: StopReason | undefined = stoppedBy(end),
): Decision[] {
  const ending = stoppedEnding(told);
  if (told !== undefined && ending !== undefined)
    return messages.map((message) => decisionFor(ending, STOPPED[told], message));
  const ids = new Set(messages.map(({ messageId }) => messageId));
  const failures = failuresOf(end, ids);
  return messages.map((message) => {
    const reason = typeof failures === 'string' ? failures : failures.get(message.messageId);
    return reason === undefined
      ? decisionFor('done', 'handled', message)
      : decisionFor('failed', reason, message);
  });
}

/** Releases a message: another watcher may have it at once, and its receive is not counted. */
export const release = (reason: string, message: Tried): Decision => decisionFor('told', reason, message);

const stoppedBy = (end: InvocationEnd): StopReason | undefined =>
  end.kind === 'ended' && end.end.kind === 'exited' ? end.end.stopped : undefined;

/** Why messages failed, by their ids; a text if all failed for the same reason. */
function failuresOf(end: InvocationEnd, ids: ReadonlySet<string>): string | ReadonlyMap<string, string> {
  switch (end.kind) {
    case 'response':
      return itemFailures(end.body, ids);
    case 'error':
      return `${end.error.errorType}: ${end.error.errorMessage}`;
    case 'refused':
      return end.reason;
    case 'ended':
      return endOfWorker(end.end);
  }
}

function endOfWorker(end: Extract<InvocationEnd, { kind: 'ended' }>['end']): string {
  if (end.kind !== 'exited') return end.reason;
  return `its worker ended before it answered: ${describeExit(end)}`;
}

/** A handler that reports no failures may answer anything: most do not know that anybody reads their answer. */
function itemFailures(body: Buffer, ids: ReadonlySet<string>): string | ReadonlyMap<string, string> {
  const answer = parse(body);
  if (answer === INVALID) return 'its answer is no JSON';
  if (typeof answer !== 'object' || answer === null) return NONE;
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return NONE;
  if (!Array.isArray(batchItemFailures)) return 'batchItemFailures in its answer is no list';
  return namedItems(batchItemFailures, ids);
}

/**
 * One wrong name fails the whole batch, since nobody knows which message it was meant for.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
function namedItems(
  items: readonly unknown[],
  ids: ReadonlySet<string>,
): string | ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const item of items) {
    const { itemIdentifier } = (item ?? {}) as { itemIdentifier?: unknown };
    if (typeof itemIdentifier !== 'string' || !ids.has(itemIdentifier)) {
      return 'batchItemFailures in its answer names no message of the batch';
    }
    named.set(itemIdentifier, 'named in batchItemFailures');
  }
  return named;
}

const NONE: ReadonlyMap<string, string> = new Map();
const INVALID = Symbol('no JSON');

/** An empty answer is as good as null. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return INVALID;
  }
}

/** What the outcome line of a message says. */
export function outcomeOf(
  { result, reason }: Pick<Decision, 'result' | 'reason'>,
  {
    job,
    durationMs,
    nowMs,
    exit,
    peakMemoryKiB,
  }: {
    job: Pick<Job, 'receives' | 'sentAt'>;
    durationMs: number;
    /** By the time of day, as SQS says when a message was sent. */
    nowMs: number;
    /** How the worker's process ended, if it ended with the message. */
    exit: { code: number | null; signal: string | null } | undefined;
    /** Of the job's biggest process, if it is known. */
    peakMemoryKiB?: number | undefined;
  },
): Outcome {
  return {
    result,
    reason,
    durationMs: Math.round(durationMs),
    responseDurationMs: Math.max(0, nowMs - job.sentAt.getTime()),
    receives: job.receives,
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    peakMemoryMiB: peakMemoryKiB === undefined ? undefined : Math.ceil((peakMemoryKiB * KIB) / MIB),
  };
}
