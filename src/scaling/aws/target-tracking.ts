import type { TargetTracking } from '../policy';
import type { Metrics } from './metrics';

/**
 * The two alarms that AWS makes for a target: above it in 3 minutes of 3, or below nine tenths of it in 15 of 15.
 * The capacity follows in proportion, rounded up.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;
const LOW_SHARE = 0.9;

/** What the tasks of the service are made for a target, or undefined where neither alarm is in ALARM. */
export function trackTarget(
  { target }: TargetTracking,
  metrics: Metrics,
  { desired, running }: { desired: number; running: number },
): number | undefined {
  // Copilot's own function divides what is visible now by the tasks that run now, or by 1.
  const perTask = (agoMinutes: number) => {
    const visible = metrics.point({ minutes: 1, agoMinutes })[0]?.visible;
    return visible === undefined ? undefined : visible / Math.max(1, running);
  };
  const isEach = (minutes: number, test: (value: number) => boolean) =>
    Array.from({ length: minutes }, (_, ago) => perTask(ago)).every(
      (value) => value !== undefined && test(value),
    );
  const now = perTask(0);
  if (now === undefined) return undefined;
  if (isEach(HIGH_MINUTES, (value) => value > target)) {
    return Math.max(desired + 1, Math.ceil((Math.max(1, desired) * now) / target));
  }
  return isEach(LOW_MINUTES, (value) => value < LOW_SHARE * target)
    ? Math.min(desired, Math.ceil((desired * now) / target))
    : undefined;
}
