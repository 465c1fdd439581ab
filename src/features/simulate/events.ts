import TinyQueue from 'tinyqueue';
import type { MetricValues } from '../../scaling/aws/cloudwatch';
import type { Job, Task } from './fleet';

/** What may happen, besides the arrival of a message. */
export type SimulationEvent =
  /** SQS sends the queue's metrics. */
  | { readonly kind: 'measure' }
  /** The alarms see what SQS has sent. */
  | { readonly kind: 'evaluate'; readonly values: MetricValues }
  | { readonly kind: 'sample' }
  | { readonly kind: 'ready'; readonly task: Task }
  | { readonly kind: 'unprotected'; readonly task: Task }
  | Job
  /** Spot gives a task notice, and later takes it. */
  | { readonly kind: 'interrupt'; readonly task: Task }
  | { readonly kind: 'take'; readonly task: Task };

interface Entry<T> {
  atSeconds: number;
  /** How many were added before it. */
  order: number;
  event: T;
}

/** What will happen, the soonest first. What was added first comes first of what happens at once. */
export class EventQueue<T> {
  private readonly entries = new TinyQueue<Entry<T>>([], compare);
  private added = 0;

  get nextAtSeconds(): number {
    return this.entries.peek()?.atSeconds ?? Infinity;
  }

  add(atSeconds: number, event: T): void {
    this.entries.push({ atSeconds, order: this.added, event });
    this.added += 1;
  }

  /** Takes the soonest one. */
  take(): T | undefined {
    return this.entries.pop()?.event;
  }
}

const compare = (one: Entry<unknown>, other: Entry<unknown>): number =>
  one.atSeconds - other.atSeconds || one.order - other.order;
