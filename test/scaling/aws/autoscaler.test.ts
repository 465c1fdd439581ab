import { describe, expect, it } from '@jest/globals';
import type { ScalingBounds, StepScaling, TargetTracking } from '../../../src/scaling/policy';
import { adjusted, Autoscaler, stepFor } from '../../../src/scaling/aws/application-auto-scaling';
import { Metrics } from '../../../src/scaling/aws/cloudwatch';
import { stepScaling } from '../support';

const MINUTE = 60;

/** The desired count, minute by minute, with these metrics of the queue. */
function desiredOver(
  visible: readonly (number | undefined)[],
  parts: readonly (StepScaling | TargetTracking)[],
  { desired: from = 0, ...bounds }: Partial<ScalingBounds & { desired: number }> = {},
): number[] {
  const metrics = new Metrics();
  const autoscaler = new Autoscaler({
    policy: { name: 'test', parts },
    bounds: { min: 0, max: 1_000, concurrency: 1, ...bounds },
    metrics,
  });
  let desired = from;
  return visible.map((told, minute) => {
    metrics.tell(told === undefined ? {} : { visible: told });
    desired = autoscaler.decide(minute * MINUTE, { desired, running: desired });
    return desired;
  });
}

/** https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html */
describe('as AWS documents it', () => {
  const scaleOut = stepScaling(
    {
      adjustment: 'PercentChangeInCapacity',
      steps: [
        { from: 60, to: 70, adjust: 0 },
        { from: 70, to: 80, adjust: 10 },
        { from: 80, to: undefined, adjust: 30 },
      ],
    },
    60,
  );
  const below = stepScaling({ adjustment: 'PercentChangeInCapacity' }, 40);
  const scaleIn: StepScaling = {
    ...below,
    direction: 'down',
    alarm: { ...below.alarm, comparison: 'LessThanThreshold' },
    steps: [
      { from: undefined, to: 20, adjust: -30 },
      { from: 20, to: 30, adjust: -10 },
      { from: 30, to: 40, adjust: 0 },
    ],
  };

  it('adds 1 of 10 and then 3 of 11, and takes 1 of 14 and then 3 of 13', () => {
    expect(desiredOver([60, 72, 82, 50, 28, 18], [scaleOut, scaleIn], { desired: 10 })).toEqual([
      10, 11, 14, 14, 13, 10,
    ]);
  });

  it.each([
    [50, 50],
    [59.9, 50],
    [60, 60],
    [1_000, 60],
  ])('takes a value of %d above a threshold of 50 for the step from %d on', (value, from) => {
    const part = stepScaling({ steps: [step(50, 60), step(60, undefined)] }, 50);
    expect(stepFor(part, value)?.from).toBe(from);
  });

  it.each([
    [50, undefined],
    [49, 50],
    [40, 40],
    [-5, 40],
  ])('takes a value of %d below a threshold of 50 for the step up to %s', (value, to) => {
    const part = stepScaling({ steps: [step(undefined, 40), step(40, 50)] }, 50);
    expect(stepFor(part, value)?.to).toBe(to);
  });

  it.each([
    ['ExactCapacity', 5, 40, 5],
    ['ChangeInCapacity', 5, 40, 45],
    ['ChangeInCapacity', -5, 40, 35],
    // 12.7 is 12, 0.67 is 1, -0.58 is -1, and -6.67 is -6.
    ['PercentChangeInCapacity', 12.7, 100, 112],
    ['PercentChangeInCapacity', 67, 1, 2],
    ['PercentChangeInCapacity', -58, 1, 0],
    ['PercentChangeInCapacity', -66.7, 10, 4],
  ] as const)('makes of %s %d with %i tasks %i', (...given) => {
    const [adjustment, adjust, capacity, expected] = given;
    expect(adjusted(adjustment, adjust, capacity)).toBe(expected);
  });

  it('adds within the cooldown only what a larger step has more: of 3 after 2, 1', () => {
    const part = stepScaling({ cooldownSeconds: 300, steps: [step(1, 100, 2), step(100, undefined, 3)] });
    expect(desiredOver([50, 50, 200, 200, 50], [part])).toEqual([2, 2, 3, 3, 3]);
  });

  it('adds again after the cooldown, while the alarm stays in ALARM', () => {
    const part = stepScaling({ cooldownSeconds: 120 });
    expect(desiredOver([1, 1, 1, 1, 1], [part])).toEqual([1, 1, 2, 2, 3]);
  });

  it('takes nothing within the cooldown of a scale-in, which a scale-out ends', () => {
    const low = stepScaling({}, 10);
    const fewer: StepScaling = {
      ...low,
      direction: 'down',
      alarm: { ...low.alarm, comparison: 'LessThanThreshold' },
      cooldownSeconds: 300,
      steps: [step(undefined, 10, -1)],
    };
    const more = stepScaling({ steps: [step(20, undefined, 5)] }, 20);
    expect(desiredOver([0, 0, 0, 30, 0], [fewer, more], { desired: 10 })).toEqual([9, 9, 9, 14, 13]);
  });

  it('follows the policy with the greatest capacity, of several at once', () => {
    const exact = (adjust: number) =>
      stepScaling({ adjustment: 'ExactCapacity', steps: [step(1, undefined, adjust)] });
    expect(desiredOver([1], [exact(3), exact(8), exact(5)], { desired: 2 })).toEqual([8]);
    expect(desiredOver([1], [exact(3), exact(8), exact(5)], { desired: 20 })).toEqual([8]);
  });

  it('stays within `min` and `max`', () => {
    expect(desiredOver([1, 1, 1], [stepScaling({ steps: [step(1, undefined, 4)] })], { max: 6 })).toEqual([
      4, 6, 6,
    ]);
    expect(
      desiredOver([1], [stepScaling({ steps: [step(1, undefined, -4)] })], { min: 2, desired: 5 }),
    ).toEqual([2]);
  });
});

