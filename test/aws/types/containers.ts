import { resolveText, type Scope } from '../../../src/features/local/intrinsics';
import type { AwsCall } from '../../helpers/aws-calls';
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
  'AWS::ECS::CapacityProvider': {
    named: 'Name',
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ name, properties: { ClusterName, ...properties } }) => [
      {
        service: 'ecs',
        operation: 'CreateCapacityProvider',
        // moto knows only providers of Auto Scaling groups, and fails without one.
        parameters: {
          AutoScalingGroupProvider: { AutoScalingGroupArn: arn('autoscaling', 'autoScalingGroup:none') },
          ...properties,
          Name: name,
          Cluster: ClusterName,
        },
      },
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
      ...existingCluster(Cluster),
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

/** A cluster that the template does not make: its name stands there, or functions work it out of a text. */
function existingCluster(cluster: unknown): AwsCall[] {
  const isGiven = typeof cluster === 'string' || (typeof cluster === 'object' && 'Fn::Select' in cluster!);
  if (!isGiven) return [];
  const name = clusterName({ Cluster: resolveText(cluster, NOTHING_MADE) });
  return [{ service: 'ecs', operation: 'CreateCluster', parameters: { ClusterName: name } }];
}

const NOTHING_MADE: Scope = { ref: () => undefined, attribute: () => undefined };

/** The name of a cluster, from its name or ARN. */
const clusterName = ({ Cluster }: Properties) => asText(Cluster).split('/').at(-1)!;
