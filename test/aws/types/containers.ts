import { networkOutside, type Network } from './network';
import { arn, asText, type Properties, type ResourceTypes } from './type';

/** ECS. */
export const CONTAINERS: ResourceTypes = {
  'AWS::ECS::Cluster': {
    named: 'ClusterName',
    made: ({ name }) => ({ ref: name, attributes: { Arn: arn('ecs', `cluster/${name}`) } }),
    calls: ({ name, properties }) => [
      { service: 'ecs', operation: 'CreateCluster', parameters: { ...properties, ClusterName: name } },
    ],
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    made: ({ properties }) => ({ ref: asText(properties.Cluster) }),
    calls: ({ properties }) => [
      { service: 'ecs', operation: 'PutClusterCapacityProviders', parameters: properties },
    ],
  },
  'AWS::ECS::TaskDefinition': {
    named: 'Family',
    made: ({ name }) => {
      const ref = arn('ecs', `task-definition/${name}:1`);
      return { ref, attributes: { TaskDefinitionArn: ref } };
    },
    calls: ({ name, properties }) => [
      { service: 'ecs', operation: 'RegisterTaskDefinition', parameters: { ...properties, Family: name } },
    ],
  },
  'AWS::ECS::Service': {
    named: 'ServiceName',
    made: ({ name, properties }) => {
      const ref = arn('ecs', `service/${clusterName(properties)}/${name}`);
      return { ref, attributes: { Name: name, ServiceArn: ref } };
    },
    outside: ({ Cluster, NetworkConfiguration = {} }) => [
      ...(typeof Cluster === 'string'
        ? [
            {
              service: 'ecs',
              operation: 'CreateCluster',
              parameters: { ClusterName: clusterName({ Cluster }) },
            },
          ]
        : []),
      ...networkOutside(NetworkConfiguration as Network),
    ],
    calls: ({ name, properties }) => [
      {
        service: 'ecs',
        operation: 'CreateService',
        // CloudFormation's own default.
        parameters: { DesiredCount: 1, ...properties, ServiceName: name },
      },
    ],
  },
};

/** From a name or an ARN. */
const clusterName = ({ Cluster }: Properties) => asText(Cluster).split('/').at(-1)!;
