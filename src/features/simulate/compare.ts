import { choosePolicy } from '../../scaling/choose-policy';
import { DEFAULT_LATENCY_SECONDS } from '../../scaling/limits';
import { copilotPolicy, watchbotPolicy } from '../../scaling/policies/predecessors';
import type { ScalingPolicy } from '../../scaling/policy';
import { lowerBound } from './bound';
import type { Durations } from './load';
import type { SimulatePlan } from './plan';
import type { Stages } from './simulate';
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

/** For people. */
export const POLICY_LABELS: Readonly<Record<PolicyName, string>> = {
  'serverless-watchbot': 'this service',
  proposal: 'proposed steps',
  watchbot: 'Watchbot',
  copilot: 'Copilot',
  'lower-bound': 'lower bound',
};

/** What a policy made of the load. */
export interface PolicyRun {
  policy: PolicyName;
  result: SimulationResult;
}

/** The load under each of the policies; fewer of them where it was stopped meanwhile. */
export async function comparePolicies(
  plan: SimulatePlan,
  { stages, signal }: { stages: Stages; signal: AbortSignal },
): Promise<PolicyRun[]> {
  const { bounds, load, world, seed } = plan;
  const input = { bounds, load, world, seed };
  const runs: PolicyRun[] = [];
  for (const [policy, run] of Object.entries(policiesOf(plan)) as [PolicyName, Run][]) {
    await stages.begin(`Simulating ${POLICY_LABELS[policy]}`);
    if (signal.aborted) break;
    runs.push({ policy, result: untilRest(run(input), bounds) });
  }
  return runs;
}

export const untilRest = (result: SimulationResult, { min }: { min: number }): SimulationResult => ({
  ...result,
  samples: withoutRest(result.samples, min),
});

/** Up to where nothing changes any more, all work being done and all tasks ended but those that `min` keeps. */
export function withoutRest(samples: readonly Sample[], minTasks: number): readonly Sample[] {
  const isAtRest = ({ visible, inFlight, tasks }: Sample) =>
    visible === 0 && inFlight === 0 && tasks <= minTasks;
  return samples.slice(0, samples.findLastIndex((sample) => !isAtRest(sample)) + 2);
}

type Run = (input: Omit<SimulationInput, 'policy'>) => PolicyRun['result'];

function policiesOf({ worker, bounds, load }: SimulatePlan): Partial<Record<PolicyName, Run>> {
  const under =
    (policy: ScalingPolicy): Run =>
    (input) =>
      simulate({ ...input, policy });
  const { scaling } = worker;
  const { min, max, concurrency } = bounds;
  // Copilot asks for how long a message takes, and for how long it may wait. It knows nothing of several at once.
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
