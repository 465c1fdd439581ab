import type { ResourceTypes } from '@awboost/cfntypes' with { 'resolution-mode': 'import' };
import type { Intrinsic } from '../config/configuration';

/** Every type of resource that the builders make, and the form in which CloudFormation takes its tags. */
export const TAGS = {
  'AWS::ApiGateway::ApiKey': 'list',
  'AWS::ApiGateway::Deployment': 'none',
  'AWS::ApiGateway::Method': 'none',
  'AWS::ApiGateway::RestApi': 'list',
  'AWS::ApiGateway::Stage': 'list',
  'AWS::ApiGateway::UsagePlan': 'list',
  'AWS::ApiGateway::UsagePlanKey': 'none',
  'AWS::ApiGatewayV2::Api': 'map',
  'AWS::ApiGatewayV2::Authorizer': 'none',
  'AWS::ApiGatewayV2::Integration': 'none',
  'AWS::ApiGatewayV2::Route': 'none',
  'AWS::ApiGatewayV2::Stage': 'map',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'none',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'none',
  'AWS::CloudWatch::Alarm': 'list',
  'AWS::CloudWatch::Dashboard': 'none',
  'AWS::DynamoDB::Table': 'list',
  'AWS::EC2::EIP': 'list',
  'AWS::EC2::InternetGateway': 'list',
  'AWS::EC2::NatGateway': 'list',
  'AWS::EC2::Route': 'none',
  'AWS::EC2::RouteTable': 'list',
  'AWS::EC2::SecurityGroup': 'list',
  'AWS::EC2::SecurityGroupIngress': 'none',
  'AWS::EC2::Subnet': 'list',
  'AWS::EC2::SubnetRouteTableAssociation': 'none',
  'AWS::EC2::VPC': 'list',
  'AWS::EC2::VPCCidrBlock': 'none',
  'AWS::EC2::VPCEndpoint': 'list',
  'AWS::EC2::VPCGatewayAttachment': 'none',
  'AWS::ECS::CapacityProvider': 'list',
  'AWS::ECS::Cluster': 'list',
  'AWS::ECS::ClusterCapacityProviderAssociations': 'none',
  'AWS::ECS::Service': 'list',
  'AWS::ECS::TaskDefinition': 'list',
  'AWS::Events::Rule': 'list',
  'AWS::IAM::AccessKey': 'none',
  'AWS::IAM::InstanceProfile': 'none',
  'AWS::IAM::Role': 'list',
  'AWS::IAM::User': 'list',
  'AWS::KMS::Key': 'list',
  'AWS::Logs::LogGroup': 'list',
  'AWS::Logs::MetricFilter': 'none',
  'AWS::S3::Bucket': 'list',
  'AWS::Scheduler::Schedule': 'none',
  'AWS::SecretsManager::Secret': 'list',
  'AWS::SNS::Subscription': 'none',
  'AWS::SNS::Topic': 'list',
  'AWS::SQS::Queue': 'list',
  'AWS::SQS::QueuePolicy': 'none',
} as const satisfies Partial<Record<keyof ResourceTypes, 'list' | 'map' | 'none'>>;

export type ResourceType = keyof typeof TAGS;

/**
 * The properties of a resource as AWS's own schema has them: a misspelt one is an error in the editor. What is undefined
 * is left out of the template.
 */
export type PropertiesOf<T extends ResourceType> = Values<ResourceTypes[T]> &
  (T extends keyof Newer ? Newer[T] : unknown);

/**
 * What CloudFormation has taken since the types were made of its schemas; cfn-lint knows it.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_sns.CfnTopic.html (made from AWS's schema, in 2.275.0)
 */
interface Newer {
  'AWS::SNS::Topic': { readonly MaximumMessageSize?: number | Intrinsic | undefined };
}

export type Resource = {
  [T in ResourceType]: {
    Type: T;
    Properties: PropertiesOf<T>;
    DependsOn?: string | string[];
    DeletionPolicy?: 'Retain' | 'RetainExceptOnCreate';
    UpdateReplacePolicy?: 'Retain';
    Metadata?: Readonly<Record<string, unknown>>;
  };
}[ResourceType];

export type Role = Extract<Resource, { Type: 'AWS::IAM::Role' }>;

/** By logical id. */
export type Resources = Record<string, Resource>;

type Values<T> = {
  readonly [K in keyof T]:
    Value<Exclude<T[K], undefined>> | (IsRequired<T, K> extends true ? never : undefined);
};

type IsRequired<T, K extends keyof T> = string extends K ? false : object extends Pick<T, K> ? false : true;

/** A function of CloudFormation may stand for any text, number, or list. */
type Value<T> =
  IsAny<T> extends true
    ? unknown
    : T extends readonly (infer Entry)[]
      ? readonly Value<Entry>[] | Intrinsic
      : T extends object
        ? Values<T>
        : T | Intrinsic;

type IsAny<T> = 0 extends 1 & T ? true : false;

export type TaskProperties = PropertiesOf<'AWS::ECS::TaskDefinition'>;
export type ContainerProperties = Extract<
  NonNullable<TaskProperties['ContainerDefinitions']>,
  readonly unknown[]
>[number];
