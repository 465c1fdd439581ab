import { describeValue, type Problem } from '../../errors/problem';
import { isInNetwork } from '../capacity';
import { configPath } from '../config-path';
import type { GivenShared } from '../configuration';
import { PRIVATE } from '../network';
import { isIn } from '../refusals';
import { ecrOf } from '../registry';
import { problemIf, type Service } from './rule';

/** What `vpc` says, and what others say that its network cannot give. */
export function networkProblems(service: Service): Problem[] {
  const { configuration, givenShared, refusals, root } = service;
  const place = configPath(root, ['vpc']);
  if (givenShared.vpc === undefined || isIn(refusals.refused, place)) return [];
  const { privateNetwork } = configuration;
  return [
    ...keyProblems(givenShared.vpc, place),
    ...(privateNetwork === undefined ? [] : nobodyInIt(service, place)),
    ...(privateNetwork?.way === 'endpoints' ? closedProblems(service, place) : []),
  ];
}

const OF_EXISTING = ['subnets', 'securityGroups', 'publicIp'] as const;

/** An existing network and a new one have no key in common. */
function keyProblems(vpc: NonNullable<GivenShared['vpc']>, place: string): Problem[] {
  if (typeof vpc === 'string') return [];
  if (vpc.private !== undefined) {
    return OF_EXISTING.filter((key) => vpc[key] !== undefined).map((key) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place: configPath(place, [key]),
      given: `\`${key}\` beside \`private\`, with which the plugin makes subnets and a security group`,
      allowed: 'one of the two',
      advice: `remove \`${key}\`, or remove \`private\` and name subnets that exist`,
    }));
  }
  return [
    ...problemIf(vpc.endpoints !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: configPath(place, ['endpoints']),
      given: '`endpoints` without `private`',
      allowed: 'endpoints in private subnets that the plugin makes',
      advice: 'write `vpc: {private: endpoints, endpoints: […]}`, or remove it',
    }),
    ...problemIf(vpc.subnets === undefined && vpc.endpoints === undefined, {
      code: 'WATCHBOT_MISSING_KEY',
      place: configPath(place, ['subnets']),
      allowed: 'a list, or a CloudFormation function that gives one, such as Fn::Split',
      advice: `add \`subnets\`, or write \`vpc: ${PRIVATE}\` for a new network with private ones`,
    }),
  ];
}

function nobodyInIt({ configuration }: Service, place: string): Problem[] {
  const { workers } = configuration;
  const isUsed = workers.some((worker) => isInNetwork(configuration, worker));
  return problemIf(workers.length > 0 && !isUsed, {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: 'a private network, with EC2 alone',
    allowed: 'a network for tasks on Fargate',
    advice: 'remove `vpc`: tasks on EC2 have the network of their instance',
  });
}

/** Of a network without a way to the internet. */
function closedProblems({ configuration, root, isMany }: Service, place: string): Problem[] {
  const { context, registry, workers } = configuration;
  const images = workers.flatMap((worker) =>
    worker.sidecars.map(({ name, image }) => ({ worker: worker.name, name, image })),
  );
  const advice = 'write `vpc: {private: nat}`';
  return [
    ...problemIf(registry !== undefined && ecrOf(registry.name)?.region !== context.region, {
      code: 'WATCHBOT_CONTRADICTION',
      place: configPath(root, ['registry']),
      given: `${registry?.name} beside \`private: endpoints\`, from where nothing of the internet is reached`,
      allowed: `ECR in ${context.region}`,
      advice: `remove \`registry\`, or ${advice}`,
    }),
    ...problemIf(context.region.startsWith('cn-'), {
      code: 'WATCHBOT_CONTRADICTION',
      place,
      given: `\`private: endpoints\` in ${context.region}`,
      allowed: 'regions outside China, where endpoint services have other names',
      advice: `${advice}, or name subnets of a network of your own`,
    }),
    ...images
      .filter(({ image }) => typeof image === 'string' && ecrOf(image)?.region !== context.region)
      .map(({ worker, name, image }) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: configPath(root, [...(isMany ? ['workers', worker] : []), 'sidecars', name]),
        given: `the image ${describeValue(image)} beside \`private: endpoints\`, from where nothing of the internet is reached`,
        allowed: `images in ECR in ${context.region}`,
        advice: `copy it to ECR, or ${advice}`,
      })),
  ];
}
