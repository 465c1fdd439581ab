import { MAX_BATCH } from '../../shared/batches';
import { MIB } from '../../shared/sizes';

/** What a poll has brought. */
export interface Answered {
  asked: number;
  got: number;
  /** Characters of their bodies. */
  size: number;
  tookMs: number;
  /** It asked for messages for which no slot was free, or beside another poll. */
  isExtra: boolean;
}

/** SQS does not take longer to answer, unless it waits. */
const LONGEST_ROUND_TRIP_MS = 250;

/** How much of bodies may be held ahead of free slots. */
const MOST_HELD = 8 * MIB;

/** A poll has waited for its messages if it took longer than so many round trips and the slack: the machine may be busy. */
const PROMPT_ROUND_TRIPS = 4;
const SLACK_MS = 50;

/** A mean moves so far towards each answer. */
const MEAN_STEP = 1 / 8;

/** After extra polls that brought nothing, so many full polls are needed at most before there is one again. */
const MOST_FULL_POLLS = 64;
/** The same after a message that should not wait. */
const FULL_POLLS_AFTER_LATE = 16;

/**
 * What the answers of SQS tell of the backlog. Each task asks for more than it has free slots only as far as its last polls
 * were answered: twice as much after a poll that brought all that it asked for without having waited, half as much after one
 * that had to wait or brought less than half, and no more after one that brought nothing. So a few messages are spread over
 * all tasks that have free slots, and only what is left over is held ahead.
 */
export class Backlog {
  /** Whether the last poll brought all that it asked for. */
  isFull = false;
  /** How many messages may be asked for beyond the free slots. */
  private reach = 0;
  private fullPolls = 0;
  private fullPollsNeeded = 1;
  private meanSize = 0;
  /** The time that SQS takes to answer a poll for which it has messages. */
  roundTripMs = LONGEST_ROUND_TRIP_MS;

  /** @param most as many as may be held ahead at this pace */
  ahead(most: number): number {
    return Math.min(this.reach, most, Math.ceil(MOST_HELD / Math.max(1, this.meanSize)));
  }

  /** @param most as many as may be held ahead at this pace */
  answered({ asked, got, size, tookMs, isExtra }: Answered, most: number): void {
    this.isFull = got === asked;
    if (got === 0) return this.answeredByNothing(isExtra);
    this.meanSize += (size / got - this.meanSize) * MEAN_STEP;
    const hadToWait =
      tookMs > Math.min(LONGEST_ROUND_TRIP_MS, PROMPT_ROUND_TRIPS * this.roundTripMs + SLACK_MS);
    if (this.isFull) this.measure(Math.min(tookMs, LONGEST_ROUND_TRIP_MS));
    // SQS may give less than it has: half of what a call can bring is as good as all.
    if (!hadToWait && (this.isFull || got * 2 >= MAX_BATCH)) this.grow(isExtra, most);
    else if (hadToWait || got * 2 < asked) this.reach = Math.floor(this.reach / 2);
  }

  private grow(isExtra: boolean, most: number): void {
    if (isExtra) this.fullPollsNeeded = Math.max(1, this.fullPollsNeeded / 2);
    this.fullPolls += 1;
    const next = Math.min(most, Math.max(1, this.reach * 2));
    if (this.fullPolls >= this.fullPollsNeeded) this.reach = Math.max(this.reach, next);
  }

  /** It falls at once and rises slowly: a poll may have waited for its messages. */
  private measure(tookMs: number): void {
    this.roundTripMs = Math.min(tookMs, this.roundTripMs + (tookMs - this.roundTripMs) * MEAN_STEP);
  }

  /** A message has come that should not wait: polls ask for no more than slots are free, until some have been full. */
  askForNoMore(): void {
    this.reach = 0;
    this.fullPolls = 0;
    this.fullPollsNeeded = Math.max(this.fullPollsNeeded, FULL_POLLS_AFTER_LATE);
  }

  private answeredByNothing(isExtra: boolean): void {
    // Of several polls that end together, the first one counts.
    if (isExtra && this.reach > 0) this.fullPollsNeeded = Math.min(MOST_FULL_POLLS, this.fullPollsNeeded * 2);
    this.reach = 0;
    this.fullPolls = 0;
  }
}
