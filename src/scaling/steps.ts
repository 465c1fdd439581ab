/**
 * The scaling policy, once: the template is made from it.
 * Metrics come once a minute, so nothing faster is possible without code of one's own in the account.
 */

/** Seconds; the shortest period of SQS's metrics. */
export const METRIC_PERIOD_SECONDS = 60;

/** Quota of Application Auto Scaling: step adjustments of one policy. */
export const MAX_STEPS = 20;

/**
 * Within this time a further step adds only what it has more than the last one, so that a backlog which new tasks are
 * about to take is not counted again. New tasks take one to two minutes to show in SQS's metrics.
 */
export const SCALE_UP_COOLDOWN_SECONDS = 120;

/** Minutes without a message, waiting or in flight, before the tasks end. SQS's metrics may be a minute late. */
export const SCALE_DOWN_AFTER_PERIODS = 3;

export interface ScalingStep {
  /** Messages waiting, this many or more … */
  from: number;
  /** … and fewer than this; undefined in the last step. */
  to: number | undefined;
  /** Tasks to add. */
  add: number;
}

export interface ScalingBounds {
  /** Tasks. */
  min: number;
  max: number;
  /** Messages that one task works on at once. */
  concurrency: number;
}

/**
 * Steps that add as many tasks as the backlog can occupy: each begins at twice the backlog of the one before, so that
 * a burst gets its tasks in the first minute, and three messages never start fifty tasks.
 */
export function scaleUpSteps({ max, concurrency }: ScalingBounds): ScalingStep[] {
  const growth = Math.max(2, (max * concurrency) ** (1 / (MAX_STEPS - 1)));
  const steps: { from: number; add: number }[] = [{ from: 1, add: 1 }];
  for (let exponent = 1; steps.at(-1)!.add < max; exponent += 1) {
    const from = Math.ceil(growth ** exponent);
    const add = Math.min(max, Math.ceil(from / concurrency));
    if (add > steps.at(-1)!.add) steps.push({ from, add });
  }
  return steps.map(({ from, add }, index) => ({ from, to: steps[index + 1]?.from, add }));
}
