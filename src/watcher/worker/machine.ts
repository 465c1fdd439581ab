import { type Backoff, createBackoff } from '../../shared/backoff';
import { type Clock, pause } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Job } from '../job/job';
import type { Logger } from '../log';
import { type Decision, decisionFor, type Tried } from '../settle/decide';
import type { Poll } from '../queue/poll';
import type { WorkerEnd } from './run-worker';

/** How often a task releases a message uncounted; then the message is taken for the cause of the error. */
export const MOST_RETURNS = 3;

/** A machine on which no worker could be started for so long is given up. */
export const GIVE_UP_MS = 2 * 60_000;

/** How many messages are remembered. A sick task takes few. */
const MOST_REMEMBERED = 1_000;

interface MachineOptions {
  clock: Clock;
  random: () => number;
  log: Pick<Logger, 'info' | 'error'>;
  stopping: AbortSignal;
  liveness: Pick<Liveness, 'begin'>;
  /** Where the health check is answered. A task that has none, and so is not replaced, never gives up. */
  healthSocket: string | undefined;
}

/** Whether workers can be started here. If not, no message is at fault, and the task takes fewer messages, then none. */
export class Machine {
  private readonly options: MachineOptions;
  private readonly backoff: Backoff;
  private readonly returns = new Map<string, number>();
  private reason: string | undefined;
  private failingSinceMs: number | undefined;
  private waitMs = 0;
  /** The wait grows once for each pause, however many messages of the poll before it failed. */
  private hasPaused = true;
  private isGivenUp = false;

  constructor(options: MachineOptions) {
    this.options = options;
    this.backoff = createBackoff(options.random);
  }

  /** The fate of a message whose worker the machine could not start; undefined for any other message. */
  judge(job: Pick<Job, 'messageId' | 'copy'>, end: WorkerEnd, tried: Tried): Decision | undefined {
    if (end.kind === 'exited') this.succeed();
    if (end.kind !== 'not-started' || !isMachineError(end.code)) return undefined;
    this.fail(end.reason);
    // A copy counts together with its original.
    const id = job.copy?.messageId ?? job.messageId;
    const returns = (this.returns.get(id) ?? 0) + 1;
    this.remember(id, returns);
    if (returns > MOST_RETURNS) return undefined;
    return decisionFor('untried', `not tried: ${end.reason}`, tried);
  }

  /** While no worker can be started, polls wait, and ask for one message; once the machine is given up, for none. */
  pace(poll: Poll): Poll {
    return async (maxMessages, waitMs) => {
      if (this.reason === undefined) return poll(maxMessages, waitMs);
      const { clock, stopping, liveness } = this.options;
      const end = liveness.begin('backing off');
      await pause(clock, this.waitMs, stopping);
      end();
      this.hasPaused = true;
      return this.isGivenUp || stopping.aborted ? [] : poll(1, waitMs);
    };
  }

  /** Whether the last worker could not be started. */
  get isSick(): boolean {
    return this.reason !== undefined;
  }

  /** Why the task is to be replaced, or undefined. Never while jobs are in hand: they would be killed with the task. */
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
 * Errors of the machine, because of which a process cannot be started or a file cannot be written: another machine, or this
 * one later on, may well succeed. All other errors are due to the command or the message.
 */
export const MACHINE_ERROR_CODES: readonly string[] = [
  // The container or the user has no process ids left.
  'EAGAIN',
  // The kernel has no memory for another process.
  'ENOMEM',
  // The watcher or its launcher has as many files open as it may, or the whole machine has.
  'EMFILE',
  'ENFILE',
  // The disk is full, or the user's quota is used up.
  'ENOSPC',
  'EDQUOT',
  // The disk has become read-only, as it does after an error. No message can cause that.
  'EROFS',
  // The disk is broken.
  'EIO',
];

const isMachineError = (code: string | undefined): boolean =>
  code !== undefined && MACHINE_ERROR_CODES.includes(code);
