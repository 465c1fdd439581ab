import type { ScalingBounds, ScalingPolicy, Step, StepScaling, TargetTracking } from '../policy';
import { breachOf, type Metrics } from './cloudwatch';

/** What the service has now, in tasks. */
interface Capacity {
  readonly desired: number;
  readonly running: number;
  /** The number from which a change in capacity starts; `desired`, unless given. */
  readonly changesFrom?: number;
}

/** A part's last scaling activity. */
interface Activity {
  /** Tasks before it. */
  from: number;
  cooldownUntilSeconds: number;
}

/** One of the policies that the service has with Application Auto Scaling. */
type Part = StepScaling | TargetTracking;

/**
 * Application Auto Scaling: once a minute the alarms of a policy say how many tasks are wanted.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export class Autoscaler {
  private readonly policy: ScalingPolicy;
  private readonly bounds: ScalingBounds;
  readonly metrics: Metrics;
  private readonly scaleOuts = new Map<Part, Activity>();
  private scaleInUntilSeconds = -Infinity;

  constructor(given: { policy: ScalingPolicy; bounds: ScalingBounds; metrics: Metrics }) {
    this.policy = given.policy;
    this.bounds = given.bounds;
    this.metrics = given.metrics;
  }

  /**
   * The tasks that are wanted from now on. AWS's page on services says that a change starts from the running tasks, its
   * page on step scaling that it starts from the capacity: `changesFrom` tries the former.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
   */
  decide(nowSeconds: number, capacity: Capacity): number {
    const wishes = this.wishes(nowSeconds, capacity);
    if (wishes.length === 0) return capacity.desired;
    // If several policies ask at once, the greatest capacity wins, whether it scales out or in.
    const { part, wanted } = wishes.reduce((one, other) => (other.wanted > one.wanted ? other : one));
    return this.apply(part, wanted, { nowSeconds, desired: capacity.desired });
  }

  /** What each part asks for whose alarm is in ALARM. */
  wishes(nowSeconds: number, capacity: Capacity): { part: Part; wanted: number }[] {
    return this.policy.parts.flatMap((part) => {
      const wanted = this.wanted(part, nowSeconds, capacity);
      return wanted === undefined ? [] : [{ part, wanted: this.within(wanted) }];
    });
  }

  private wanted(part: Part, nowSeconds: number, capacity: Capacity): number | undefined {
    if (part.kind === 'target') return trackTarget(part, this.metrics, capacity);
    const value = breachOf(part, this.metrics);
    const step = value === undefined ? undefined : stepFor(part, value);
    return step === undefined ? undefined : this.stepped(part, step.adjust, { nowSeconds, ...capacity });
  }

  private stepped(
    part: StepScaling,
    adjust: number,
    now: Pick<Capacity, 'desired' | 'changesFrom'> & { nowSeconds: number },
  ): number {
    const before = this.scaleOuts.get(part);
    const isCooling = before !== undefined && now.nowSeconds < before.cooldownUntilSeconds;
    // What was added since the cooldown began counts: a step adds only what goes beyond that.
    const base = isCooling ? before.from : (now.changesFrom ?? now.desired);
    const wanted = adjusted(part.adjustment, adjust, base);
    if (part.adjustment === 'ExactCapacity') return wanted;
    // A step that removes tasks never adds any, whatever number it starts from, and the other way round.
    if (adjust < 0) return Math.min(wanted, now.desired);
    return isCooling && adjust > 0 ? Math.max(wanted, now.desired) : wanted;
  }

  private apply(part: Part, wanted: number, now: { nowSeconds: number; desired: number }): number {
    const { nowSeconds, desired } = now;
    if (wanted > desired) {
      const before = this.scaleOuts.get(part);
      const from = before !== undefined && nowSeconds < before.cooldownUntilSeconds ? before.from : desired;
      this.scaleOuts.set(part, { from, cooldownUntilSeconds: nowSeconds + cooldownOf(part, 'out') });
      // A scale-out ends the cooldown of a scale-in.
      this.scaleInUntilSeconds = -Infinity;
      return wanted;
    }
    if (wanted === desired || nowSeconds < this.scaleInUntilSeconds) return desired;
    this.scaleInUntilSeconds = nowSeconds + cooldownOf(part, 'in');
    return wanted;
  }

  private within(wanted: number): number {
    return Math.min(this.bounds.max, Math.max(this.bounds.min, wanted));
  }
}

function cooldownOf(part: Part, direction: 'in' | 'out'): number {
  if (part.kind === 'step') return part.cooldownSeconds;
  return direction === 'out' ? part.scaleOutCooldownSeconds : part.scaleInCooldownSeconds;
}

/**
 * The step into which a value falls. Above the threshold, a step includes its lower bound; below it, its upper bound.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
 */
export function stepFor({ steps, alarm: { threshold } }: StepScaling, value: number): Step | undefined {
  const isAbove = value >= threshold;
  return steps.find(({ from = -Infinity, to = Infinity }) =>
    isAbove ? value >= from && value < to : value > from && value <= to,
  );
}

/** The capacity that a step asks for, before `min` and `max`. */
export function adjusted(adjustment: StepScaling['adjustment'], adjust: number, capacity: number): number {
  switch (adjustment) {
    case 'ExactCapacity':
      return adjust;
    case 'ChangeInCapacity':
      return capacity + adjust;
    case 'PercentChangeInCapacity':
      return capacity + roundedChange((capacity * adjust) / 100);
  }
}

/**
 * Towards 0, but never to it: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
function roundedChange(change: number): number {
  if (change > 0 && change < 1) return 1;
  return change < 0 && change > -1 ? -1 : Math.trunc(change);
}

/**
 * The two alarms that AWS makes for a target: above it in 3 of 3 minutes, or below nine tenths of it in 15 of 15
 * minutes. The capacity follows in proportion, rounded up.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;
const LOW_SHARE = 0.9;

/** The number of tasks that a target asks for; undefined if neither alarm is in ALARM. */
function trackTarget(
  { target }: TargetTracking,
  metrics: Metrics,
  { desired, running }: { desired: number; running: number },
): number | undefined {
  // Copilot's own function divides the visible messages by the running tasks, or by 1.
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
