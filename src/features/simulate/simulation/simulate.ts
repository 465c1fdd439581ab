import type { ScalingBounds, ScalingPolicy } from '../../../scaling/policy';
import { drawLoad } from './draw';
import type { Load } from './load';
import { Random } from './random';
import type { SimulationResult } from './result';
import { Simulation } from './simulation';
import { DEFAULT_WORLD, type World } from './world';

export interface SimulationInput {
  readonly policy: ScalingPolicy;
  readonly bounds: ScalingBounds;
  readonly load: Load;
  /** What differs from `DEFAULT_WORLD`. */
  readonly world?: Partial<World>;
  /** Of everything that is drawn: the same input gives the same result. */
  readonly seed?: number;
}

/** Runs a policy against a load. Every policy meets the same messages, at the same moment of CloudWatch's minute. */
export function simulate({ policy, bounds, load, world, seed = 1 }: SimulationInput): SimulationResult {
  const random = new Random(seed);
  const drawn = drawLoad(load, random);
  return new Simulation({ policy, bounds, load: drawn, random, world: { ...DEFAULT_WORLD, ...world } }).run();
}
