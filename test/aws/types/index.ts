import { CONTAINERS } from './containers';
import { HTTP } from './http';
import { MESSAGES } from './messages';
import { NETWORK } from './network';
import { OTHERS } from './others';
import { WATCHING } from './watching';
import type { ResourceTypes } from './type';

/** Types of resources that tests create with API calls. A new type belongs here, or in `BY_CLOUDFORMATION`. */
export const TYPES: ResourceTypes = {
  ...MESSAGES,
  ...NETWORK,
  ...CONTAINERS,
  ...WATCHING,
  ...HTTP,
  ...OTHERS,
};

/** Types that moto creates from a template. They are covered by the tests that deploy templates to it. */
export const BY_CLOUDFORMATION: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::Table',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::FileSystem',
  'AWS::EFS::MountTarget',
  'AWS::Events::Rule',
  'AWS::IAM::AccessKey',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
]);
