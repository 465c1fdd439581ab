import { describe, expect, it } from '@jest/globals';
import { choosePolicy } from '../../../src/scaling/choose-policy';
import { copilotPolicy, watchbotPolicy } from '../../../src/scaling/policies/predecessors';
import { simulate } from '../../../src/features/simulate/simulation';
import { burst, input, ROUND_WORLD, times, wants } from '../../scaling/support';

describe('a simulation, by hand', () => {
  it('of four messages and two tasks', () => {
    // Measured at 0, seen at 30, pulled from 40 on, running at 60. Each task does two jobs of 100 s.
    const result = simulate(input({ load: burst(4, 100) }));
    expect(result).toMatchObject({
      messages: 4,
      drainSeconds: 260,
      waitSeconds: { p50: 60, p95: 160, max: 160 },
      maxTasks: 2,
      startedTasks: 2,
      interruptedTasks: 0,
      // Both are idle from 260 on, and end at 330, when the first minute without work is seen.
      taskSeconds: 2 * 290,
    });
    const at = (seconds: number) => result.samples.find(({ atSeconds }) => atSeconds === seconds);
    expect(at(0)).toMatchObject({ visible: 4, inFlight: 0, tasks: 0, desired: 0, oldestWaitSeconds: 0 });
    expect(at(50)).toMatchObject({ visible: 4, tasks: 0, desired: 2, oldestWaitSeconds: 50 });
    expect(at(110)).toMatchObject({ visible: 2, inFlight: 2, tasks: 2, oldestWaitSeconds: 110 });
    // At 180 nothing new had been sent: there are as many tasks as the steps have for two messages in flight.
    expect(at(220)).toMatchObject({ visible: 0, inFlight: 2, tasks: 2, desired: 2, oldestWaitSeconds: 0 });
  });

  it('of workers side by side in a task', () => {
    const bounds = { min: 0, max: 1, concurrency: 3 };
    const { drainSeconds, maxTasks } = simulate(input({ load: burst(4, 100), bounds, policy: wants(1) }));
    expect([drainSeconds, maxTasks]).toEqual([260, 1]);
  });

  it('of a task that runs already', () => {
    const bounds = { min: 1, max: 2, concurrency: 1 };
    const { waitSeconds, startedTasks } = simulate(
      input({ load: times([5, 200], 10), bounds, policy: wants(1) }),
    );
    expect(waitSeconds.max).toBe(0);
    expect(startedTasks).toBe(1);
  });

  it('of message groups: one message of each at a time', () => {
    const grouped = (groups: number) => ({ ...burst(4, 100), groups });
    expect(simulate(input({ load: grouped(1) })).drainSeconds).toBe(460);
  });

  it('of launches that Fargate holds back', () => {
    const world = { ...ROUND_WORLD, launchBurst: 2, launchesPerSecond: 0.1 };
    const bounds = { min: 0, max: 4, concurrency: 1 };
    const { waitSeconds } = simulate(input({ load: burst(4, 1_000), bounds, world, policy: wants(4) }));
    // Two at once, one 10 s later, one 20 s later.
    expect([waitSeconds.p50, waitSeconds.max]).toEqual([60, 80]);
  });

  it('of a queue that has not been used for hours', () => {
    const world = { ...ROUND_WORLD, wakeSeconds: 900 };
    expect(simulate(input({ load: burst(1, 100), world })).waitSeconds.max).toBe(960);
  });

  it('of a short task, which is billed for a minute', () => {
    const world = { ...ROUND_WORLD, minimumBilledSeconds: 60, startSeconds: 1 };
    const bounds = { min: 0, max: 1, concurrency: 1 };
    const { taskSeconds } = simulate(input({ load: burst(1, 1), bounds, world, policy: wants(1) }));
    // From 40 to 90, when the first minute without new work is seen.
    expect(taskSeconds).toBe(60);
  });

  it('of a task that is ended while it starts: nothing is billed before the pull', () => {
    const world = { ...ROUND_WORLD, provisionSeconds: 500 };
    const bounds = { min: 1, max: 2, concurrency: 1 };
    const { taskSeconds, startedTasks } = simulate(input({ load: burst(2, 40), bounds, world }));
    expect(startedTasks).toBe(2);
    // The task that already ran had done both by 80; the other was cancelled at 150, before it began to pull.
    expect(taskSeconds).toBe(150);
  });

  it('of a load that does not drain: it gives up', () => {
    const world = { ...ROUND_WORLD, patienceSeconds: 3_600 };
    const { drainSeconds, waitSeconds } = simulate(
      input({ load: burst(3, 2_000), world, bounds: { min: 0, max: 1, concurrency: 1 } }),
    );
    expect(drainSeconds).toBeUndefined();
    expect(waitSeconds.max).toBe(2_060);
  });

  it('of nothing', () => {
    const { messages, drainSeconds, taskSeconds } = simulate(input({ load: times([], 10) }));
    expect([messages, drainSeconds, taskSeconds]).toEqual([0, 0, 0]);
  });
});

