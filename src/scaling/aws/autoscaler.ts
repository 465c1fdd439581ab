import type { ScalingBounds, ScalingPolicy, StepScaling, TargetTracking } from '../policy';
import { breachOf } from './alarm';
import type { Metrics } from './metrics';
import { adjusted, stepFor } from './step-scaling';
import { trackTarget } from './target-tracking';

/** What the service has now, in tasks. */
export interface Capacity {
  readonly desired: number;
  readonly running: number;
  /** Where a change in capacity begins; `desired`, unless given. */
  readonly changesFrom?: number;
}

/** A part's last scaling activity. */
interface Activity {
  /** Tasks before it, and what they were made. */
  from: number;
  cooldownUntilSeconds: number;
}

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

  constructor(parts: { policy: ScalingPolicy; bounds: ScalingBounds; metrics: Metrics }) {
    this.policy = parts.policy;
    this.bounds = parts.bounds;
    this.metrics = parts.metrics;
  }

  /**
   * The tasks that are wanted from now on. AWS's text on services says that a change begins at the tasks that run, that on
   * step scaling that it begins at the capacity: `changesFrom` tries the former.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
   */
  decide(nowSeconds: number, capacity: Capacity): number {
    const wishes = this.wishes(nowSeconds, capacity);
    if (wishes.length === 0) return capacity.desired;
    // Of several policies at once the greatest capacity wins, be it to scale out or in.
    const { part, wanted } = wishes.reduce((one, other) => (other.wanted > one.wanted ? other : one));
    return this.apply(part, wanted, { nowSeconds, desired: capacity.desired });
  }

  /** What each policy asks for whose alarm is in ALARM. */
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
    // What was added since the cooldown began counts: a step adds only what it has more than that.
    const base = isCooling ? before.from : (now.changesFrom ?? now.desired);
    const wanted = adjusted(part.adjustment, adjust, base);
    if (part.adjustment === 'ExactCapacity') return wanted;
    // What is to be taken away adds nothing, wherever it begins, and the other way round.
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
