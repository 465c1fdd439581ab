import type { Clock } from '../clock';
import { heartbeatPeriodMs } from '../outcome/heartbeat';
import { LONGEST_BACKOFF_MS } from '../../shared/backoff';
import { LONGEST_CALL_MS } from '../aws/timeouts';
import { LONGEST_POLL_MS } from '../queue/sqs/timeouts';

/** What the loop is doing. */
export type Stage = 'receiving' | 'backing off' | 'working' | 'retired';

/** How long it may do so. A slot may be busy for 12 hours: a worker's time is for `maxJobDuration` to limit. */
const LONGEST_MS: Readonly<Record<Stage, number>> = {
  receiving: LONGEST_POLL_MS,
  'backing off': LONGEST_BACKOFF_MS,
  working: Infinity,
  retired: Infinity,
};

/** Timers are late where workers take all of the processor. */
const SLACK_MS = 10_000;

/**
 * Whether the watcher goes on, by what its loop and its heartbeats last did. That SQS is away, or that jobs take long,
 * is no reason to replace it. Bounds are wide: a watcher that is replaced for nothing takes its workers with it.
 */
export class Progress {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly stopping: AbortSignal;
  private readonly sickness: () => string | undefined;
  /** The next beat may be due after a period, and then wait for the call of the last. */
  private readonly longestBeatMs: number;
  stage: Stage = 'working';
  private reachedAtMs: number;
  private beatAtMs: number;

  constructor(parts: {
    clock: Pick<Clock, 'now'>;
    stopping: AbortSignal;
    visibilityTimeoutSeconds: number;
    /** Why no work can be done here, if none can. */
    sickness?: () => string | undefined;
  }) {
    this.clock = parts.clock;
    this.stopping = parts.stopping;
    this.sickness = parts.sickness ?? (() => undefined);
    this.longestBeatMs = heartbeatPeriodMs(parts.visibilityTimeoutSeconds) + LONGEST_CALL_MS + SLACK_MS;
    this.reachedAtMs = this.clock.now();
    this.beatAtMs = this.reachedAtMs;
  }

  /** The loop has come this far. */
  reach(stage: Stage): void {
    this.stage = stage;
    this.reachedAtMs = this.clock.now();
  }

  /** Messages are being held, or there was none to hold; whether SQS answers does not matter. */
  beat(): void {
    this.beatAtMs = this.clock.now();
  }

  /** What does not go on, or undefined. Once told to stop, the watcher is ended in time by whoever told it. */
  problem(): string | undefined {
    if (this.stopping.aborted) return undefined;
    const nowMs = this.clock.now();
    const longestMs = LONGEST_MS[this.stage] + SLACK_MS;
    if (nowMs - this.reachedAtMs > longestMs) {
      return `the loop has been ${this.stage} for more than ${seconds(longestMs)}`;
    }
    if (nowMs - this.beatAtMs > this.longestBeatMs) {
      return `no heartbeat for more than ${seconds(this.longestBeatMs)}`;
    }
    return this.sickness();
  }
}

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;
