import { describeValue, type Problem } from '../../errors/problem';
import { factsOf, LAUNCH_TYPES, type Capacity, type LaunchType } from '../capacity';
import { meansFargate } from '../complete/task';
import type { GivenWorker, TextOrIntrinsic } from '../configuration';
import { EC2, FARGATE_PROVIDERS, MANAGED } from '../defaults';
import { describeFargateMemory, describeRange, ECS, FARGATE_CPU_UNITS, isFargateSize } from '../limits';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type Service, type WorkerRule } from './rule';

/** Fargate takes only certain pairs. */
const fargateSize: WorkerRule = {
  reads: ['cpu', 'memory', 'capacity.*'],
  check: ({ worker: { cpu, memory, capacity }, at, show }) => {
    if (!factsOf(capacity).hasSizesInPairs || memory === undefined || isFargateSize(cpu, memory)) return [];
    const isKnown = FARGATE_CPU_UNITS.includes(cpu);
    const inCpu = (units: number) => show('cpu', units, 'CPU units');
    const inMemory = (mib: number) => show('memory', mib, 'MiB');
    return [
      {
        code: 'WATCHBOT_FARGATE_SIZE',
        place: at(isKnown ? 'memory' : 'cpu'),
        given: `cpu ${inCpu(cpu)} with memory ${inMemory(memory)}`,
        allowed: isKnown
          ? `with cpu ${inCpu(cpu)}: memory ${describeFargateMemory(cpu, inMemory)}`
          : `cpu ${FARGATE_CPU_UNITS.map(inCpu).join(', ')}`,
        advice: isKnown ? 'choose one of these, or another `cpu`' : 'choose one of these',
      },
    ];
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size */
const sizeOnInstances: WorkerRule = {
  reads: ['cpu', 'memory', 'capacity.*'],
  check: ({ worker: { cpu, memory, capacity }, at, show }) => {
    const { name, hasSizesInPairs, hasTaskSize } = factsOf(capacity);
    if (hasSizesInPairs) return [];
    const minimum = hasTaskSize ? ECS.minTaskCpuUnits : ECS.minCpuUnits;
    return [
      ...problemIf(cpu < minimum || cpu > ECS.maxCpuUnits, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('cpu'),
        given: String(cpu),
        allowed: `${describeRange({ minimum, maximum: ECS.maxCpuUnits }, (units) => show('cpu', units, 'CPU units'))} on ${name}`,
      }),
      ...problemIf(memory !== undefined && memory < ECS.minMemoryMiB, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('memory'),
        given: String(memory),
        allowed: `${describeRange({ minimum: ECS.minMemoryMiB }, (mib) => show('memory', mib, 'MiB'))} on ${name}`,
      }),
    ];
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (memoryReservation) */
const softMemoryFits: WorkerRule = {
  reads: ['softMemory', 'memory', 'capacity.*'],
  check: ({ worker: { softMemory, memory, capacity }, given, at, show }) => {
    if (memory === undefined) return [];
    const isDefault = given.memory === undefined;
    const { hasTaskSize } = factsOf(capacity);
    const limit = hasTaskSize ? memory : memory - 1;
    return problemIf(softMemory !== undefined && softMemory > limit, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('softMemory'),
      given: String(softMemory),
      allowed: `at most ${show('softMemory', limit, 'MiB')}, ${hasTaskSize ? `the ${isDefault ? 'default' : 'value'} of` : 'less than'} \`memory\``,
      ...(isDefault && { advice: `give \`memory: ${softMemory}\`, or more` }),
    });
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html (name) */
const PROVIDER_NAME = /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/i;

const capacityProviders: WorkerRule = {
  reads: ['capacity.*'],
  check: ({ worker: { capacity }, at }) =>
    capacity.strategy.flatMap(({ provider }, index): Problem[] => {
      if (typeof provider !== 'string' || FARGATE_PROVIDERS.some((name) => name === provider)) return [];
      const alone = [EC2, MANAGED].find((word) => word === provider.toUpperCase());
      if (PROVIDER_NAME.test(provider) && alone === undefined) return [];
      return [
        {
          code: 'WATCHBOT_NOT_ALLOWED',
          place: at('capacity', String(index), 'provider'),
          given: describeValue(provider),
          allowed: `${FARGATE_PROVIDERS.join(', ')}, or the name of a capacity provider, which does not begin with aws, ecs or fargate`,
          advice:
            alone === undefined
              ? (didYouMean(provider, FARGATE_PROVIDERS) ?? 'name a capacity provider of the cluster')
              : `\`capacity: ${alone}\` stands alone: name a capacity provider, or leave the list out`,
        },
      ];
    }),
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
const capacityShares: WorkerRule = {
  reads: ['capacity'],
  check: ({ worker: { capacity }, given, at }) => {
    const { strategy } = capacity;
    const providers = strategy.map(({ provider }) => JSON.stringify(provider));
    const twice = strategy.find(({ provider }, i) => providers.indexOf(JSON.stringify(provider)) !== i);
    const kinds = kindsOf(given.capacity);
    const contradiction = (given: string, allowed: string): Problem => ({
      code: 'WATCHBOT_CONTRADICTION',
      place: at('capacity'),
      given,
      allowed,
    });
    const contradictions = [
      ...problemIf(
        twice !== undefined,
        contradiction(`${describeValue(twice?.provider)} for the second time`, 'each provider once'),
      ),
      ...problemIf(
        kinds.length > 1,
        contradiction(
          `capacity of ${kinds.join(' and of ')}`,
          'one of Fargate, EC2 and Managed Instances in one list, as ECS has it',
        ),
      ),
      ...problemIf(
        strategy.filter(({ base }) => base > 0).length > 1,
        contradiction('several entries with `base`', 'one entry with `base`'),
      ),
      ...problemIf(
        strategy.length > 0 && strategy.every(({ weight }) => weight === 0),
        contradiction('weight 0 everywhere', 'one entry with a weight of 1 or more'),
      ),
    ];
    return contradictions.slice(0, 1);
  },
};

/** What the providers of a list are, each kind once. */
function kindsOf(given: GivenWorker['capacity']): string[] {
  const shares: readonly { provider?: unknown; managed?: unknown }[] = Array.isArray(given) ? given : [];
  const kinds = shares.flatMap(({ provider, managed }) => {
    const isFargate = meansFargate(provider as TextOrIntrinsic);
    if (managed === true) return [...(isFargate ? ['Fargate'] : []), 'Managed Instances'];
    return isFargate ? ['Fargate'] : ['EC2'];
  });
  return [...new Set(kinds)];
}

/** The cluster that the plugin makes has no instances but those that it has asked for. */
const instancesHaveACluster: WorkerRule = {
  reads: ['capacity.*', 'cluster'],
  check: ({ worker, configuration, at }) => {
    const { name, needsCluster } = factsOf(worker.capacity);
    if (!needsCluster || worker.capacity.managed !== undefined || configuration.cluster !== undefined)
      return [];
    const provider = worker.capacity.strategy[0]?.provider;
    const meant = typeof provider === 'string' ? didYouMean(provider, FARGATE_PROVIDERS) : undefined;
    return [
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('capacity'),
        given: `${provider === undefined ? EC2 : describeValue(provider)} without \`cluster\``,
        allowed: `capacity of ${name} with \`cluster\`: the name or ARN of a cluster that has ${provider === undefined ? 'instances' : 'the provider'}`,
        advice: meant ?? 'name the cluster, or use FARGATE or MANAGED',
      },
    ];
  },
};

/** Keys that not every launch type has, by what says whether it does. */
const KEYS_OF_SOME = {
  gpu: 'hasGpus',
  privileged: 'mayBePrivileged',
  placementConstraints: 'takesConstraints',
  placementStrategies: 'takesStrategies',
  ephemeralStorage: 'hasEphemeralStorage',
} as const;
const SOME_KEYS = Object.keys(KEYS_OF_SOME) as (keyof typeof KEYS_OF_SOME)[];

function isUsed(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

const WORDS: Readonly<Record<LaunchType, string>> = { FARGATE: 'FARGATE', EC2, MANAGED_INSTANCES: MANAGED };

/** What to do with a key elsewhere than by another capacity. */
const INSTEAD: Partial<Record<LaunchType, Partial<Record<keyof typeof KEYS_OF_SOME, string>>>> = {
  FARGATE: { gpu: 'write `capacity: MANAGED`: AWS then runs instances that have GPUs' },
  EC2: { ephemeralStorage: "remove it: tasks on EC2 have their instance's disk" },
  MANAGED_INSTANCES: {
    ephemeralStorage:
      'give the instances a disk for all their tasks: `capacity: {managed: {storage: 100GB}}`',
    placementStrategies: 'remove it: AWS chooses the instances, and spreads tasks over zones',
  },
};

const keysOfOthers: WorkerRule = {
  reads: ['capacity.*', ...SOME_KEYS.map((key) => `${key}.*` as const)],
  check: ({ worker, at }) => {
    const { launchType } = worker.capacity;
    return SOME_KEYS.filter((key) => isUsed(worker[key]) && !factsOf({ launchType })[KEYS_OF_SOME[key]]).map(
      (key) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at(key),
        given: `\`${key}\` on ${factsOf({ launchType }).name}`,
        allowed: `\`${key}\` with \`capacity\`: ${wordsOfThoseWith(KEYS_OF_SOME[key])}`,
        advice: INSTEAD[launchType]?.[key] ?? 'remove it, or change `capacity`',
      }),
    );
  },
};

const wordsOfThoseWith = (fact: (typeof KEYS_OF_SOME)[keyof typeof KEYS_OF_SOME]): string =>
  LAUNCH_TYPES.filter((launchType) => factsOf({ launchType })[fact])
    .map((launchType) => WORDS[launchType])
    .join(' or ');

const placementsAreWhole: WorkerRule = {
  reads: ['placementConstraints.*', 'placementStrategies.*'],
  check: (subject) => [...constraintProblems(subject), ...strategyProblems(subject)],
};

function constraintProblems({ worker, at }: RuleSubject): Problem[] {
  return worker.placementConstraints.flatMap(({ type, expression }, index) =>
    problemIf((type === 'memberOf') !== (expression !== undefined), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('placementConstraints', String(index)),
      given: `${type} ${expression === undefined ? 'without' : 'with'} \`expression\``,
      allowed: '`memberOf` with `expression`, `distinctInstance` without',
    }),
  );
}

/** What `field` may be, by `type`. */
const FIELDS: Record<string, { is: RegExp; allowed: string }> = {
  spread: {
    is: /^(instanceId|host|attribute:\S+)$/,
    allowed: '`spread` with `field`: instanceId, host or attribute:NAME',
  },
  binpack: { is: /^(cpu|memory)$/, allowed: '`binpack` with `field`: cpu or memory' },
  random: { is: /^$/, allowed: '`random` without `field`' },
};

function strategyProblems({ worker, at }: RuleSubject): Problem[] {
  return worker.placementStrategies.flatMap(({ type, field = '' }, index) => {
    const { is, allowed } = FIELDS[type]!;
    return problemIf(!is.test(field), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('placementStrategies', String(index)),
      given: field === '' ? `${type} without \`field\`` : `${type} with \`field: ${field}\``,
      allowed,
    });
  });
}

