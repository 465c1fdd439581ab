import {
  managedPolicyArns,
  reservedVariables,
  secretsHaveArns,
  statementNamesOnce,
  variableOnce,
} from './access';
import { alarmWindows } from './alarms';
import { extensionsAreKnown, extensionsAreMade } from './extensions';
import { commandIsNotBlank, mountsAreApart, mountsAreSafe } from './filesystem';
import { namesFit } from './names';
import { deadLetterOnlyOffForFifo, oneJobInAFreshContainer } from './queue';
import type { WorkerRule } from './rule';
import { capacityShares, fargateSize, scalingBounds, softMemoryFits } from './size';

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
  statementNamesOnce,
  mountsAreSafe,
  mountsAreApart,
  alarmWindows,
  extensionsAreKnown,
  extensionsAreMade,
  namesFit,
];

export { emptyValues } from './empty-values';
export { serviceProblems } from './service';
export type { RuleSubject, WorkerRule } from './rule';
