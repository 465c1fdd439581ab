import { factsOf, type Capacity, type LaunchType } from '../capacity';
import type {
  HealthCheck,
  Secret,
  ServiceContext,
  TextOrIntrinsic,
  Worker,
  WorkerInput,
} from '../configuration';
import {
  CAPACITY_DEFAULTS,
  DEFAULT_MEMORY_MIB,
  EC2,
  HEALTH_CHECK_DEFAULTS,
  MANAGED,
  MANAGED_DEFAULTS,
} from '../defaults';
import type { ManagedInput } from '../schema/managed';
import { mapValues } from '../../shared/json';
import { variablesOf } from '../environment-file';
import { beginningsOf } from '../functions';
import { completeRole } from './events';

/** What a task is, where it runs, and how its jobs end. */
export function completeTask(input: WorkerInput) {
  const capacity = completeCapacity(input.capacity);
  return {
    cpu: input.cpu,
    memory: completeMemory(input, capacity),
    softMemory: input.softMemory,
    ephemeralStorage: input.ephemeralStorage,
    gpu: input.gpu,
    privileged: input.privileged,
    capacity,
    placementConstraints: input.placementConstraints,
    placementStrategies: input.placementStrategies,
    concurrency: input.concurrency,
    maxJobDuration: input.maxJobDuration,
    stopTimeout: input.stopTimeout,
    stopNotice: input.stopNotice,
  };
}

/** On EC2 a reservation is enough for ECS, and a limit that nobody asked for would kill what has always run. */
function completeMemory({ memory, softMemory }: WorkerInput, capacity: Capacity): number | undefined {
  if (memory !== undefined) return memory;
  return factsOf(capacity).mayHaveNoLimit && softMemory !== undefined ? undefined : DEFAULT_MEMORY_MIB;
}

/** One word stands for a strategy with one provider, except `EC2`, which has none, and `MANAGED`, for which one is made. */
function completeCapacity(given: WorkerInput['capacity']): Capacity {
  if (given === EC2) return { launchType: EC2, strategy: [], managed: undefined };
  if (given === MANAGED) return completeManaged({});
  if (typeof given === 'object' && !Array.isArray(given)) return completeManaged(given.managed ?? {});
  const shares = typeof given === 'string' ? [{ provider: given }] : given;
  return {
    launchType: launchTypeOf(shares),
    strategy: shares.map(({ provider, weight, base }) => ({
      ...CAPACITY_DEFAULTS,
      provider,
      ...(weight !== undefined && { weight }),
      ...(base !== undefined && { base }),
    })),
    managed: undefined,
  };
}

function completeManaged(given: ManagedInput): Capacity {
  const { spot = MANAGED_DEFAULTS.spot, monitoring = MANAGED_DEFAULTS.monitoring } = given;
  return {
    launchType: 'MANAGED_INSTANCES',
    strategy: [],
    managed: {
      spot,
      monitoring,
      instances: given.instances ?? {},
      storage: given.storage,
      scaleInAfter: given.scaleInAfter,
      infrastructureRole: completeRole(given.infrastructureRole),
      instanceProfile: given.instanceProfile,
    },
  };
}

/** Of providers that one list must not have together, a rule tells. */
function launchTypeOf(shares: readonly { provider: TextOrIntrinsic; managed?: boolean }[]): LaunchType {
  if (shares.some(({ provider }) => meansFargate(provider))) return 'FARGATE';
  return shares.some(({ managed }) => managed === true) ? 'MANAGED_INSTANCES' : EC2;
}

/**
 * AWS reserves names that begin so: one that is not Fargate's own is a misspelt one. Of a condition both branches are known,
 * and of any other function nothing.
 */
export function meansFargate(provider: TextOrIntrinsic): boolean {
  const names = beginningsOf(provider);
  return names.length > 0 && names.every((name) => 'text' in name && /^fargate/i.test(name.text));
}

/** ECS refuses a name that is among the secrets as well. */
export function completeEnvironment(
  input: Pick<WorkerInput, 'environment' | 'secrets' | 'container'>,
  { environment, environmentFiles }: Pick<ServiceContext, 'environment' | 'environmentFiles'>,
): Worker['environment'] {
  const fromFiles = variablesOf(input.container.environmentFiles, environmentFiles);
  const inherited = Object.entries({ ...environment, ...fromFiles }).filter(
    ([name]) => !Object.hasOwn(input.secrets, name),
  );
  return { ...Object.fromEntries(inherited), ...textValues(input.environment) };
}

const textValues = (environment: WorkerInput['environment']): Worker['environment'] =>
  mapValues(environment, asText);

/** What AWS takes as a text; a function stays one. */
export const asText = <T extends object>(value: string | number | boolean | T): string | T =>
  typeof value === 'object' ? value : String(value);

const SECRETS_MANAGER_ARN_START = /^arn:[^:]+:secretsmanager:/;

export const completeSecrets = (secrets: WorkerInput['secrets']): Worker['secrets'] =>
  mapValues(secrets, (secret): Secret => {
    if (typeof secret !== 'string') return secret;
    return SECRETS_MANAGER_ARN_START.test(secret) ? { secretsManager: secret } : { ssm: secret };
  });

export function completeHealthCheck(given: WorkerInput['healthCheck']): HealthCheck | undefined {
  if (given === false) return undefined;
  const { command, ...times } = given === true ? {} : given;
  return { ...HEALTH_CHECK_DEFAULTS, ...times, command };
}

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
