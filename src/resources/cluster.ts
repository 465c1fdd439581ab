import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { SharedId } from '../config/logical-ids';
import { FARGATE_PROVIDERS } from '../config/defaults';
import { ownId } from '../config/functions';
import { arn, getAtt, ref } from './cloudformation';
import { arnFrom, nameFrom } from './derived';
import type { Resources } from './resource-types';

const CLUSTER = 'AWS::ECS::Cluster';

/** One cluster for all workers of the stack, unless the user names an existing one. */
export function cluster({ cluster: existing }: Configuration): Resources {
  if (existing !== undefined) return {};
  return {
    [SharedId.cluster]: { Type: CLUSTER, Properties: {} },
    [SharedId.clusterCapacity]: {
      Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
      Properties: {
        Cluster: ref(SharedId.cluster),
        CapacityProviders: [...FARGATE_PROVIDERS],
        DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      },
    },
  };
}

/** The cluster's name, for ARNs and dimensions of metrics. */
export function clusterName({ cluster: existing, context }: Configuration): TextOrIntrinsic {
  if (existing === undefined) return ref(SharedId.cluster);
  if (typeof existing === 'string') return existing.split('/').at(-1) ?? existing;
  const id = ownId(existing, CLUSTER, context.resources);
  return id === undefined ? nameFrom(existing, '/') : ref(id);
}

export function clusterArn({ cluster: existing, context }: Configuration): TextOrIntrinsic {
  if (existing === undefined) return getAtt(SharedId.cluster, 'Arn');
  if (typeof existing === 'string' && existing.startsWith('arn:')) return existing;
  if (typeof existing === 'string') return arn('ecs', `cluster/${existing}`);
  const id = ownId(existing, CLUSTER, context.resources);
  return id === undefined
    ? arnFrom(existing, 'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/${Name}')
    : getAtt(id, 'Arn');
}
