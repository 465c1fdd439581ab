import { factsOf, hasOwnInterface, isInNetwork } from '../config/capacity';
import type { Configuration, Worker } from '../config/configuration';
import { SharedId } from '../config/logical-ids';
import { combine, getAtt, ref, select } from './cloudformation';
import { privateNetwork, PRIVATE_SUBNETS, whatPrivateSubnetsNeed } from './private-network';
import type { PropertiesOf, Resources } from './resource-types';

type TaskNetwork = NonNullable<
  NonNullable<PropertiesOf<'AWS::ECS::Service'>['NetworkConfiguration']>['AwsvpcConfiguration']
>;

const VPC_CIDR = '10.0.0.0/24';
const SUBNETS = [
  { zone: 0, id: SharedId.subnet1, routeId: SharedId.subnet1Route, cidr: '10.0.0.0/25' },
  { zone: 1, id: SharedId.subnet2, routeId: SharedId.subnet2Route, cidr: '10.0.0.128/25' },
] as const;

/** The kind of network of a worker's tasks: one of their own, or that of their instance. */
export function networkMode(configuration: Configuration, worker: Worker): 'awsvpc' | 'bridge' | 'host' {
  const { sharedNetwork } = factsOf(worker.capacity);
  return hasOwnInterface(configuration, worker) ? 'awsvpc' : (sharedNetwork ?? 'awsvpc');
}

/** Where tasks with a network interface of their own run: the user's network, or the small one of the plugin. */
export function taskNetwork({ vpc, privateNetwork }: Configuration): TaskNetwork {
  if (vpc === undefined) {
    return {
      Subnets: (privateNetwork === undefined ? SUBNETS : PRIVATE_SUBNETS).map(({ id }) => ref(id)),
      SecurityGroups: [getAtt(SharedId.securityGroup, 'GroupId')],
      AssignPublicIp: privateNetwork === undefined ? 'ENABLED' : 'DISABLED',
    };
  }
  return {
    Subnets: vpc.subnets,
    ...(vpc.securityGroups === undefined ? {} : { SecurityGroups: vpc.securityGroups }),
    AssignPublicIp: vpc.publicIp ? 'ENABLED' : 'DISABLED',
  };
}

/** Whether any task, or an instance that is started for some, needs a network that the user has not named. */
export function makesNetwork(configuration: Configuration): boolean {
  const { vpc, workers } = configuration;
  return vpc === undefined && workers.some((worker) => isInNetwork(configuration, worker));
}

/** What must be there before anything reaches the registry or SQS through the network that the plugin makes. */
export function networkRoutes(configuration: Configuration): string[] {
  if (!makesNetwork(configuration)) return [];
  return configuration.privateNetwork === undefined
    ? [SharedId.defaultRoute, SharedId.subnet1Route, SharedId.subnet2Route]
    : whatPrivateSubnetsNeed(configuration.privateNetwork);
}

/**
 * A VPC for a stack that names none. Nothing is let in. It has two public subnets, which cost nothing; or private ones, which
 * have public ones beside them only for NAT gateways.
 */
export function network(configuration: Configuration): Resources {
  if (!makesNetwork(configuration)) return {};
  const { context, privateNetwork: isPrivate, workers } = configuration;
  // Instances have a public address if their subnet gives them one; tasks on Fargate ask for theirs.
  const hasInstances = workers.some(({ capacity }) => capacity.managed !== undefined);
  const Tags = [{ Key: 'Name', Value: `${context.stackName}-watchbot` }];
  return {
    [SharedId.vpc]: {
      Type: 'AWS::EC2::VPC',
      Properties: { CidrBlock: VPC_CIDR, EnableDnsSupport: true, EnableDnsHostnames: true, Tags },
    },
    ...(isPrivate?.way === 'endpoints'
      ? {}
      : publicSubnets({ Tags, MapPublicIpOnLaunch: hasInstances && isPrivate === undefined })),
    [SharedId.securityGroup]: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `Tasks of ${context.stackName}: nothing in, everything out`,
        VpcId: ref(SharedId.vpc),
        Tags,
      },
    },
    ...(isPrivate === undefined ? {} : privateNetwork(isPrivate, Tags)),
  };
}

type Tags = NonNullable<PropertiesOf<'AWS::EC2::Subnet'>['Tags']>;

/** Two subnets with a way to the internet, in which a task needs a public address. */
const publicSubnets = ({ Tags, MapPublicIpOnLaunch }: Addressed): Resources => ({
  [SharedId.internetGateway]: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags } },
  [SharedId.gatewayAttachment]: {
    Type: 'AWS::EC2::VPCGatewayAttachment',
    Properties: { VpcId: ref(SharedId.vpc), InternetGatewayId: ref(SharedId.internetGateway) },
  },
  [SharedId.routeTable]: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref(SharedId.vpc), Tags } },
  [SharedId.defaultRoute]: {
    Type: 'AWS::EC2::Route',
    // AWS refuses a route to a gateway that is not attached yet.
    DependsOn: SharedId.gatewayAttachment,
    Properties: {
      RouteTableId: ref(SharedId.routeTable),
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: ref(SharedId.internetGateway),
    },
  },
  ...combine(SUBNETS.map((each) => subnet(each, { Tags, MapPublicIpOnLaunch }))),
});

interface Addressed {
  Tags: Tags;
  MapPublicIpOnLaunch: boolean;
}

function subnet(
  { zone, id, routeId, cidr }: (typeof SUBNETS)[number],
  { Tags, MapPublicIpOnLaunch }: Addressed,
): Resources {
  return {
    [id]: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: ref(SharedId.vpc),
        CidrBlock: cidr,
        AvailabilityZone: select(zone, { 'Fn::GetAZs': '' }),
        MapPublicIpOnLaunch,
        Tags,
      },
    },
    [routeId]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(id), RouteTableId: ref(SharedId.routeTable) },
    },
  };
}
