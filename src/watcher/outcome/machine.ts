import { pause, type Clock } from '../clock';
import type { Progress } from '../health/progress';
import type { Logger } from '../log/logger';
import type { Job } from '../message/job';
import { createBackoff, type Backoff } from '../../shared/backoff';
import type { Poll } from '../queue/poll';
import { isMachineError } from '../worker/machine-errors';
import type { WorkerEnd } from '../worker/run-worker';
import { decisionFor, type Decision, type Tried } from './decide';

/** So often a message goes back uncounted from one task; then it is taken for the cause of the error itself. */
export const MOST_RETURNS = 3;

/** A machine on which nothing has run for so long is given up. */
export const GIVE_UP_MS = 2 * 60_000;

/** Messages whose returns are remembered. A task that is sick takes few. */
const MOST_REMEMBERED = 1_000;

interface MachineParts {
  clock: Clock;
  random: () => number;
  log: Pick<Logger, 'info' | 'error'>;
  stopping: AbortSignal;
  progress: Pick<Progress, 'reach'>;
  /** Where it is asked whether the task is well; a task that nobody replaces tries on for ever. */
  healthSocket: string | undefined;
}

/** Whether workers can be started here. Where not, it is no message's fault, and the task takes fewer, then none. */
export class Machine {
  private readonly parts: MachineParts;
  private readonly backoff: Backoff;
  private readonly returns = new Map<string, number>();
  private reason: string | undefined;
  private failingSinceMs: number | undefined;
  private waitMs = 0;
  /** It grows once for a pause, however many messages of the poll before it failed. */
  private hasPaused = true;
  private isGivenUp = false;

  constructor(parts: MachineParts) {
    this.parts = parts;
    this.backoff = createBackoff(parts.random);
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
      const { clock, stopping, progress } = this.parts;
      progress.reach('backing off');
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
    const { clock, log, healthSocket } = this.parts;
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
    this.parts.log.info('workers can be started again');
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
