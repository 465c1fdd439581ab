import { MAX_BATCH } from '../../shared/batches';
import type { Clock } from '../../shared/clock';

/** A message that is held ahead of its worker begins within this time, or goes back. */
export const HELD_AHEAD_MS = 1_000;

/** For this part of it a message waits for jobs; the rest is for what the watcher itself has to do. */
const WAITING_MS = 0.9 * HELD_AHEAD_MS;

/** If fewer than these begin within the time, jobs are long, and none is held ahead. */
const LEAST_AHEAD = 8;

/** Jobs that have to be short before the first message is held ahead. */
const JOBS_TO_TRUST = 10;
/** The same after messages had to go back, because a job took longer than those before it. */
const JOBS_TO_TRUST_AGAIN = 1_000;

/** Jobs that are remembered. */
const REMEMBERED = 64;

/** Of those, so many may take longer than is reckoned with: one of many is always held up for a moment. */
const SHARE_OF_OUTLIERS = 0.05;

/** What is known of the remembered jobs is worked out anew after so many. */
const LEARNED_EVERY = 8;

/** A mean moves so far towards each job. */
const MEAN_STEP = 1 / 16;

/** Shorter is not measured: timers and clocks are not so exact. */
const SHORTEST_MS = 0.05;

/** A job that keeps a slot. */
export interface Begun {
  readonly atMs: number;
}

/**
 * How fast jobs go here, as far as the recent ones tell. Long jobs in up to half of the slots do not count, since the other
 * slots go on; with one or two slots there must be none.
 */
export class Pace {
  private readonly concurrency: number;
  private readonly clock: Pick<Clock, 'now'>;
  /** In the order in which they began. */
  private readonly running = new Set<Begun>();
  /** Of the last jobs, in a ring. */
  private readonly recentMs: number[] = [];
  private jobs = 0;
  private jobsToTrust = JOBS_TO_TRUST;
  /** Of the remembered jobs, how many were long, and what the others took at most, but for the outliers. */
  private long = 0;
  private mostMs = Infinity;
  private meanMs = 0;
  /** Messages of a job: several if a worker takes batches. */
  private meanMessages = 1;

  constructor({ concurrency, clock }: { concurrency: number; clock: Pick<Clock, 'now'> }) {
    this.concurrency = concurrency;
    this.clock = clock;
  }

  begin(): Begun {
    const begun = { atMs: this.clock.now() };
    this.running.add(begun);
    return begun;
  }

  /** The slot is free again. */
  end(begun: Begun, messages: number): void {
    this.running.delete(begun);
    const tookMs = Math.max(SHORTEST_MS, this.clock.now() - begun.atMs);
    this.recentMs[this.jobs % REMEMBERED] = tookMs;
    this.jobs += 1;
    this.jobsToTrust -= 1;
    if (tookMs > WAITING_MS || this.jobs % LEARNED_EVERY === 0) this.learn();
    if (tookMs > WAITING_MS) return;
    this.meanMs = this.meanMs === 0 ? tookMs : this.meanMs + (tookMs - this.meanMs) * MEAN_STEP;
    this.meanMessages += (messages - this.meanMessages) * MEAN_STEP;
  }

  /** Messages waited for too long: a job took longer than those before it. */
  wasWrong(): void {
    this.jobsToTrust = JOBS_TO_TRUST_AGAIN;
  }

  /**
   * How many messages may be held ahead of a free slot: so many that slots have work until SQS has answered, and that each
   * begins in time even if all jobs take as long as the longest recent ones. None if jobs are long, or not known yet.
   */
  ahead(roundTripMs: number): number {
    const slots = this.turningSlots();
    const most = this.mostAhead(slots);
    if (most === 0) return 0;
    // Twice, since both times are means; and as many as a poll brings, so that each can ask for as many.
    return Math.min(most, Math.ceil(2 * roundTripMs * this.messagesPerMs(slots)) + MAX_BATCH);
  }

  /** How long ten messages take at most; 0 if that is not known, or nothing runs. */
  get tenMs(): number {
    if (this.running.size === 0) return 0;
    const slots = this.turningSlots();
    return this.mostAhead(slots) === 0 ? 0 : Math.min(HELD_AHEAD_MS, MAX_BATCH / this.messagesPerMs(slots));
  }

  private learn(): void {
    const sorted = this.recentMs.filter((ms) => ms <= WAITING_MS).sort((one, other) => other - one);
    this.long = this.recentMs.length - sorted.length;
    this.mostMs = sorted[Math.floor(sorted.length * SHARE_OF_OUTLIERS)] ?? Infinity;
  }

  private mostAhead(slots: number): number {
    if (this.jobsToTrust > 0 || slots === 0 || this.meanMs === 0) return 0;
    const longestMs = Math.max(this.mostMs, this.oldestMs());
    const most = Math.floor(slots * Math.floor(WAITING_MS / longestMs) * this.meanMessages);
    return most < LEAST_AHEAD ? 0 : most;
  }

  private messagesPerMs(slots: number): number {
    return (slots * this.meanMessages) / this.meanMs;
  }

  /** Slots that no long job keeps; 0 if too many of them do. */
  private turningSlots(): number {
    const tolerated = (this.concurrency - 1) / 2;
    if (this.long > tolerated) return 0;
    const nowMs = this.clock.now();
    let stuck = 0;
    for (const { atMs } of this.running) {
      if (nowMs - atMs <= WAITING_MS) break;
      stuck += 1;
      if (stuck > tolerated) return 0;
    }
    return this.concurrency - stuck;
  }

  /** How long the oldest job that is not long runs already. */
  private oldestMs(): number {
    const nowMs = this.clock.now();
    for (const { atMs } of this.running) if (nowMs - atMs <= WAITING_MS) return nowMs - atMs;
    return 0;
  }
}
