import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Durations } from '../../scaling/simulation/load';
import type { Sample } from '../../scaling/simulation/result';
import { lowerBound } from '../../scaling/simulation/bound';
import { simulate, type SimulationInput } from '../../scaling/simulation/simulate';
import { copilotPolicy } from '../../scaling/policies/copilot';
import { gradedPolicy } from '../../scaling/policies/graded';
import { watchbotPolicy } from '../../scaling/policies/watchbot';
import type { ScalingPolicy } from '../../scaling/policy';
import type { CommandRun } from '../command';
import type { SimulatePlan } from './plan';
import { POLICY_LABELS, type PolicyName, type PolicyRun } from './policies';

/** The load under each of the policies; fewer of them where it was stopped meanwhile. */
export async function comparePolicies(
  plan: SimulatePlan,
  { voice, signal }: Pick<CommandRun, 'voice' | 'signal'>,
): Promise<PolicyRun[]> {
  const { bounds, load, world, seed } = plan;
  const input = { bounds, load, world, seed };
  const progress = voice.progress.get('watchbot-simulate');
  const runs: PolicyRun[] = [];
  for (const [policy, run] of Object.entries(policiesOf(plan)) as [PolicyName, Run][]) {
    progress.notice(`Simulating ${POLICY_LABELS[policy]}`);
    // A simulation lets nothing else run: what is said is shown before it, and Ctrl-C heard.
    await nextTurn();
    if (signal.aborted) break;
    const result = run(input);
    runs.push({ policy, result: { ...result, samples: withoutRest(result.samples, bounds.min) } });
  }
  progress.remove();
  return runs;
}

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
  const jobSeconds = usualSeconds(load.durations) / bounds.concurrency;
  return {
    'serverless-watchbot': under(gradedPolicy({ ...bounds, messagesPerTask: worker.concurrency })),
    watchbot: under(watchbotPolicy(bounds)),
    copilot: under(copilotPolicy({ jobSeconds, latencySeconds: 60 })),
    'lower-bound': lowerBound,
  };
}

/** What somebody who knows the jobs would call their duration: the median. */
export function usualSeconds(durations: Durations): number {
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
