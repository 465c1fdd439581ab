import { evaluate } from '../formula';
import type { Alarm, ScalingMetric, StepScaling } from '../policy';

/** The metrics that SQS and ECS send once a minute. If a metric is missing, it has no data point. */
export type MetricValues = Readonly<Partial<Record<Exclude<ScalingMetric, 'leastVisible'>, number>>>;

/** Before the load came, the queue was empty. */
const EMPTY: MetricValues = { visible: 0 };

/** What an alarm can see, minute by minute. */
export class Metrics {
  /** The newest last. */
  private readonly samples: MetricValues[] = [];

  tell(values: MetricValues): void {
    this.samples.push(values);
  }

  /** The samples of one data point, which is `minutes` long and ends `agoMinutes` before the newest sample. */
  point({ minutes, agoMinutes }: { minutes: number; agoMinutes: number }): readonly MetricValues[] {
    const end = this.samples.length - agoMinutes;
    return Array.from({ length: minutes }, (_, index) => this.samples[end - minutes + index] ?? EMPTY);
  }
}

const MINUTE_SECONDS = 60;

/**
 * The value that an alarm's policy gets, or undefined if the alarm is not in ALARM. CloudWatch evaluates an alarm
 * every minute, whatever its period: the window slides.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 * While it stays in ALARM, it invokes a scaling action once a minute.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 * A step policy "applies the aggregation type to the most recent metric data points". AWS does not say how many those
 * are: here they are all that the alarm evaluated. None of this plugin's policies depends on it.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function breachOf(
  { alarm, aggregation }: Pick<StepScaling, 'alarm' | 'aggregation'>,
  metrics: Metrics,
): number | undefined {
  const minutes = alarm.periodSeconds / MINUTE_SECONDS;
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, ago) =>
    valueOf(alarm, metrics.point({ minutes, agoMinutes: ago * minutes })),
  );
  // Missing data is not breaching.
  if (!values.every((value) => value !== undefined)) return undefined;
  if (!values.every((value) => isBreaching(alarm, value))) return undefined;
  return aggregation === 'Maximum' ? Math.max(...values) : Math.min(...values);
}

function valueOf(alarm: Alarm, point: readonly MetricValues[]): number | undefined {
  return evaluate(alarm.formula, (metric) => {
    const sampled = metric === 'leastVisible' ? 'visible' : metric;
    const values = point.map((told) => told[sampled]).filter((value) => value !== undefined);
    if (values.length === 0) return undefined;
    if (metric === 'leastVisible') return Math.min(...values);
    if (SUMS.includes(metric)) return values.reduce((sum, value) => sum + value, 0);
    return alarm.statistic === 'Maximum' ? Math.max(...values) : mean(values);
  });
}

const SUMS: readonly ScalingMetric[] = ['sent', 'cpu', 'memory'];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function isBreaching(
  { comparison, threshold }: Pick<Alarm, 'comparison' | 'threshold'>,
  value: number,
): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
  }
}
