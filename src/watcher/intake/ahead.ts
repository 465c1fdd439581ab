import type { Job } from '../job/job';

/**
 * Messages that are held until a slot is free, in the order in which they came. One that was received before comes first: it
 * has waited for long already, and each receive in which it is not tried brings it nearer to the dead-letter queue.
 */
export class Ahead {
  size = 0;
  private readonly again: (readonly Job[])[] = [];
  private readonly first: (readonly Job[])[] = [];

  /** When the message that waits for the longest time was received; undefined if none waits. */
  get sinceMs(): number | undefined {
    const times = [this.again, this.first].flatMap(([lot]) => lot?.[0]?.receivedAtMs ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** @param isTogether whether they may not be worked on side by side: they may be of one group of a FIFO queue */
  put(jobs: readonly Job[], isTogether: boolean): void {
    if (jobs.length === 0) return;
    this.size += jobs.length;
    const lots = isTogether ? [jobs] : jobs.map((job) => [job]);
    for (const lot of lots) (lot.some(({ receives }) => receives > 1) ? this.again : this.first).push(lot);
  }

  /** Takes up to `most` messages. None is left behind by those that must stay together with it. */
  take(most: number): Job[] {
    const taken: Job[] = [];
    for (let lots = this.next(); lots !== undefined; lots = this.next()) {
      if (taken.length > 0 && taken.length + lots[0]!.length > most) break;
      taken.push(...lots.shift()!);
      if (taken.length >= most) break;
    }
    this.size -= taken.length;
    return taken;
  }

  takeAll(): Job[] {
    return this.take(Infinity);
  }

  private next(): (readonly Job[])[] | undefined {
    if (this.again.length > 0) return this.again;
    return this.first.length > 0 ? this.first : undefined;
  }
}
