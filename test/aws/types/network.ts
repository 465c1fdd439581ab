import type { AwsCall } from '../../helpers/aws-calls';
import { type Properties, type Resource, type ResourceType, type ResourceTypes } from './type';

/** The resources of a network that ECS checks before it creates a service, and those of private subnets. */
export const NETWORK: ResourceTypes = {
  'AWS::EC2::VPC': ofEc2('VpcId', ({ properties: { CidrBlock } }) => [createVpc({ CidrBlock })]),
  'AWS::EC2::Subnet': ofEc2('SubnetId', ({ properties: { VpcId, CidrBlock, AvailabilityZone } }) => [
    createSubnet({ VpcId, CidrBlock, AvailabilityZone }),
  ]),
  'AWS::EC2::SecurityGroup': ofEc2('GroupId', ({ name, properties: { GroupDescription, VpcId } }) => [
    createSecurityGroup({ GroupName: name, Description: GroupDescription, VpcId }),
  ]),
  'AWS::EC2::VPCCidrBlock': ofEc2('Id', ({ properties: { VpcId, CidrBlock } }) => [
    ec2('AssociateVpcCidrBlock', { VpcId, CidrBlock }),
  ]),
  'AWS::EC2::EIP': ofEc2('AllocationId', ({ properties: { Domain } }) => [
    ec2('AllocateAddress', { Domain }),
  ]),
  'AWS::EC2::NatGateway': ofEc2('NatGatewayId', ({ properties: { SubnetId, AllocationId } }) => [
    ec2('CreateNatGateway', { SubnetId, AllocationId }),
  ]),
  'AWS::EC2::RouteTable': ofEc2('RouteTableId', ({ properties: { VpcId } }) => [
    ec2('CreateRouteTable', { VpcId }),
  ]),
  'AWS::EC2::VPCEndpoint': ofEc2('VpcEndpointId', ({ properties: { PolicyDocument, ...given } }) => [
    ec2('CreateVpcEndpoint', {
      ...given,
      Tags: undefined,
      ...(PolicyDocument === undefined ? {} : { PolicyDocument: JSON.stringify(PolicyDocument) }),
    }),
  ]),
};

export interface Network {
  AwsvpcConfiguration?: { Subnets?: unknown; SecurityGroups?: unknown };
}

/** Creates existing subnets and security groups that a service names by their ids. */
export function networkOutside({
  AwsvpcConfiguration: { Subnets, SecurityGroups } = {},
}: Network): AwsCall[] {
  const subnet = (id: string) => [
    { ...createVpc({ CidrBlock: '10.0.0.0/16' }), gives: { [`vpc-of-${id}`]: 'Vpc.VpcId' } },
    {
      ...createSubnet({ VpcId: `vpc-of-${id}`, CidrBlock: '10.0.0.0/24' }),
      gives: { [id]: 'Subnet.SubnetId' },
    },
  ];
  const securityGroup = (id: string) => ({
    ...createSecurityGroup({ GroupName: `outside ${id.slice(3)}`, Description: 'outside' }),
    gives: { [id]: 'GroupId' },
  });
  return [...textsOf(Subnets).flatMap(subnet), ...textsOf(SecurityGroups).map(securityGroup)];
}

function textsOf(list: unknown): string[] {
  const [separator, text] = ((list as { 'Fn::Split'?: [string, unknown] } | undefined)?.['Fn::Split'] ??
    []) as [string?, unknown?];
  if (separator !== undefined && typeof text === 'string') return text.split(separator);
  return [list].flat().filter((entry) => typeof entry === 'string');
}

const createVpc = (parameters: Properties) => ec2('CreateVpc', parameters);
const createSubnet = (parameters: Properties) => ec2('CreateSubnet', parameters);
const createSecurityGroup = (parameters: Properties) => ec2('CreateSecurityGroup', parameters);
const ec2 = (operation: string, parameters: Properties): AwsCall => ({
  service: 'ec2',
  operation,
  parameters: parameters,
});

const ANSWERS: Readonly<Record<string, string>> = {
  VpcId: 'Vpc.VpcId',
  SubnetId: 'Subnet.SubnetId',
  GroupId: 'GroupId',
  Id: 'CidrBlockAssociation.AssociationId',
  AllocationId: 'AllocationId',
  NatGatewayId: 'NatGateway.NatGatewayId',
  RouteTableId: 'RouteTable.RouteTableId',
  VpcEndpointId: 'VpcEndpoint.VpcEndpointId',
};

function ofEc2(idKey: string, calls: (resource: Resource) => AwsCall[]): ResourceType {
  return {
    returnValues: ({ id }) => ({ ref: `made-up-${id}-id`, attributes: { [idKey]: `made-up-${id}-id` } }),
    calls: (resource) =>
      calls(resource).map((call) => ({ ...call, gives: { [resource.ref]: ANSWERS[idKey]! } })),
  };
}
