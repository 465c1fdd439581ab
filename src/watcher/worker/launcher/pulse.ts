import type { Cancel, Clock } from '../../clock';

/** It says hello within milliseconds, or never. */
const HELLO_TIMEOUT_MS = 2_000;

const PING_PERIOD_MS = 10_000;

/** In a row. */
const MOST_UNANSWERED = 3;

interface PulseParts {
  clock: Clock;
  ping: () => void;
  /** Is called once, with what to say of it. */
  onSilence: (reason: string) => void;
}

/**
 * Whether the launcher answers: one that hangs would keep its workers for ever, and every message from then on.
 *
 * Questions are counted, not time. Where the machine was suspended or this process stood still, one period has passed
 * for it and not many, and what the launcher said meanwhile is read before the next question.
 */
export class Pulse {
  private readonly parts: PulseParts;
  private cancel: Cancel;
  private unanswered = 0;

  constructor(parts: PulseParts) {
    this.parts = parts;
    this.cancel = parts.clock.after(HELLO_TIMEOUT_MS, () => {
      parts.onSilence('it does not answer');
    });
  }

  hello(): void {
    this.cancel();
    this.cancel = this.parts.clock.every(PING_PERIOD_MS, () => {
      this.ask();
    });
  }

  pong(): void {
    this.unanswered = 0;
  }

  stop(): void {
    this.cancel();
  }

  private ask(): void {
    if (this.unanswered < MOST_UNANSWERED) {
      this.unanswered += 1;
      this.parts.ping();
      return;
    }
    this.stop();
    this.parts.onSilence(`it has not answered for ${(MOST_UNANSWERED * PING_PERIOD_MS) / 1000} seconds`);
  }
}
