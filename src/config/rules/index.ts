import { managedPolicyArns, reservedVariables, secretsHaveArns, variableOnce } from './access';
import { commandIsNotBlank, mountsAreSafe } from './filesystem';
import { deadLetterOnlyOffForFifo, oneJobInAFreshContainer } from './queue';
import type { WorkerRule } from './rule';
import { capacityShares, fargateSize, scalingBounds, softMemoryFits } from './size';
import { extensionsAreKnown } from './extensions';

/** Every rule across the keys of one worker. */
export const WORKER_RULES: readonly WorkerRule[] = [
  commandIsNotBlank,
  fargateSize,
  softMemoryFits,
  capacityShares,
  scalingBounds,
  deadLetterOnlyOffForFifo,
  oneJobInAFreshContainer,
  reservedVariables,
  variableOnce,
  secretsHaveArns,
  managedPolicyArns,
  mountsAreSafe,
  extensionsAreKnown,
];

export { serviceProblems } from './service';
export type { RuleSubject, WorkerRule } from './rule';
