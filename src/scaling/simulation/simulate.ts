import type { ScalingBounds, ScalingPolicy } from '../policy';
import type { Load } from './load';
import type { SimulationResult } from './result';
import type { World } from './world';

export interface SimulationInput {
  readonly policy: ScalingPolicy;
  readonly bounds: ScalingBounds;
  readonly load: Load;
  /** What differs from `DEFAULT_WORLD`. */
  readonly world?: Partial<World>;
  /** Of everything that is drawn: the same input gives the same result. */
  readonly seed?: number;
}

/** Runs a policy against a load. */
export function simulate(input: SimulationInput): SimulationResult {
  throw new Error(`${input.policy.name} cannot be simulated yet`);
}
