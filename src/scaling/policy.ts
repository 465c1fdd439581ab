/**
 * A scaling policy as data: the template is made from it, and the simulator runs the very same object.
 * The words are those of CloudWatch and Application Auto Scaling.
 */

/**
 * What SQS counts, in messages: those that wait, the fewest that waited within the period, those in flight, and those
 * sent within the period; the age of the oldest in seconds; and what ECS measures: the percents of all tasks, added up
 * over the minutes of the period.
 */
export type ScalingMetric = 'visible' | 'leastVisible' | 'inFlight' | 'sent' | 'age' | 'cpu' | 'memory';

/**
 * What an alarm looks at: a formula over such metrics, which `formula.ts` writes as CloudWatch's metric math.
 */
export type Formula =
  | { readonly metric: ScalingMetric }
  | { readonly number: number }
  | { readonly operator: '+' | '-' | '*' | '/'; readonly of: readonly [Formula, Formula] }
  /** The first, or the second for a moment for which CloudWatch has no value of the first. */
  | { readonly function: 'FILL'; readonly of: readonly [Formula, Formula] }
  /** The second if the first is above 0, else the third. */
  | { readonly function: 'IF'; readonly of: readonly [Formula, Formula, Formula] }
  | { readonly function: 'MAX' | 'MIN'; readonly of: readonly Formula[] }
  | { readonly function: 'CEIL'; readonly of: readonly [Formula] };

export interface Alarm {
  readonly description: string;
  /** What the formula's result is called. */
  readonly label: string;
  readonly formula: Formula;
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** How the values within one data point become one: the greatest, or the mean. */
  readonly periodSeconds: number;
  readonly statistic: 'Maximum' | 'Average';
  /** How many data points in a row must breach the threshold. */
  readonly evaluationPeriods: number;
}

/** Bounds are values of the alarm's formula, not differences from its threshold. */
export interface Step {
  /** This value or more; undefined: however low. */
  readonly from: number | undefined;
  /** Less than this value; undefined: however high. */
  readonly to: number | undefined;
  /** Tasks to have, tasks to add, or percent to add, as the policy's `adjustment` says. */
  readonly adjust: number;
}

export interface StepScaling {
  readonly kind: 'step';
  /** When it is in force: messages wait; messages come and none has to wait; no message comes. */
  readonly direction: 'up' | 'steady' | 'down';
  readonly alarm: Alarm;
  readonly adjustment: 'ExactCapacity' | 'ChangeInCapacity' | 'PercentChangeInCapacity';
  readonly cooldownSeconds: number;
  /** Which of the alarm's data points selects the step. */
  readonly aggregation: 'Maximum' | 'Minimum';
  /** In ascending order, without a gap. */
  readonly steps: readonly Step[];
}

/** Holds the backlog per task at a target, with the two alarms that AWS makes for it. */
export interface TargetTracking {
  readonly kind: 'target';
  /** Messages waiting for each running task. */
  readonly target: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
}

export interface ScalingPolicy {
  /** What a table calls it. */
  readonly name: string;
  readonly parts: readonly (StepScaling | TargetTracking)[];
}

/** The numbers of tasks between which a policy moves. */
export interface ScalingBounds {
  /** Tasks. */
  readonly min: number;
  readonly max: number;
  /** Messages that one task works on at once. */
  readonly concurrency: number;
}
