import { describeValue, type Problem } from '../../errors/problem';
import { completeCapacity, isFargate, meansFargate } from '../complete-capacity';
import type { Capacity, WorkerInput } from '../configuration';
import { EC2, FARGATE_PROVIDERS } from '../schema/capacity';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type Service, type WorkerRule } from './rule';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html (name) */
const PROVIDER_NAME = /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/i;

const providersOf = ({ strategy }: Capacity) => strategy.map(({ provider }) => provider);

export const capacityProviders: WorkerRule = {
  reads: ['capacity'],
  check: ({ worker: { capacity }, at }) =>
    providersOf(completeCapacity(capacity)).flatMap((provider, index): Problem[] => {
      if (typeof provider !== 'string' || isFargate(provider)) return [];
      const isEc2 = provider.toUpperCase() === EC2;
      if (PROVIDER_NAME.test(provider) && !isEc2) return [];
      return [
        {
          code: 'WATCHBOT_NOT_ALLOWED',
          place: at('capacity', String(index), 'provider'),
          given: describeValue(provider),
          allowed: `${FARGATE_PROVIDERS.join(', ')}, or the name of a capacity provider, which does not begin with aws, ecs or fargate`,
          advice: isEc2
            ? '`capacity: EC2` stands alone: name a capacity provider, or leave the list out'
            : (didYouMean(provider, FARGATE_PROVIDERS) ?? 'name a capacity provider of the cluster'),
        },
      ];
    }),
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
export const capacityShares: WorkerRule = {
  reads: ['capacity'],
  check: ({ worker: { capacity }, at }) => {
    const { strategy } = completeCapacity(capacity);
    const providers = strategy.map(({ provider }) => JSON.stringify(provider));
    const twice = strategy.find(({ provider }, i) => providers.indexOf(JSON.stringify(provider)) !== i);
    const kinds = new Set(strategy.map(({ provider }) => meansFargate(provider)));
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
        kinds.size > 1,
        contradiction('capacity of Fargate and of EC2', 'either Fargate or EC2 in one list, as ECS has it'),
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

const isEc2Worker = ({ capacity }: WorkerInput) => completeCapacity(capacity).launchType === 'EC2';

/** The cluster that the plugin makes has no instances. */
export const ec2HasACluster: WorkerRule = {
  reads: ['capacity', 'cluster'],
  check: ({ worker, shared, at }) => {
    if (!isEc2Worker(worker) || shared.cluster !== undefined) return [];
    const [provider] = providersOf(completeCapacity(worker.capacity));
    const meant = typeof provider === 'string' ? didYouMean(provider, FARGATE_PROVIDERS) : undefined;
    return [
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('capacity'),
        given: `${provider === undefined ? EC2 : describeValue(provider)} without \`cluster\``,
        allowed: 'capacity of EC2 with `cluster`: the name or ARN of a cluster that has instances',
        advice: meant ?? 'name the cluster, or use FARGATE',
      },
    ];
  },
};

/**
 * Tasks on EC2 have no public address of their own; beside workers on Fargate, which have, they go without.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html (assignPublicIp)
 */
export function publicIpProblems({ shared, workers, root }: Service): Problem[] {
  const all = Object.values(workers);
  return problemIf(all.length > 0 && all.every(isEc2Worker) && shared.vpc?.publicIp === true, {
    code: 'WATCHBOT_CONTRADICTION',
    place: `${root}.vpc.publicIp`,
    given: 'true, with EC2 alone',
    allowed: 'EC2 in subnets that reach AWS through a NAT gateway or VPC endpoints, or without `vpc`',
    advice: 'remove `publicIp`, or remove `vpc`: tasks then have the network of their instance',
  });
}

const EC2_KEYS = ['gpu', 'privileged', 'placementConstraints', 'placementStrategies'] as const;

function isUsed(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
export const onlyOnEc2: WorkerRule = {
  reads: ['capacity', ...EC2_KEYS],
  check: ({ worker, at }) =>
    isEc2Worker(worker)
      ? []
      : EC2_KEYS.filter((key) => isUsed(worker[key])).map((key) => ({
          code: 'WATCHBOT_CONTRADICTION' as const,
          place: at(key),
          given: `\`${key}\` on Fargate`,
          allowed: `\`${key}\` with \`capacity: EC2\``,
          advice: 'remove it, or change `capacity`',
        })),
};

export const onlyOnFargate: WorkerRule = {
  reads: ['capacity', 'ephemeralStorage'],
  check: ({ worker, at }) =>
    problemIf(isEc2Worker(worker) && worker.ephemeralStorage !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('ephemeralStorage'),
      given: '`ephemeralStorage` on EC2',
      allowed: '`ephemeralStorage` on Fargate',
      advice: "remove it: tasks on EC2 have their instance's disk",
    }),
};

export const placementsAreWhole: WorkerRule = {
  reads: ['placementConstraints', 'placementStrategies'],
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

/** What `field` may be, by type. */
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
