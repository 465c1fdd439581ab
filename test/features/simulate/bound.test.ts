import { describe, expect, it } from '@jest/globals';
import { lowerBound } from '../../../src/features/simulate/bound';
import { burst, ROUND_WORLD, times } from '../../scaling/support';

const bounds = { min: 0, max: 2, concurrency: 1 };
/** Ordered at 0, pulled from 10 on, running at 30. */
const world = ROUND_WORLD;

describe('the bound, by hand', () => {
  it('of a burst: both tasks from 30 on, and none a second longer than its work', () => {
    const result = lowerBound({ load: burst(4, 100), bounds, world });
    expect(result).toMatchObject({
      drainSeconds: 230,
      waitSeconds: { p50: 30, p95: 130, max: 130 },
      maxTasks: 2,
      startedTasks: 2,
      // The start of each, 20 s of it billed, and its two jobs.
      taskSeconds: 2 * (20 + 200),
    });
    const at = (seconds: number) => result.samples.find(({ atSeconds }) => atSeconds === seconds);
    expect(at(100)).toMatchObject({ tasks: 2, desired: 2, visible: 2 });
  });

  it('of messages that come later: their tasks are there when they come', () => {
    const { waitSeconds, taskSeconds } = lowerBound({ load: times([100, 100], 50), bounds, world });
    expect(waitSeconds.max).toBe(0);
    expect(taskSeconds).toBe(2 * (20 + 50));
  });

  it('of a short gap, in which the task goes on, and a long one, after which it is started again', () => {
    // Gaps of 15 and of 985 s; a start costs 20.
    const { taskSeconds, startedTasks } = lowerBound({ load: times([100, 125, 1_120], 10), bounds, world });
    expect(startedTasks).toBe(2);
    expect(taskSeconds).toBe(20 + 10 + 15 + 10 + 20 + 10);
  });

  it('of tasks that `min` keeps: they are paid all the time', () => {
    const warm = { min: 1, max: 2, concurrency: 1 };
    const { taskSeconds, startedTasks } = lowerBound({ load: times([100, 1_000], 10), bounds: warm, world });
    expect(startedTasks).toBe(0);
    expect(taskSeconds).toBe(1_010);
    const warmer = lowerBound({ load: times([100, 1_000], 10), bounds: { ...warm, min: 2 }, world });
    expect(warmer.taskSeconds).toBe(2 * 1_010);
  });

  it('of workers side by side: a task is paid while any of its workers is busy', () => {
    const load = burst(3, 100);
    const { taskSeconds } = lowerBound({ load, bounds: { ...bounds, concurrency: 2 }, world });
    expect(taskSeconds).toBe(2 * (20 + 100));
  });

  it('of tasks that Spot would take: it takes none', () => {
    const { interruptedTasks } = lowerBound({
      load: burst(50, 100),
      bounds,
      world: { ...world, interruptionsPerHour: 60 },
    });
    expect(interruptedTasks).toBe(0);
  });
});
