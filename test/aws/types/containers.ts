import { networkOutside, type Network } from './network';
import { arn, asText, type Properties, type ResourceTypes } from './type';

/** ECS. */
export const CONTAINERS: ResourceTypes = {
  'AWS::ECS::Cluster': {
    named: 'ClusterName',
    made: ({ name }) => ({ ref: name, attributes: { Arn: arn('ecs', `cluster/${name}`) } }),
    // Where CloudFormation's names are not the API's.
    calls: ({ name, properties: { ClusterSettings, ...properties } }) => [
      {
        service: 'ecs',
        operation: 'CreateCluster',
        parameters: { ...properties, settings: ClusterSettings, ClusterName: name },
      },
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
    calls: ({ name, properties: { PlacementStrategies, ...properties } }) => [
      {
        service: 'ecs',
        operation: 'CreateService',
        // CloudFormation's own default.
        parameters: {
          DesiredCount: 1,
          ...properties,
          PlacementStrategy: PlacementStrategies,
          NetworkConfiguration: withSecurityGroups(properties.NetworkConfiguration as Network | undefined),
          ServiceName: name,
        },
      },
    ],
  },
};

/** moto fails where there are none; AWS takes the VPC's default one. */
function withSecurityGroups(network: Network | undefined): Network | undefined {
  if (network?.AwsvpcConfiguration === undefined) return network;
  return { AwsvpcConfiguration: { SecurityGroups: [], ...network.AwsvpcConfiguration } };
}

/** From a name or an ARN. */
const clusterName = ({ Cluster }: Properties) => asText(Cluster).split('/').at(-1)!;
