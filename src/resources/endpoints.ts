import { isInNetwork } from '../config/capacity';
import type { Configuration, Worker } from '../config/configuration';
import { endpointId, SharedId } from '../config/logical-ids';
import { endpointsOf, GATEWAY_SERVICES, servicesOf } from '../config/network';
import { combine, getAtt, ref, sub, type InlinePolicy } from './cloudformation';
import { makesNetwork } from './network';
import { PRIVATE_SUBNETS } from './private-network';
import type { PropertiesOf, Resource, Resources } from './resource-types';
import { neededExecutionRole, neededTaskRole } from './roles';

type Tags = NonNullable<PropertiesOf<'AWS::EC2::VPCEndpoint'>['Tags']>;

/**
 * The endpoints through which private subnets reach AWS. Beside a NAT gateway those that cost nothing are made, so that layers
 * of images and what jobs have in S3 are not billed by it, and those that the user names.
 */
export function endpoints(configuration: Configuration): Resources {
  const { privateNetwork, context } = configuration;
  if (privateNetwork === undefined || !makesNetwork(configuration)) return {};
  const Tags = [{ Key: 'Name', Value: `${context.stackName}-watchbot` }];
  const isClosed = privateNetwork.way === 'endpoints';
  const services = servicesReached(configuration).filter(
    (service) => isClosed || isGateway(service) || privateNetwork.endpoints.includes(service),
  );
  return {
    ...(services.every(isGateway) ? {} : securityGroup(configuration, Tags)),
    ...combine(services.map((service) => ({ [endpointId(service)]: endpoint(service, Tags) }))),
  };
}

const isGateway = (service: string) => GATEWAY_SERVICES.includes(service);

/**
 * What the agent of ECS calls from an instance; on Fargate it has a way of its own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 */
const OF_INSTANCES = ['ecs-agent', 'ecs-telemetry'];

/** The endpoint services of all that the tasks call, and of what the user names. */
function servicesReached(configuration: Configuration): string[] {
  const needed = inNetwork(configuration).flatMap((worker) =>
    servicesOf(actionsOf(configuration, worker)).flatMap((service) => endpointsOf(service) ?? []),
  );
  const hasInstances = configuration.workers.some(({ capacity }) => capacity.managed !== undefined);
  const ofInstances = hasInstances ? OF_INSTANCES : [];
  return [...new Set([...needed, ...ofInstances, ...(configuration.privateNetwork?.endpoints ?? [])])].sort();
}

/** The services of IAM that workers may call, of which it is not known by which endpoint they are reached. */
export function servicesUnreached(configuration: Configuration): string[] {
  if (configuration.privateNetwork?.way !== 'endpoints') return [];
  const { endpoints: named } = configuration.privateNetwork;
  const unknown = inNetwork(configuration)
    .flatMap((worker) => servicesOf(actionsOf(configuration, worker)))
    .filter((service) => endpointsOf(service) === undefined)
    .filter((service) => !named.some((name) => name.split(/[.-]/)[0] === service));
  return [...new Set(unknown)].sort();
}

const inNetwork = (configuration: Configuration): Worker[] =>
  configuration.workers.filter((worker) => isInNetwork(configuration, worker));

/** All that the watcher, the job and ECS at the start of a task may call. */
function actionsOf(configuration: Configuration, worker: Worker): string[] {
  const subject = { configuration, worker };
  return [neededTaskRole(subject), neededExecutionRole(subject)]
    .flatMap(({ Properties: { Policies } }) => Policies as InlinePolicy[])
    .flatMap(({ PolicyDocument: { Statement } }) => Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action);
}

/** It lets in nobody but the tasks. */
const securityGroup = ({ context }: Configuration, Tags: Tags): Resources => ({
  [SharedId.endpointSecurityGroup]: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: `VPC endpoints of ${context.stackName}: its tasks in`,
      VpcId: ref(SharedId.vpc),
      SecurityGroupIngress: [
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          SourceSecurityGroupId: getAtt(SharedId.securityGroup, 'GroupId'),
        },
      ],
      Tags,
    },
  },
});

function endpoint(service: string, Tags: Tags): Resource {
  const Properties = {
    VpcId: ref(SharedId.vpc),
    ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
    Tags,
  };
  return isGateway(service)
    ? {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          ...Properties,
          VpcEndpointType: 'Gateway',
          RouteTableIds: PRIVATE_SUBNETS.map(({ tableId }) => ref(tableId)),
        },
      }
    : {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          ...Properties,
          VpcEndpointType: 'Interface',
          SubnetIds: PRIVATE_SUBNETS.map(({ id }) => ref(id)),
          SecurityGroupIds: [getAtt(SharedId.endpointSecurityGroup, 'GroupId')],
          // So that clients find it under the name that they use anyway.
          PrivateDnsEnabled: true,
        },
      };
}