describe('the policies, by hand', () => {
  const run = (policy = watchbotPolicy({ max: 30 }), messages = 1_000) =>
    simulate(input({ load: burst(messages, 60), policy, bounds: { min: 0, max: 30, concurrency: 1 } }));
  const desiredAt = ({ samples }: ReturnType<typeof run>, minutes: number) =>
    samples.find(({ atSeconds }) => atSeconds === minutes * 60 + 40)?.desired;

  it('Watchbot adds a tenth every five minutes, and ends all ten minutes after the last message', () => {
    const result = run();
    expect([0, 4, 5, 9, 10, 20].map((minutes) => desiredAt(result, minutes))).toEqual([3, 3, 6, 6, 9, 15]);
    const idle = result.samples.filter(
      ({ visible, inFlight, desired }) => visible + inFlight === 0 && desired > 0,
    );
    expect(idle.length * 10).toBeGreaterThanOrEqual(590);
    expect(idle.length * 10).toBeLessThanOrEqual(680);
  });

  it('ours has all tasks after the first minute, and none longer than the last message needs it', () => {
    const result = run(choosePolicy({ min: 0, max: 30 }, 1));
    expect(desiredAt(result, 0)).toBe(30);
    // The end is measured within a minute and seen half a minute later; then 30 tasks become 3, then 1, then none.
    const last = result.samples.at(-1)!;
    expect(last.atSeconds - result.drainSeconds!).toBeLessThanOrEqual(60 + 30 + 60);
  });

  it('Copilot’s waits three minutes to scale out, and fifteen to scale in, then two more', () => {
    const result = run(copilotPolicy({ jobSeconds: 60, latencySeconds: 600 }), 100);
    // 100 messages wait, 10 for each task, so it scales out from the third minute on.
    expect([0, 1, 2].map((minutes) => desiredAt(result, minutes))).toEqual([0, 0, 10]);
    // The backlog is below its target as soon as the ten tasks have begun, long before the last message is done.
    const full = result.samples.filter(({ desired }) => desired === 10);
    expect(full.length * 10).toBeGreaterThanOrEqual(14 * 60);
    expect(full.length * 10).toBeLessThanOrEqual(17 * 60);
  });
});

describe('Spot', () => {
  const world = { ...ROUND_WORLD, interruptionsPerHour: 6 };

  it('takes tasks whose jobs are not done within the notice, and these begin again', () => {
    const result = simulate(input({ load: burst(8, 600), world, seed: 3 }));
    expect(result.interruptedTasks).toBeGreaterThan(0);
    expect(result.startedTasks).toBeGreaterThan(2);
    // Without it: 60 and four jobs one after the other.
    expect(result.drainSeconds).toBeGreaterThan(2_460);
  });

  it('costs nothing but the start of another task if the jobs end within the notice', () => {
    const result = simulate(input({ load: burst(400, 30), world, seed: 3 }));
    expect(result.interruptedTasks).toBeGreaterThan(0);
    expect(result.drainSeconds).toBeLessThan(60 + 400 * 15 + 60 * result.interruptedTasks);
  });
});

describe('a simulation', () => {
  const load = {
    arrivals: { kind: 'rate', perSecond: 0.5, seconds: 3_600 },
    durations: { kind: 'spread', medianSeconds: 20, p95Seconds: 90 },
  } as const;
  const bounds = { min: 0, max: 30, concurrency: 1 };
  const policy = choosePolicy(bounds, 1);

  it('is the same for the same seed, and differs for another', () => {
    const run = (seed: number) =>
      simulate({ load, bounds, policy, seed, world: { interruptionsPerHour: 1 } });
    expect(run(5)).toEqual(run(5));
    expect(run(6)).not.toEqual(run(5));
  });

  it('takes less than a second for ten thousand messages an hour, of three hours', () => {
    const busy = {
      arrivals: { kind: 'rate', perSecond: 10_000 / 3_600, seconds: 3 * 3_600 },
      durations: { kind: 'constant', seconds: 10 },
    } as const;
    const begin = process.cpuUsage();
    const result = simulate({ load: busy, bounds: { min: 0, max: 500, concurrency: 1 }, policy });
    const { user, system } = process.cpuUsage(begin);
    expect(result.messages).toBeGreaterThan(29_000);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
