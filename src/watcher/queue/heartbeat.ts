import { LONGEST_CALL_MS } from '../../aws-json/client';
import { MAX_BATCH, inBatches } from '../../shared/batches';
import type { Cancel, Clock } from '../../shared/clock';
import type { Liveness } from '../health/health';
import type { Logger } from '../log';
import { Outage } from './outage';
import { MAX_HOLD_SECONDS, type Queue } from './queue';

export interface HeldMessage {
  messageId: string;
  receiptHandle: string;
  receivedAtMs: number;
}

export interface HeartbeatOptions {
  queue: Pick<Queue, 'changeVisibilityBatch'>;
  visibilityTimeoutSeconds: number;
  liveness: Pick<Liveness, 'beat'>;
  clock: Clock;
  log: Logger;
}

/** Beats in one visibility timeout: one may fail and another may be late before a message becomes visible. */
const BEATS_PER_TIMEOUT = 3;

const periodMs = (visibilityTimeoutSeconds: number) => (visibilityTimeoutSeconds * 1000) / BEATS_PER_TIMEOUT;

/** The next beat is due after a period, and may then have to wait for the call of the last one. */
export const longestBetweenBeatsMs = (visibilityTimeoutSeconds: number) =>
  periodMs(visibilityTimeoutSeconds) + LONGEST_CALL_MS;

/** Keeps messages hidden while their workers run. */
export class Heartbeat {
  private readonly held = new Set<HeldMessage>();
  private readonly options: HeartbeatOptions;
  private readonly cancel: Cancel;
  /** The beat that is under way, or the last one, and its messages. */
  private beating: Promise<unknown> = Promise.resolve();
  private inBeat: ReadonlySet<HeldMessage> = new Set();
  private isDue = false;
  private readonly outage: Outage;

  constructor(options: HeartbeatOptions) {
    this.options = options;
    this.outage = new Outage({
      log: options.log,
      broken: 'cannot hold messages',
      restored: 'messages can be held again',
      failuresToTell: 1,
    });
    this.cancel = options.clock.every(periodMs(options.visibilityTimeoutSeconds), () => void this.beat());
  }

  hold(message: HeldMessage): void {
    this.held.add(message);
  }

  /** Resolves when no further beat for the message will come: a late one would undo its settlement. Never rejects. */
  async letGo(message: HeldMessage): Promise<void> {
    this.held.delete(message);
    // A beat can take long in which others are: then this one's visibility timeout might be over.
    if (this.inBeat.has(message)) await this.beating;
  }

  stop(): void {
    this.cancel();
  }

  /** One beat after the other: however many become due during a slow one, only one follows it. */
  private async beat(): Promise<void> {
    if (this.isDue) return;
    this.isDue = true;
    await this.beating;
    this.isDue = false;
    this.options.liveness.beat();
    if (this.held.size > 0) this.beating = this.send([...this.held]);
  }

  private async send(messages: readonly HeldMessage[]): Promise<void> {
    this.inBeat = new Set(messages);
    const errors = await Promise.all(inBatches(messages, MAX_BATCH).map((batch) => this.sendBatch(batch)));
    this.inBeat = new Set();
    const error = errors.find((each) => each !== undefined);
    if (error === undefined) this.outage.succeeded();
    else this.outage.failed(error);
  }

  /** Resolves to the error of the call, if there was one. Never rejects. */
  private async sendBatch(messages: readonly HeldMessage[]): Promise<Error | undefined> {
    const { queue, log } = this.options;
    try {
      const failed = await queue.changeVisibilityBatch(messages.map((message) => this.extension(message)));
      for (const { receiptHandle, isFinal, reason } of failed) {
        const message = messages.find((other) => other.receiptHandle === receiptHandle);
        log.warn(`the message could not be held and may be worked on twice: ${reason}`, message?.messageId);
        // It is said once: the message is no longer this watcher's, however often it tries.
        if (isFinal && message !== undefined) this.held.delete(message);
      }
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Extends by the visibility timeout, or by what is left of SQS's 12 hours. */
  private extension({ receiptHandle, receivedAtMs }: HeldMessage) {
    const { visibilityTimeoutSeconds, clock } = this.options;
    const leftSeconds = MAX_HOLD_SECONDS - Math.ceil((clock.now() - receivedAtMs) / 1000) - 1;
    return { receiptHandle, timeoutSeconds: Math.max(0, Math.min(visibilityTimeoutSeconds, leftSeconds)) };
  }
}
