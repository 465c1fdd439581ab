import type { Configuration } from '../config/configuration';
import { SharedId } from '../config/names';
import { combine, getAtt, ref, select, type Resources } from './cloudformation';

const VPC_CIDR = '10.0.0.0/24';
const SUBNETS = [
  { index: 1, cidr: '10.0.0.0/25' },
  { index: 2, cidr: '10.0.0.128/25' },
] as const;

/** Where the tasks of a stack run: the user's network, or the small one of the plugin. */
export function taskNetwork({ vpc }: Configuration) {
  if (vpc === undefined) {
    return {
      Subnets: SUBNETS.map(({ index }) => ref(SharedId.subnet(index))),
      SecurityGroups: [getAtt(SharedId.securityGroup, 'GroupId')],
      AssignPublicIp: 'ENABLED',
    };
  }
  return {
    Subnets: vpc.subnets,
    ...(vpc.securityGroups === undefined ? {} : { SecurityGroups: vpc.securityGroups }),
    AssignPublicIp: vpc.publicIp ? 'ENABLED' : 'DISABLED',
  };
}

/** A VPC with two public subnets, for a stack that names none. Nothing is let in; a NAT gateway would cost more than the tasks. */
export function network({ vpc, context }: Configuration): Resources {
  if (vpc !== undefined) return {};
  const Tags = [{ Key: 'Name', Value: `${context.stackName}-watchbot` }];
  return {
    [SharedId.vpc]: {
      Type: 'AWS::EC2::VPC',
      Properties: { CidrBlock: VPC_CIDR, EnableDnsSupport: true, EnableDnsHostnames: true, Tags },
    },
    [SharedId.internetGateway]: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags } },
    [SharedId.gatewayAttachment]: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref(SharedId.vpc), InternetGatewayId: ref(SharedId.internetGateway) },
    },
    [SharedId.routeTable]: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref(SharedId.vpc), Tags } },
    [SharedId.defaultRoute]: {
      Type: 'AWS::EC2::Route',
      // A route to a gateway that is not attached yet is refused.
      DependsOn: SharedId.gatewayAttachment,
      Properties: {
        RouteTableId: ref(SharedId.routeTable),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref(SharedId.internetGateway),
      },
    },
    ...combine(SUBNETS.map(({ index, cidr }) => subnet(index, cidr, Tags))),
    [SharedId.securityGroup]: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `Tasks of ${context.stackName}: nothing in, everything out`,
        VpcId: ref(SharedId.vpc),
        Tags,
      },
    },
  };
}

function subnet(index: number, CidrBlock: string, Tags: unknown): Resources {
  return {
    [SharedId.subnet(index)]: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: ref(SharedId.vpc),
        CidrBlock,
        AvailabilityZone: select(index - 1, { 'Fn::GetAZs': '' }),
        MapPublicIpOnLaunch: false,
        Tags,
      },
    },
    [SharedId.subnetRoute(index)]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(SharedId.subnet(index)), RouteTableId: ref(SharedId.routeTable) },
    },
  };
}
