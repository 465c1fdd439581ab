import { givenStepsPolicy } from '../../src/scaling/policies/steps';
import type { ScalingPolicy, StepScaling } from '../../src/scaling/policy';
import type { Load } from '../../src/features/simulate/load';
import type { SimulationInput } from '../../src/features/simulate/simulation';
import type { World } from '../../src/features/simulate/world';

/** Delays that can be added in one's head. CloudWatch's minute begins with the load. */
export const ROUND_WORLD: Partial<World> = {
  metricDelaySeconds: 30,
  metricPhaseSeconds: 0,
  provisionSeconds: 10,
  startSeconds: 20,
  protectionSeconds: 10,
  stopSeconds: 0,
  minimumBilledSeconds: 0,
  sampleSeconds: 10,
};

export const burst = (messages: number, seconds: number): Load => ({
  arrivals: { kind: 'burst', messages },
  durations: { kind: 'constant', seconds },
});

export const times = (atSeconds: readonly number[], seconds: number): Load => ({
  arrivals: { kind: 'times', atSeconds },
  durations: { kind: 'constant', seconds },
});

/** A policy that wants this many tasks with the first message. */
export const wants = (tasks: number): ScalingPolicy =>
  givenStepsPolicy([{ messages: 1, tasks }], { min: 0, keepIdleSeconds: 60 });

export const input = (given: Partial<SimulationInput> & Pick<SimulationInput, 'load'>): SimulationInput => ({
  policy: wants(2),
  bounds: { min: 0, max: 2, concurrency: 1 },
  world: ROUND_WORLD,
  ...given,
});

/** A step policy, of which a test gives what matters. */
export const stepScaling = (parts: Partial<StepScaling>, threshold = 1): StepScaling => ({
  kind: 'step',
  direction: 'up',
  alarm: {
    description: '',
    label: '',
    formula: { metric: 'visible' },
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold,
    periodSeconds: 60,
    statistic: 'Maximum',
    evaluationPeriods: 1,
  },
  adjustment: 'ChangeInCapacity',
  cooldownSeconds: 0,
  aggregation: 'Maximum',
  steps: [{ from: threshold, to: undefined, adjust: 1 }],
  ...parts,
});
