import type { Step, StepScaling } from '../policy';

/**
 * The step that a value falls in. Above the threshold its lower bound belongs to it, below the threshold its upper one.
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
