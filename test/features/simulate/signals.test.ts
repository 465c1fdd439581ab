import { describe, expect, it } from '@jest/globals';
import type { SimulatePlan } from '../../../src/features/simulate/plan';
import { leftOutText } from '../../../src/features/simulate/text';
import { choosePolicy, type ScalingChoice } from '../../../src/scaling/choose-policy';
import {
  simulate,
  type SimulationInput,
  type SimulationResult,
} from '../../../src/features/simulate/simulation';

describe('what has no say in a simulation', () => {
  const leftOut = (scaling: object, jobCpuPercent?: number) =>
    leftOutText({ worker: { scaling }, world: { jobCpuPercent } } as unknown as SimulatePlan);

  it('is told', () => {
    expect(leftOut({ cpu: 60, memory: 75, age: 300 })).toBe(
      '`scaling.cpu`: --job-cpu says what a job uses of it; `scaling.memory`: nothing is known of what jobs use of the memory',
    );
    expect([leftOut({ cpu: 60 }, 25), leftOut({ age: 300 })]).toEqual(['', '']);
  });
});

const BOUNDS = { min: 0, max: 60, concurrency: 10 };

/** Each job takes a quarter of its task's CPU: with ten of them a task is overloaded. */
const world = { jobCpuPercent: 25, metricPhaseSeconds: 0 };

function run(
  scaling: Partial<ScalingChoice>,
  given: Partial<SimulationInput> & Pick<SimulationInput, 'load'>,
) {
  const bounds = given.bounds ?? BOUNDS;
  const policy = choosePolicy({ ...bounds, ...scaling }, bounds.concurrency);
  return simulate({ bounds, world, ...given, policy });
}

const stream: SimulationInput['load'] = {
  arrivals: { kind: 'rate', perSecond: 1, seconds: 7_200 },
  durations: { kind: 'constant', seconds: 40 },
};

/** Samples of the second hour, when the first tasks have long started. */
const settled = ({ samples }: SimulationResult) =>
  samples.filter(({ atSeconds }) => atSeconds > 3_600 && atSeconds < 7_000);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How often fewer tasks are wanted than the minute before, and then more again. */
const turns = (result: SimulationResult) => {
  const desired = settled(result).map((sample) => sample.desired);
  const changes = desired
    .map((value, index) => Math.sign(value - (desired[index - 1] ?? value)))
    .filter((sign) => sign !== 0);
  return changes.filter((sign, index) => index > 0 && sign !== changes[index - 1]).length;
};

describe('scaling by CPU beside the queue', () => {
  const cpuPerTask = (result: SimulationResult) =>
    mean(settled(result).map(({ inFlight, tasks }) => (inFlight * 25) / tasks));

  it('keeps the use at its target, where the messages alone ask for fewer tasks', () => {
    const [alone, beside] = [run({}, { load: stream }), run({ cpu: 60 }, { load: stream })];
    // The tasks could not do that much: the model does not slow the jobs.
    expect(cpuPerTask(alone)).toBeGreaterThan(150);
    expect(cpuPerTask(beside)).toBeGreaterThan(50);
    expect(cpuPerTask(beside)).toBeLessThan(62);
  });

  it('does not start and end tasks in turns: nothing takes back what it adds', () => {
    const beside = run({ cpu: 60 }, { load: stream });
    // Within an hour of messages that come at random.
    expect(turns(beside)).toBeLessThan(8);
    expect(beside.startedTasks).toBeLessThan(3 * beside.maxTasks);
  });

  it('changes nothing where the messages ask for more', () => {
    const idle = { ...world, jobCpuPercent: 1 };
    expect(run({ cpu: 60 }, { load: stream, world: idle })).toEqual(run({}, { load: stream, world: idle }));
  });

  it('has no say while there is no task, so that the first one starts as it would', () => {
    const one = {
      arrivals: { kind: 'burst', messages: 1 },
      durations: { kind: 'constant', seconds: 300 },
    } as const;
    expect(run({ cpu: 1 }, { load: one })).toEqual(run({}, { load: one }));
  });

  it('ends all tasks when all is done, and has no more of them than messages', () => {
    const load = {
      arrivals: { kind: 'burst', messages: 5 },
      durations: { kind: 'constant', seconds: 900 },
    } as const;
    const result = run({ cpu: 1 }, { load });
    expect(result.maxTasks).toBe(5);
    // Idle ones do not keep each other: all end some minutes after the last job.
    expect(result.samples.at(-1)!.atSeconds).toBeLessThan(900 + 600);
  });
});

describe('scaling by the age of the oldest message', () => {
  /** Jobs take ten times as long as the section says. */
  const wrong = { jobDuration: 2, latency: 60 };
  const load = {
    arrivals: { kind: 'burst', messages: 2_000 },
    durations: { kind: 'constant', seconds: 20 },
  } as const;
  const bounds = { min: 0, max: 100, concurrency: 1 };

  it('adds tasks while the oldest is too old, up to one for each message', () => {
    const [alone, beside] = [run(wrong, { load, bounds }), run({ ...wrong, age: 120 }, { load, bounds })];
    expect([alone.maxTasks, beside.maxTasks]).toEqual([76, 100]);
    expect(beside.drainSeconds).toBeLessThan(alone.drainSeconds!);
    const three = {
      ...load,
      arrivals: { kind: 'burst', messages: 3 },
      durations: { kind: 'constant', seconds: 900 },
    } as const;
    expect(run({ ...wrong, age: 120 }, { load: three, bounds }).maxTasks).toBe(3);
  });

  it('changes nothing while none is', () => {
    expect(run({ ...wrong, age: 86_400 }, { load, bounds })).toEqual(run(wrong, { load, bounds }));
  });

  it('starts no task and ends it again, again and again', () => {
    const beside = run({ ...wrong, age: 120 }, { load, bounds });
    expect(beside.startedTasks).toBe(beside.maxTasks);
  });

  it('counts for steps of your own as more messages', () => {
    const steps = [
      { messages: 1, tasks: 5 },
      { messages: 4_000, tasks: 50 },
    ];
    expect(run({ steps }, { load, bounds }).maxTasks).toBe(5);
    expect(run({ steps, age: 120 }, { load, bounds }).maxTasks).toBe(50);
  });
});
