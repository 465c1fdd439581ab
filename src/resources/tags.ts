import type { Configuration } from '../config/configuration';
import { tagList, type Resource, type Resources } from './cloudformation';

/** Types whose tags are a list of keys and values. */
const WITH_TAG_LIST = new Set([
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

/** Types whose tags are a map. */
const WITH_TAG_MAP = new Set(['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage']);

/** The provider's tags on everything that takes tags. Tasks get those of their service. */
export function tagged(resources: Resources, { context: { tags } }: Configuration): Resources {
  if (Object.keys(tags).length === 0) return resources;
  return Object.fromEntries(Object.entries(resources).map(([id, body]) => [id, withTags(body, tags)]));
}

type Tag = ReturnType<typeof tagList>[number];

function withTags(body: Resource, tags: Readonly<Record<string, string>>): Resource {
  const properties = body.Properties ?? {};
  if (WITH_TAG_MAP.has(body.Type)) return { ...body, Properties: { ...properties, Tags: tags } };
  if (!WITH_TAG_LIST.has(body.Type)) return body;
  const own = (properties.Tags ?? []) as Tag[];
  const others = tagList(tags).filter(({ Key }) => own.every((tag) => tag.Key !== Key));
  return { ...body, Properties: { ...properties, Tags: [...own, ...others] } };
}
