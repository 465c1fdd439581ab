import type { QueueMetric } from '../policy';

/** What SQS tells of a queue once a minute. A metric may be missing: there is no data point then. */
export type MetricValues = Readonly<Partial<Record<Exclude<QueueMetric, 'leastVisible'>, number>>>;

/** Before the load came, the queue was empty. */
const EMPTY: MetricValues = { visible: 0 };

/** What an alarm can see, minute by minute. */
export class Metrics {
  /** The newest last. */
  private readonly samples: MetricValues[] = [];

  tell(values: MetricValues): void {
    this.samples.push(values);
  }

  /** The samples of one data point: so many `minutes`, which end `agoMinutes` before the newest one. */
  point({ minutes, agoMinutes }: { minutes: number; agoMinutes: number }): readonly MetricValues[] {
    const end = this.samples.length - agoMinutes;
    return Array.from({ length: minutes }, (_, index) => this.samples[end - minutes + index] ?? EMPTY);
  }
}