describe('an alarm', () => {
  it('needs each of its periods, and none may be missing', () => {
    const once = stepScaling({});
    const part = { ...once, alarm: { ...once.alarm, evaluationPeriods: 3 } };
    expect(desiredOver([1, 1, 0, 1, 1, 1, 0], [part])).toEqual([0, 0, 0, 0, 0, 1, 1]);
    expect(desiredOver([1, undefined, 1, 1, 1], [part])).toEqual([0, 0, 0, 0, 1]);
  });

  it('looks back over a long period every minute', () => {
    const short = stepScaling({ adjustment: 'ExactCapacity' });
    const of = (statistic: 'Maximum' | 'Average') => ({
      ...short,
      alarm: { ...short.alarm, periodSeconds: 300, statistic },
      steps: [step(1, 4, 1), step(4, undefined, 9)],
    });
    // The greatest, or the mean, of five minutes: 2, 4, 4, 4, 4, 2.
    const told = [10, 10, 0, 0, 0, 0];
    expect(desiredOver(told, [of('Maximum')])).toEqual([9, 9, 9, 9, 9, 9]);
    expect(desiredOver(told, [of('Average')])).toEqual([1, 9, 9, 9, 9, 1]);
  });
});

/** https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html */
describe('a target', () => {
  const target: TargetTracking = {
    kind: 'target',
    target: 10,
    scaleOutCooldownSeconds: 0,
    scaleInCooldownSeconds: 0,
  };

  it('scales out after three minutes above it, in proportion', () => {
    expect(desiredOver([80, 80, 80], [target], { desired: 2 })).toEqual([2, 2, 8]);
  });

  it('scales in after fifteen minutes below nine tenths of it', () => {
    const told = Array.from({ length: 16 }, () => 20);
    expect(desiredOver([...told.map(() => 40), ...told], [target], { desired: 4 }).slice(16)).toEqual([
      ...Array.from({ length: 14 }, () => 4),
      2,
      2,
    ]);
  });

  it('starts from nothing', () => {
    expect(desiredOver([30, 30, 30], [target])).toEqual([0, 0, 3]);
  });
});

function step(from: number | undefined, to: number | undefined, adjust = 1) {
  return { from, to, adjust };
}

describe('a change that starts from the running tasks', () => {
  const decide = (adjust: number, { desired, running }: { desired: number; running: number }) => {
    const metrics = new Metrics();
    metrics.tell({ visible: 5 });
    const part = stepScaling({
      adjustment: 'PercentChangeInCapacity',
      steps: [{ from: 1, to: undefined, adjust }],
    });
    const bounds = { min: 0, max: 1_000, concurrency: 1 };
    const autoscaler = new Autoscaler({ policy: { name: 'test', parts: [part] }, bounds, metrics });
    return autoscaler.decide(0, { desired, running, changesFrom: running });
  };

  it.each([
    // Ninety percent of those that run, not of those that are desired.
    [-90, { desired: 20, running: 50 }, 5],
    // A step that removes tasks never adds any.
    [-90, { desired: 2, running: 50 }, 2],
    [100, { desired: 4, running: 6 }, 12],
  ])('of %d %% with %j comes to %d', (adjust, capacity, wanted) => {
    expect(decide(adjust, capacity)).toBe(wanted);
  });
});
