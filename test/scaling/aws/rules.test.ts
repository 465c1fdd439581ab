import { describe, expect, it } from '@jest/globals';
import * as ecs from '../../../src/scaling/aws/ecs';
import { TokenBucket } from '../../../src/scaling/aws/ecs';
import * as sqs from '../../../src/scaling/aws/sqs';

/** Each rule by the examples that AWS gives, and at its edges. */
const HALF_TO_DOUBLE = { minimumHealthyPercent: 50, maximumPercent: 200 };

describe('a rolling update', () => {
  it.each([
    // AWS's own: of four, two may be stopped before two are started; 75 % of two are two.
    [4, HALF_TO_DOUBLE, [2, 8]],
    [2, { minimumHealthyPercent: 75, maximumPercent: 150 }, [2, 3]],
    [1, HALF_TO_DOUBLE, [1, 2]],
    [3, { minimumHealthyPercent: 50, maximumPercent: 150 }, [2, 4]],
    [0, HALF_TO_DOUBLE, [0, 0]],
  ])('of %d tasks by %j has as many as %j', (desired, rolling, bounds) => {
    expect([ecs.fewestTasks(desired, rolling), ecs.mostTasks(desired, rolling)]).toEqual(bounds);
  });

  it.each([
    ['nothing new yet', { desired: 4, alive: 4, newest: 0, healthy: 4 }, [4, 2]],
    ['new ones pending', { desired: 4, alive: 8, newest: 4, healthy: 4 }, [0, 2]],
    ['new ones healthy', { desired: 4, alive: 8, newest: 4, healthy: 8 }, [0, 6]],
    ['no room beside protected ones', { desired: 1, alive: 5, newest: 0, healthy: 5 }, [0, 4]],
    ['a little room', { desired: 3, alive: 5, newest: 0, healthy: 5 }, [1, 3]],
    ['none desired', { desired: 0, alive: 3, newest: 0, healthy: 3 }, [0, 3]],
  ])('with %s starts and may stop as many as its bounds let it', (_name, tasks, startAndStop) => {
    expect([ecs.tasksToStart(tasks, HALF_TO_DOUBLE), ecs.oldTasksToStop(tasks, HALF_TO_DOUBLE)]).toEqual(
      startAndStop,
    );
  });

  it.each([
    [0, 3],
    [5, 3],
    [7, 4],
    [400, 200],
    [5_000, 200],
  ])('of %d tasks has failed with %d failures', (desired, failures) => {
    expect(ecs.failuresOfDeployment(desired)).toBe(failures);
  });

  it('bakes for as long as the longest window of its alarms', () => {
    const alarms = [
      { periodSeconds: 60, evaluationPeriods: 3 },
      { periodSeconds: 300, evaluationPeriods: 1 },
    ];
    expect([ecs.bakeSeconds([]), ecs.bakeSeconds(alarms)]).toEqual([0, 300]);
  });

  it('keeps Application Auto Scaling from scaling in', () => {
    expect([ecs.desiredDuringDeployment(5, 2), ecs.desiredDuringDeployment(5, 7)]).toEqual([5, 7]);
  });
});

describe('a task that does not start', () => {
  it.each([
    [0, 0],
    [2, 0],
    [3, 10],
    [5, 40],
    [11, 1_620],
    [5_000, 1_620],
  ])('after %d failures is launched again in %d s', (failedStarts, seconds) => {
    expect(ecs.launchWaitSeconds(failedStarts)).toBe(seconds);
  });
});

