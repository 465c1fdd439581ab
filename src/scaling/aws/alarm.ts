import { evaluate } from '../formula';
import type { Alarm } from '../policy';
import type { Metrics, MetricValues } from './metrics';

const MINUTE_SECONDS = 60;

/**
 * What an alarm's policy is told, or undefined where the alarm is not in ALARM.
 * CloudWatch evaluates an alarm every minute, whatever its period: the window slides.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 * While it stays in ALARM, it invokes a scaling action once a minute.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export function breachOf(alarm: Alarm, metrics: Metrics): number | undefined {
  const minutes = alarm.periodSeconds / MINUTE_SECONDS;
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, ago) =>
    valueOf(alarm, metrics.point({ minutes, agoMinutes: ago * minutes })),
  );
  // Missing data is not breaching.
  return values.every((value) => value !== undefined && isBreaching(alarm, value)) ? values[0] : undefined;
}

function valueOf(alarm: Alarm, point: readonly MetricValues[]): number | undefined {
  return evaluate(alarm.formula, (metric) => {
    const values = point.map((told) => told[metric]).filter((value) => value !== undefined);
    if (values.length === 0) return undefined;
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
