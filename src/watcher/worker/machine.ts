import { type Backoff, createBackoff } from '../../shared/backoff';
import { type Clock, pause } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Job } from '../job/job';
import type { Logger } from '../log';
import { type Decision, decisionFor, type Tried } from '../settle/decide';
import type { Poll } from '../queue/poll';
import type { WorkerEnd } from './run-worker';

/** So often a message goes back uncounted from one task; then it is taken for the cause of the error itself. */
export const MOST_RETURNS = 3;

/** A machine on which nothing has run for so long is given up. */
export const GIVE_UP_MS = 2 * 60_000;

/** Messages whose returns are remembered. A task that is sick takes few. */
const MOST_REMEMBERED = 1_000;

interface MachineOptions {
  clock: Clock;
  random: () => number;
  log: Pick<Logger, 'info' | 'error'>;
  stopping: AbortSignal;
  liveness: Pick<Liveness, 'reach'>;
  /** Where it is asked whether the task is well; a task that nobody replaces tries on for ever. */
  healthSocket: string | undefined;
}

/** Whether workers can be started here. Where not, it is no message's fault, and the task takes fewer, then none. */
export class Machine {
  private readonly options: MachineOptions;
  private readonly backoff: Backoff;
  private readonly returns = new Map<string, number>();
  private reason: string | undefined;
  private failingSinceMs: number | undefined;
  private waitMs = 0;
  /** It grows once for a pause, however many messages of the poll before it failed. */
  private hasPaused = true;
  private isGivenUp = false;

  constructor(options: MachineOptions) {
    this.options = options;
    this.backoff = createBackoff(options.random);
  }

  /** What becomes of a message whose worker could not be started for the machine's sake; undefined of any other. */
  judge(job: Pick<Job, 'messageId' | 'copy'>, end: WorkerEnd, tried: Tried): Decision | undefined {
    if (end.kind === 'exited') this.succeed();
    if (end.kind !== 'not-started' || !isMachineError(end.code)) return undefined;
    this.fail(end.reason);
    // A copy is bounded with the message that was sent first.
    const id = job.copy?.messageId ?? job.messageId;
    const returns = (this.returns.get(id) ?? 0) + 1;
    this.remember(id, returns);
    if (returns > MOST_RETURNS) return undefined;
    return decisionFor('untried', `not tried: ${end.reason}`, tried);
  }

  /** While nothing can be started, polls wait, and ask for one message. Once it is given up, for none. */
  pace(poll: Poll): Poll {
    return async (maxMessages, waitMs) => {
      if (this.reason === undefined) return poll(maxMessages, waitMs);
      const { clock, stopping, liveness } = this.options;
      liveness.reach('backing off');
      await pause(clock, this.waitMs, stopping);
      this.hasPaused = true;
      return this.isGivenUp || stopping.aborted ? [] : poll(1, waitMs);
    };
  }

  /** Why the task is to be replaced, or undefined. Not while jobs are in hand: they would be killed with it. */
  problem(isAtWork: boolean): string | undefined {
    return this.isGivenUp && !isAtWork ? `no worker can be started: ${this.reason}` : undefined;
  }

  private fail(reason: string): void {
    const { clock, log, healthSocket } = this.options;
    const nowMs = clock.now();
    this.failingSinceMs ??= nowMs;
    if (this.reason === undefined)
      log.error(`${reason}: messages go back, and fewer are taken until a worker can be started`);
    this.reason = reason;
    if (this.hasPaused) this.waitMs = this.backoff.next();
    this.hasPaused = false;
    if (healthSocket === undefined || this.isGivenUp || nowMs - this.failingSinceMs < GIVE_UP_MS) return;
    this.isGivenUp = true;
    log.error(`no worker could be started for ${GIVE_UP_MS / 60_000} minutes: no message is taken any more`);
  }

  private succeed(): void {
    if (this.reason === undefined) return;
    this.options.log.info('workers can be started again');
    this.reason = undefined;
    this.failingSinceMs = undefined;
    this.isGivenUp = false;
    this.backoff.reset();
    this.hasPaused = true;
  }

  private remember(messageId: string, returns: number): void {
    this.returns.delete(messageId);
    this.returns.set(messageId, returns);
    const [oldest] = this.returns.keys();
    if (this.returns.size > MOST_REMEMBERED && oldest !== undefined) this.returns.delete(oldest);
  }
}

/**
 * Errors by which a process cannot be started or a file not be written, and which are the machine's: another machine, or
 * this one later on, can do the same. All others say something of what was asked for.
 */
export const MACHINE_ERROR_CODES: readonly string[] = [
  // The process ids of the container or the user are used up.
  'EAGAIN',
  // The kernel has no memory for another process.
  'ENOMEM',
  // The watcher or its launcher has as many files open as it may; or the whole machine.
  'EMFILE',
  'ENFILE',
  // The disk is full, or the user's share of it.
  'ENOSPC',
  'EDQUOT',
  // The disk can only be read: it is so after an error, and no message makes it so.
  'EROFS',
  // The disk is broken.
  'EIO',
];

export const isMachineError = (code: string | undefined): boolean =>
  code !== undefined && MACHINE_ERROR_CODES.includes(code);
