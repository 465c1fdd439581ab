import type { LogEvent } from './log-source';

/** Far more than come in the time that is looked back on, and a few megabytes. */
const MAX_IDS = 100_000;

/**
 * The events that were given already, so that what is read twice is given once. It remembers so many; of what it forgot
 * it knows the time, up to which nothing must be read again.
 */
export class SeenEvents {
  /** In the order in which they came. */
  private readonly times = new Map<string, number>();
  private forgottenMs = -Infinity;
  private newest = -Infinity;

  constructor(private readonly maxIds = MAX_IDS) {}

  /** The time of the newest event; undefined before the first. */
  get newestMs(): number | undefined {
    return this.newest === -Infinity ? undefined : this.newest;
  }

  /** From when on all that was given is remembered. */
  get knownFromMs(): number {
    return this.forgottenMs + 1;
  }

  /** Whether it has not been given before. */
  isNew({ id, timeMs }: LogEvent): boolean {
    if (this.times.has(id)) return false;
    this.times.set(id, timeMs);
    this.newest = Math.max(this.newest, timeMs);
    if (this.times.size > this.maxIds) this.forgetFirst();
    return true;
  }

  /** Events before this will not be read again. */
  forgetBefore(timeMs: number): void {
    for (const [id, time] of this.times) if (time < timeMs) this.times.delete(id);
  }

  private forgetFirst(): void {
    const [first] = this.times;
    if (first === undefined) return;
    const [id, timeMs] = first;
    this.times.delete(id);
    this.forgottenMs = Math.max(this.forgottenMs, timeMs);
  }
}