describe('protection', () => {
  it.each([
    [{ minutes: 0, protectedOthers: 0, desired: 5 }, 'InvalidParameterException'],
    [{ minutes: 1.5, protectedOthers: 0, desired: 5 }, 'InvalidParameterException'],
    [{ minutes: 2_881, protectedOthers: 0, desired: 5 }, 'InvalidParameterException'],
    [{ minutes: 2_880, protectedOthers: 4, desired: 5 }, undefined],
    [{ minutes: 1, protectedOthers: 5, desired: 5 }, 'DEPLOYMENT_BLOCKED'],
    [{ minutes: 30, protectedOthers: 0, desired: 0 }, 'DEPLOYMENT_BLOCKED'],
  ])('asked for as %j is refused for %s', (asked, reason) => {
    expect(ecs.whyNotProtected(asked)).toBe(reason);
  });

  it('is kept by scale-in, which takes first what does not run yet', () => {
    const tasks = [
      { name: 'protected', isRunning: true, isProtected: true },
      { name: 'running', isRunning: true, isProtected: false },
      { name: 'pending', isRunning: false, isProtected: false },
    ];
    const chosen = (count: number) => ecs.chooseToStop(tasks, count, () => 0.5).map(({ name }) => name);
    expect([chosen(1), chosen(3), chosen(-1)]).toEqual([['pending'], ['pending', 'running'], []]);
  });
});

describe('a queue', () => {
  it.each([
    [false, 119_999, undefined],
    [false, 120_000, 'OverLimit'],
    [true, 120_000, 'nothing'],
  ])('that is FIFO (%s) with %d in flight answers a receive with %s', (isFifo, inFlight, answer) => {
    expect(sqs.whenFull({ isFifo, inFlight })).toBe(answer);
  });

  it.each([
    [0, 43_200, true],
    [0, 43_201, false],
    [43_100, 100, true],
    [43_100, 101, false],
    [10, -1, false],
  ])('after %d s hides a message for %d s more: %s', (nowSeconds, forSeconds, can) => {
    expect(sqs.canHide({ receivedAtSeconds: 0, nowSeconds, forSeconds })).toBe(can);
  });

  it.each([
    [2, 3, false],
    [3, 3, true],
    [99, Infinity, false],
  ])('makes a message of %d receives of %d a dead letter: %s', (receives, most, dead) => {
    expect(sqs.becomesDeadLetter(receives, most)).toBe(dead);
  });

  it.each([
    [[4, 20, 3], 10, [4, 6, 0]],
    [[12, 1], 10, [10, 0]],
    [[2, 3], 1, [1, 0]],
    [[1, 1, 1], 50, [1, 1, 1]],
  ])('with %j waiting in groups gives of %d asked for %j', (waiting, most, shares) => {
    expect(sqs.sharesOfGroups(waiting, most)).toEqual(shares);
  });

  it('is asleep six hours after its last use', () => {
    expect([sqs.fallsAsleep(0, 21_600), sqs.fallsAsleep(0, 21_601)]).toEqual([false, true]);
  });

  it('has metrics of messages in flight and sent only if there are any', () => {
    expect(sqs.toldByQueue({ visible: 0, inFlight: 0, sent: 0 })).toEqual({ visible: 0 });
    expect(sqs.toldByQueue({ visible: 0, inFlight: 0, sent: 0, age: 0 })).toEqual({ visible: 0 });
    expect(sqs.toldByQueue({ visible: 0, inFlight: 1, sent: 0, age: 9 })).toMatchObject({ age: 9 });
    expect(sqs.toldByQueue({ visible: 1, inFlight: 2, sent: 3 })).toEqual({
      visible: 1,
      inFlight: 2,
      sent: 3,
    });
  });
});

describe('a bucket of tokens', () => {
  it('lets orders wait, and refuses calls', () => {
    const launches = new TokenBucket({ burst: 2, perSecond: 0.5 });
    expect([0, 0, 0, 0].map((now) => launches.orderedAt(now))).toEqual([0, 0, 2, 4]);
    const calls = new TokenBucket({ burst: 2, perSecond: 1 });
    expect([0, 0, 0, 1, 1].map((now) => calls.take(now))).toEqual([true, true, false, true, false]);
  });

  it('gives a service of Fargate 500 tasks in its first minute, and 100 at once', () => {
    const launches = new TokenBucket(ecs.FARGATE_LAUNCHES);
    const times = Array.from({ length: 600 }, () => launches.orderedAt(0));
    expect(times.filter((at) => at === 0)).toHaveLength(100);
    expect(times.at(-1)).toBeCloseTo(60);
  });
});
