import { createBackoff } from '../../../shared/backoff';
import { type Clock, pause } from '../../../shared/clock';
import type { Logger } from '../../log';
import { describeExit, STOPPED } from '../run-worker';
import type { WarmEnd, WarmWorker, WarmWorkerOptions } from './warm-worker';

export type StartWarmWorker = (
  callbacks: Pick<WarmWorkerOptions, 'writeLines' | 'onReady' | 'onGone'>,
) => Promise<WarmWorker>;

export interface KeepOptions {
  start: StartWarmWorker;
  failures: InitFailures;
  /** Its process runs. */
  onStarted: (worker: WarmWorker) => void;
  onReady: (worker: WarmWorker) => void;
  /** The worker does not wait for an invocation any more. */
  onGone: (worker: WarmWorker) => void;
  onEnded: (worker: WarmWorker) => void;
  /** A worker could not be initialised. */
  onFailed: () => void;
  /** Whether the worker was told to end since another one takes its place. */
  isReplaced: (worker: WarmWorker) => boolean;
  /** Whether a worker is still wanted. */
  isWanted: () => boolean;
  /** Is given when the next attempt must not wait. */
  retryNow: () => AbortSignal;
  clock: Clock;
  random: () => number;
  log: Pick<Logger, 'info' | 'warn' | 'error' | 'worker'>;
}

/** Keeps one warm worker after the other, as long as one is wanted. Never rejects. */
export async function keepWarm(options: KeepOptions, onFirstReady: () => void): Promise<void> {
  const { clock, random, isWanted, retryNow } = options;
  const backoff = createBackoff(random);
  while (isWanted()) {
    const isPaced = await runOne(options, onFirstReady);
    if (isPaced) backoff.reset();
    else if (isWanted()) await pause(clock, backoff.next(), retryNow());
  }
}

/**
 * Runs one worker from start to end. Resolves to whether the next one may start at once: if a worker ended with its
 * messages, their own backoff paces it.
 */
async function runOne(options: KeepOptions, onFirstReady: () => void): Promise<boolean> {
  const { failures, log } = options;
  const output = new InitOutput(log, failures.isFailing);
  const onReady = (worker: WarmWorker) => {
    failures.succeeded(output);
    onFirstReady();
    options.onReady(worker);
  };
  const writeLines: WarmWorkerOptions['writeLines'] = (lines, requestId) =>
    requestId === undefined ? output.write(lines) : log.worker(lines, requestId);
  const fail = (reason: string) => {
    failures.failed(reason, output);
    options.onFailed();
  };
  try {
    const worker = await options.start({ writeLines, onReady, onGone: options.onGone });
    options.onStarted(worker);
    const end = await worker.ended;
    options.onEnded(worker);
    const isReplaced = options.isReplaced(worker);
    if (!end.wasReady && options.isWanted() && !isReplaced) fail(describeInitFailure(end));
    else if (hasVanished(end)) log.warn(`a worker ended by itself: ${describeInitFailure(end)}`);
    else if (isSilent(end)) log.warn(`a worker is replaced: ${describeInitFailure(end)}`);
    return end.wasInvoked || isReplaced;
  } catch (error) {
    fail((error as Error).message);
    return false;
  }
}

const isSilent = ({ end }: WarmEnd) => end.kind === 'exited' && end.stopped === 'silent';

/** While it waited for its first invocation. Later ends are told with the messages, or are the runtime's own affair. */
function hasVanished({ end, wasReady, wasInvoked }: WarmEnd): boolean {
  return wasReady && !wasInvoked && !(end.kind === 'exited' && end.stopped !== undefined);
}

/** Enough for a stack trace. What a failing start writes beyond it was logged when the start failed for the first time. */
const MAX_LINES_KEPT = 200;

/** Says once that a handler cannot be initialised, however many workers fail and however often they retry. */
export class InitFailures {
  private readonly log: Pick<Logger, 'info' | 'error' | 'worker'>;
  private reason: string | undefined;

  constructor(log: Pick<Logger, 'info' | 'error' | 'worker'>) {
    this.log = log;
  }

  get isFailing(): boolean {
    return this.reason !== undefined;
  }

  /** Is called when a worker has ended, or could not be started, before it asked for an invocation. */
  failed(reason: string, output: InitOutput): void {
    if (reason === this.reason) return;
    output.show();
    this.log.error(
      `the handler cannot be initialised: ${reason}; trying on, and no message is taken meanwhile`,
    );
    this.reason = reason;
  }

  succeeded(output: InitOutput): void {
    output.show();
    if (this.reason !== undefined) this.log.info('the handler is initialised');
    this.reason = undefined;
  }
}

/** What a worker writes before it is ready. It is kept back while workers are known to fail, since it was logged then. */
export class InitOutput {
  private readonly log: Pick<Logger, 'worker'>;
  private kept: string[] | undefined;

  constructor(log: Pick<Logger, 'worker'>, isKept: boolean) {
    this.log = log;
    this.kept = isKept ? [] : undefined;
  }

  write(lines: readonly string[]): ReturnType<Logger['worker']> {
    if (this.kept === undefined) return this.log.worker(lines);
    this.kept.push(...lines.slice(0, MAX_LINES_KEPT - this.kept.length));
  }

  /** Logs what was kept back, and from now on everything. */
  show(): void {
    if (this.kept !== undefined && this.kept.length > 0) void this.log.worker(this.kept);
    this.kept = undefined;
  }
}

function describeInitFailure({ initError, end }: Pick<WarmEnd, 'initError' | 'end'>): string {
  if (initError !== undefined) return `${initError.errorType}: ${initError.errorMessage}`;
  if (end.kind !== 'exited') return end.reason;
  return end.stopped === undefined ? `it ended with ${describeExit(end)}` : STOPPED[end.stopped];
}
