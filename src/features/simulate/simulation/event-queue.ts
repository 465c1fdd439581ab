interface Entry<T> {
  atSeconds: number;
  /** What was added first comes first of what happens at once. */
  order: number;
  event: T;
}

/** What will happen, the soonest first: a binary heap. */
export class EventQueue<T> {
  private readonly entries: Entry<T>[] = [];
  private added = 0;

  get nextAtSeconds(): number {
    return this.entries[0]?.atSeconds ?? Infinity;
  }

  add(atSeconds: number, event: T): void {
    const entry = { atSeconds, order: this.added, event };
    this.added += 1;
    let place = this.entries.length;
    this.entries.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isSooner(entry, this.entries[parent]!)) break;
      this.entries[place] = this.entries[parent]!;
      place = parent;
    }
    this.entries[place] = entry;
  }

  /** Takes the soonest one. */
  take(): T | undefined {
    const [first] = this.entries;
    const last = this.entries.pop();
    if (last !== undefined && this.entries.length > 0) this.sink(last);
    return first?.event;
  }

  private sink(entry: Entry<T>): void {
    const { entries } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && isSooner(entries[child + 1]!, entries[child]!)) child += 1;
      if (!isSooner(entries[child]!, entry)) break;
      entries[place] = entries[child]!;
      place = child;
    }
    entries[place] = entry;
  }
}

function isSooner(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.atSeconds < other.atSeconds || (one.atSeconds === other.atSeconds && one.order < other.order);
}
