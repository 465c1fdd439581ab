import type { Sample, SimulationResult } from '../../../src/features/simulate/simulation';
import { POLICY_NAMES, type PolicyName, type PolicyRun } from '../../../src/features/simulate/compare';
import { fc } from '../../helpers/seeded';

/** Samples at even distances, from second 0. */
export const samplesOf = (values: readonly Partial<Sample>[], everySeconds = 10): Sample[] =>
  values.map((value, index) => ({
    atSeconds: index * everySeconds,
    visible: 0,
    inFlight: 0,
    tasks: 0,
    desired: 0,
    oldestWaitSeconds: 0,
    ...value,
  }));

export function runOf(policy: PolicyName, samples: readonly Sample[], more: Partial<SimulationResult> = {}) {
  const result: SimulationResult = {
    messages: 1_000,
    drainSeconds: 300,
    waitSeconds: { p50: 60, p95: 120, max: 180 },
    maxTasks: 10,
    taskSeconds: 3_600,
    startedTasks: 10,
    interruptedTasks: 0,
    sampleSeconds: 10,
    samples,
    ...more,
  };
  return { policy, result } satisfies PolicyRun;
}

/** A burst that is done after some time. */
export const burst = (policy: PolicyName, seconds: number): PolicyRun => {
  const steps = Math.ceil(seconds / 10);
  return runOf(
    policy,
    samplesOf(
      Array.from({ length: steps + 1 }, (_, index) => ({
        visible: Math.round(1_000 * (1 - index / steps)),
        tasks: index === steps ? 0 : 10,
        oldestWaitSeconds: index === steps ? 0 : index * 10,
      })),
    ),
    { drainSeconds: seconds },
  );
};

export const COMPARISON: readonly PolicyRun[] = [
  burst('serverless-watchbot', 300),
  burst('watchbot', 900),
  burst('copilot', 400),
  burst('lower-bound', 200),
];

const anySample = fc.record({
  visible: fc.nat({ max: 20_000_000 }),
  tasks: fc.nat({ max: 5_000 }),
  oldestWaitSeconds: fc.double({ min: 0, max: 3_000_000, noNaN: true }),
});

/** Any result that a simulation may have. */
export const anyComparison: fc.Arbitrary<PolicyRun[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 3_600 }),
    fc.subarray([...POLICY_NAMES], { minLength: 1 }),
    fc.array(fc.array(anySample, { minLength: 1, maxLength: 60 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([everySeconds, names, lists]) =>
    names.map((name, index) => runOf(name, samplesOf(lists[index]!, everySeconds))),
  );
