import { networkOutside, type Network } from './network';
import { arn, asText, type Properties, type ResourceTypes } from './type';

/** Resources of ECS. */
export const CONTAINERS: ResourceTypes = {
  'AWS::ECS::Cluster': {
    named: 'ClusterName',
    returnValues: ({ name }) => ({ ref: name, attributes: { Arn: arn('ecs', `cluster/${name}`) } }),
    // CloudFormation's name of this parameter differs from the API's.
    calls: ({ name, properties: { ClusterSettings, ...properties } }) => [
      {
        service: 'ecs',
        operation: 'CreateCluster',
        parameters: { ...properties, settings: ClusterSettings, ClusterName: name },
      },
    ],
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    returnValues: ({ properties }) => ({ ref: asText(properties.Cluster) }),
    calls: ({ properties }) => [
      { service: 'ecs', operation: 'PutClusterCapacityProviders', parameters: properties },
    ],
  },
  'AWS::ECS::TaskDefinition': {
    named: 'Family',
    returnValues: ({ name }) => {
      const ref = arn('ecs', `task-definition/${name}:1`);
      return { ref, attributes: { TaskDefinitionArn: ref } };
    },
    calls: ({ name, properties }) => [
      { service: 'ecs', operation: 'RegisterTaskDefinition', parameters: { ...properties, Family: name } },
    ],
  },
  'AWS::ECS::Service': {
    named: 'ServiceName',
    returnValues: ({ name, properties }) => {
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
        // The default of CloudFormation.
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

/** Adds an empty list of security groups. moto fails without one; AWS takes the VPC's default group. */
function withSecurityGroups(network: Network | undefined): Network | undefined {
  if (network?.AwsvpcConfiguration === undefined) return network;
  return { AwsvpcConfiguration: { SecurityGroups: [], ...network.AwsvpcConfiguration } };
}

/** The name of a cluster, from its name or ARN. */
const clusterName = ({ Cluster }: Properties) => asText(Cluster).split('/').at(-1)!;
