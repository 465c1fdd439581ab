import { SharedId } from '../config/logical-ids';
import type { PrivateNetwork } from '../config/network';
import { combine, getAtt, ref, select } from './cloudformation';
import type { PropertiesOf, Resources } from './resource-types';

type Tags = NonNullable<PropertiesOf<'AWS::EC2::Subnet'>['Tags']>;

/**
 * The public subnets take all of the VPC's first range, and CloudFormation makes new subnets before it removes others: so
 * private ones have a range of their own, and an update may go from the ones to the others and back. AWS adds no range of
 * 10.0.0.0/16 to a VPC that begins there: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
const PRIVATE_CIDR = '10.2.0.0/20';

export const PRIVATE_SUBNETS = [
  {
    zone: 0,
    cidr: '10.2.0.0/21',
    id: SharedId.privateSubnet1,
    tableId: SharedId.privateRouteTable1,
    associationId: SharedId.privateSubnet1Route,
    publicId: SharedId.subnet1,
    addressId: SharedId.natAddress1,
    natId: SharedId.natGateway1,
    natRouteId: SharedId.natRoute1,
  },
  {
    zone: 1,
    cidr: '10.2.8.0/21',
    id: SharedId.privateSubnet2,
    tableId: SharedId.privateRouteTable2,
    associationId: SharedId.privateSubnet2Route,
    publicId: SharedId.subnet2,
    addressId: SharedId.natAddress2,
    natId: SharedId.natGateway2,
    natRouteId: SharedId.natRoute2,
  },
] as const;
type PrivateSubnet = (typeof PRIVATE_SUBNETS)[number];

/** The zones that have a NAT gateway. */
function withGateway(way: PrivateNetwork['way']): readonly PrivateSubnet[] {
  if (way === 'endpoints') return [];
  return way === 'nat' ? [PRIVATE_SUBNETS[0]] : PRIVATE_SUBNETS;
}

/** What stands between private subnets and the first task. */
export const whatPrivateSubnetsNeed = ({ way }: PrivateNetwork): string[] => [
  ...PRIVATE_SUBNETS.map(({ associationId }) => associationId),
  ...(way === 'endpoints' ? [] : PRIVATE_SUBNETS.map(({ natRouteId }) => natRouteId)),
];

/** Two subnets from which no address of the internet is reached, but through a NAT gateway. */
export function privateNetwork({ way }: PrivateNetwork, Tags: Tags): Resources {
  const zones = withGateway(way);
  return {
    [SharedId.privateRange]: {
      Type: 'AWS::EC2::VPCCidrBlock',
      Properties: { VpcId: ref(SharedId.vpc), CidrBlock: PRIVATE_CIDR },
    },
    ...combine(PRIVATE_SUBNETS.map((each) => subnet(each, Tags))),
    ...combine(zones.map((zone) => gateway(zone, Tags))),
    ...(zones[0] === undefined
      ? {}
      : combine(PRIVATE_SUBNETS.map((each) => route(each, zones.includes(each) ? each : zones[0]!)))),
  };
}

/** Each has a route table of its own, so that only a route changes where each zone gets its own gateway. */
function subnet({ zone, cidr, id, tableId, associationId }: PrivateSubnet, Tags: Tags): Resources {
  return {
    [id]: {
      Type: 'AWS::EC2::Subnet',
      DependsOn: SharedId.privateRange,
      Properties: {
        VpcId: ref(SharedId.vpc),
        CidrBlock: cidr,
        AvailabilityZone: select(zone, { 'Fn::GetAZs': '' }),
        MapPublicIpOnLaunch: false,
        Tags,
      },
    },
    [tableId]: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref(SharedId.vpc), Tags } },
    [associationId]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(id), RouteTableId: ref(tableId) },
    },
  };
}

function gateway({ publicId, addressId, natId }: PrivateSubnet, Tags: Tags): Resources {
  return {
    [addressId]: {
      Type: 'AWS::EC2::EIP',
      DependsOn: SharedId.gatewayAttachment,
      Properties: { Domain: 'vpc', Tags },
    },
    [natId]: {
      Type: 'AWS::EC2::NatGateway',
      // Without the route it would have no way to the internet itself.
      DependsOn: SharedId.defaultRoute,
      Properties: { SubnetId: ref(publicId), AllocationId: getAtt(addressId, 'AllocationId'), Tags },
    },
  };
}

const route = ({ tableId, natRouteId }: PrivateSubnet, { natId }: PrivateSubnet): Resources => ({
  [natRouteId]: {
    Type: 'AWS::EC2::Route',
    Properties: {
      RouteTableId: ref(tableId),
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: ref(natId),
    },
  },
});
