import { pause, type Clock } from '../../clock';
import type { Logger } from '../../log/logger';
import { createBackoff } from '../../../shared/backoff';
import { describeInitFailure, InitOutput, type InitFailures } from './init-failures';
import type { WarmEnd, WarmWorker, WarmWorkerParts } from './warm-worker';

export type StartWarmWorker = (
  callbacks: Pick<WarmWorkerParts, 'writeLines' | 'onReady' | 'onGone'>,
) => Promise<WarmWorker>;

export interface KeepParts {
  start: StartWarmWorker;
  failures: InitFailures;
  /** Its process runs. */
  onStarted: (worker: WarmWorker) => void;
  onReady: (worker: WarmWorker) => void;
  /** It does not wait for an invocation any more. */
  onGone: (worker: WarmWorker) => void;
  onEnded: (worker: WarmWorker) => void;
  /** None could be initialised. */
  onFailed: () => void;
  /** Whether it was to end. */
  isReplaced: (worker: WarmWorker) => boolean;
  /** Whether one is still wanted. */
  isWanted: () => boolean;
  /** Given when the next try is not to be waited for. */
  retryNow: () => AbortSignal;
  clock: Clock;
  random: () => number;
  log: Pick<Logger, 'info' | 'warn' | 'error' | 'worker'>;
}

/** One warm worker after the other, for as long as one is wanted. Never rejects. */
export async function keepWarm(parts: KeepParts, onFirstReady: () => void): Promise<void> {
  const { clock, random, isWanted, retryNow } = parts;
  const backoff = createBackoff(random);
  while (isWanted()) {
    const isPaced = await runOne(parts, onFirstReady);
    if (isPaced) backoff.reset();
    else if (isWanted()) await pause(clock, backoff.next(), retryNow());
  }
}

/**
 * From start to end. Resolves to whether the next may start at once: what ends with the messages that it is at is paced
 * by their own backoff.
 */
async function runOne(parts: KeepParts, onFirstReady: () => void): Promise<boolean> {
  const { failures, log } = parts;
  const output = new InitOutput(log, failures.isFailing);
  const onReady = (worker: WarmWorker) => {
    failures.succeeded(output);
    onFirstReady();
    parts.onReady(worker);
  };
  const writeLines: WarmWorkerParts['writeLines'] = (lines, requestId) =>
    requestId === undefined ? output.write(lines) : log.worker(lines, requestId);
  const fail = (reason: string) => {
    failures.failed(reason, output);
    parts.onFailed();
  };
  try {
    const worker = await parts.start({ writeLines, onReady, onGone: parts.onGone });
    parts.onStarted(worker);
    const end = await worker.ended;
    parts.onEnded(worker);
    const isReplaced = parts.isReplaced(worker);
    if (!end.wasReady && parts.isWanted() && !isReplaced) fail(describeInitFailure(end));
    else if (hasVanished(end)) log.warn(`a worker ended by itself: ${describeInitFailure(end)}`);
    else if (isSilent(end)) log.warn(`a worker is replaced: ${describeInitFailure(end)}`);
    return end.wasInvoked || isReplaced;
  } catch (error) {
    fail((error as Error).message);
    return false;
  }
}

const isSilent = ({ end }: WarmEnd) => end.kind === 'exited' && end.stopped === 'silent';

/** While it waited for its first invocation: else it is told with the messages, or is the runtime's own affair. */
function hasVanished({ end, wasReady, wasInvoked }: WarmEnd): boolean {
  return wasReady && !wasInvoked && !(end.kind === 'exited' && end.stopped !== undefined);
}
