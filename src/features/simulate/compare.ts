import { choosePolicy } from '../../scaling/choose-policy';
import { DEFAULT_LATENCY_SECONDS } from '../../scaling/limits';
import { copilotPolicy, watchbotPolicy } from '../../scaling/policies/predecessors';
import type { ScalingPolicy } from '../../scaling/policy';
import { HOUR_SECONDS } from '../../shared/durations';
import { lowerBound } from './bound';
import type { Durations } from './load';
import type { SimulatePlan } from './plan';
import { simulate, type Sample, type SimulationInput, type SimulationResult } from './simulation';

/** The policies that are compared, in the order in which they are shown. Names are for machines, and stay. */
export const POLICY_NAMES = [
  'serverless-watchbot',
  'proposal',
  'watchbot',
  'copilot',
  'lower-bound',
] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** What people read. */
export const POLICY_LABELS: Readonly<Record<PolicyName, string>> = {
  'serverless-watchbot': 'this service',
  proposal: 'proposed steps',
  watchbot: 'Watchbot',
  copilot: 'Copilot',
  'lower-bound': 'lower bound',
};

/** What happened to the load under a policy. */
export interface PolicyRun {
  policy: PolicyName;
  result: SimulationResult;
}

export const taskHoursOf = ({ result }: PolicyRun): number => result.taskSeconds / HOUR_SECONDS;

/**
 * Simulates the load under each of the policies; under fewer of them if it is stopped meanwhile.
 * @param onBegin called before each simulation, which lets nothing else run
 */
export async function comparePolicies(
  plan: SimulatePlan,
  { onBegin, signal }: { onBegin: (policy: PolicyName) => Promise<void>; signal: AbortSignal },
): Promise<PolicyRun[]> {
  const { bounds, load, world, seed } = plan;
  const input = { bounds, load, world, seed };
  const runs: PolicyRun[] = [];
  for (const [policy, run] of Object.entries(policiesOf(plan)) as [PolicyName, Simulate][]) {
    await onBegin(policy);
    if (signal.aborted) break;
    runs.push({ policy, result: untilRest(run(input), bounds) });
  }
  return runs;
}

export const untilRest = (result: SimulationResult, { min }: { min: number }): SimulationResult => ({
  ...result,
  samples: withoutRest(result.samples, min),
});

/** The samples until nothing changes any more: all work is done, and only the tasks that `min` keeps are left. */
export function withoutRest(samples: readonly Sample[], minTasks: number): readonly Sample[] {
  const isAtRest = ({ visible, inFlight, tasks }: Sample) =>
    visible === 0 && inFlight === 0 && tasks <= minTasks;
  return samples.slice(0, samples.findLastIndex((sample) => !isAtRest(sample)) + 2);
}

type Simulate = (input: Omit<SimulationInput, 'policy'>) => PolicyRun['result'];

function policiesOf({ worker, bounds, load }: SimulatePlan): Partial<Record<PolicyName, Simulate>> {
  const under =
    (policy: ScalingPolicy): Simulate =>
    (input) =>
      simulate({ ...input, policy });
  const { scaling } = worker;
  const { min, max, concurrency } = bounds;
  // Copilot asks how long a message takes, and how long it may wait. It does not know of several jobs at once.
  const copilot = copilotPolicy({
    jobSeconds: usualSeconds(load.durations) / concurrency,
    latencySeconds: scaling.latency ?? DEFAULT_LATENCY_SECONDS,
  });
  return {
    'serverless-watchbot': under(choosePolicy({ ...scaling, min, max }, concurrency)),
    watchbot: under(watchbotPolicy(bounds)),
    copilot: under(copilot),
    'lower-bound': lowerBound,
  };
}

/** What somebody who knows the jobs would call their duration: the median. */
function usualSeconds(durations: Durations): number {
  switch (durations.kind) {
    case 'constant':
      return durations.seconds;
    case 'spread':
      return durations.medianSeconds;
    case 'samples': {
      const sorted = Float64Array.from(durations.seconds).sort();
      return sorted[Math.floor(sorted.length / 2)]!;
    }
  }
}