export const CAPACITY_RULES: readonly WorkerRule[] = [
  fargateSize,
  sizeOnInstances,
  softMemoryFits,
  capacityProviders,
  capacityShares,
  instancesHaveACluster,
  keysOfOthers,
  placementsAreWhole,
];

const mayHaveAddress = (capacity: Capacity) => {
  const { mayHavePublicAddress, mayBorrowAddress } = factsOf(capacity);
  return mayHavePublicAddress || mayBorrowAddress;
};

/**
 * Tasks on EC2 have no public address of their own; beside workers on Fargate, which have one, they do without. Those on
 * Managed Instances have that of their instance.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html (assignPublicIp)
 */
export function publicIpProblems({ configuration: { workers, vpc }, root }: Service): Problem[] {
  return problemIf(
    workers.length > 0 &&
      workers.every(({ capacity }) => !mayHaveAddress(capacity)) &&
      vpc?.publicIp === true,
    {
      code: 'WATCHBOT_CONTRADICTION',
      place: `${root}.vpc.publicIp`,
      given: 'true, with EC2 alone',
      allowed: 'EC2 in subnets that reach AWS through a NAT gateway or VPC endpoints, or without `vpc`',
      advice: 'remove `publicIp`, or remove `vpc`: tasks then have the network of their instance',
    },
  );
}
