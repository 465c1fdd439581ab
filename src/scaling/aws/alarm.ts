import { evaluate } from '../formula';
import type { Alarm, StepScaling } from '../policy';
import type { Metrics, MetricValues } from './metrics';

const MINUTE_SECONDS = 60;

/**
 * What an alarm's policy is told, or undefined where the alarm is not in ALARM.
 * CloudWatch evaluates an alarm every minute, whatever its period: the window slides.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 * While it stays in ALARM, it invokes a scaling action once a minute.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 * A step policy "applies the aggregation type to the most recent metric data points". How many those are is not said: here
 * they are all that the alarm looked at. Of this plugin's policies none depends on it.
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
    if (metric === 'sent') return values.reduce((sum, value) => sum + value, 0);
    return alarm.statistic === 'Maximum' ? Math.max(...values) : mean(values);
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function isBreaching(
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
