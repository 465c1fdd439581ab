import type { Capacity, TextOrIntrinsic, WorkerInput } from './configuration';
import { CAPACITY_DEFAULTS, EC2, FARGATE_PROVIDERS } from './schema/capacity';

/** Where tasks run: one word stands for a strategy with one provider, but for `EC2`, which has none. */
export function completeCapacity(given: WorkerInput['capacity']): Capacity {
  if (given === EC2) return { launchType: EC2, strategy: [] };
  const shares = typeof given === 'string' ? [{ provider: given }] : given;
  const strategy = shares.map((share) => ({ ...CAPACITY_DEFAULTS, ...share }));
  return { launchType: strategy.some(({ provider }) => meansFargate(provider)) ? 'FARGATE' : EC2, strategy };
}

/** AWS keeps names that begin so to itself: what is none of Fargate's is one that is misspelt. */
export function meansFargate(provider: TextOrIntrinsic): boolean {
  return typeof provider === 'string' && /^fargate/i.test(provider);
}

export function isFargate(provider: TextOrIntrinsic): boolean {
  return FARGATE_PROVIDERS.some((name) => name === provider);
}
