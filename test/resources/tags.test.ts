import { describe, expect, it } from '@jest/globals';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { SECTIONS, TAGGED } from './sections';
import { build, single } from './support';

const list = [
  { Key: 'team', Value: 'maps' },
  { Key: 'cost-center', Value: '42' },
];
/** What policies tell tasks by, whatever the provider says. */
const OF_TASKS = { Key: 'watchbot:worker', Value: 'tiles-dev-Watchbot' };
const map = { team: 'maps', 'cost-center': '42' };

/**
 * How each type of resource takes tags; `none` takes none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const TAKES: Record<string, 'list' | 'map' | 'none'> = {
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
  'AWS::SNS::Subscription': 'none',
  'AWS::SNS::Topic': 'list',
  'AWS::SQS::Queue': 'list',
  'AWS::SQS::QueuePolicy': 'none',
  // Only groups of schedules take tags.
  'AWS::Scheduler::Schedule': 'none',
  'AWS::SecretsManager::Secret': 'list',
};

const resourcesWith = (tags: object): TemplateResource[] =>
  Object.values(SECTIONS).flatMap((section) =>
    Object.values(build({ command: 'true', ...section }, tags).Resources),
  );
const ALL = resourcesWith(TAGGED);

describe('the provider’s tags', () => {
  it('have been looked up for every type of resource that there is', () => {
    const types = new Set(ALL.map(({ Type }) => Type));
    expect([...types].sort()).toEqual(Object.keys(TAKES).sort());
  });

  it.each(Object.entries(TAKES))('%s: %s', (type, form) => {
    const resources = ALL.filter(({ Type }) => Type === type);
    const without = resources.filter(({ Properties: { Tags } = {} }) => {
      if (form === 'none') return Tags !== undefined;
      return form === 'map'
        ? JSON.stringify(Tags) !== JSON.stringify(map)
        : !list.every((tag) =>
            (Tags as object[] | undefined)?.some((own) => JSON.stringify(own) === JSON.stringify(tag)),
          );
    });
    expect(without).toEqual([]);
  });

  it('leave a resource the tags that it has, and its name', () => {
    const { Resources } = single({}, { tags: { Name: 'theirs', team: 'maps' } });
    expect(Resources.WatchbotVpc?.Properties?.Tags).toEqual([
      { Key: 'Name', Value: 'tiles-dev-watchbot' },
      { Key: 'team', Value: 'maps' },
    ]);
  });

  it('do not take away the one by which tasks are told', () => {
    const { of } = single({}, { tags: { 'watchbot:worker': 'theirs' } });
    expect(of('service').Tags).toEqual([OF_TASKS]);
    expect(of('queue').Tags).toEqual([OF_TASKS]);
  });

  it('are on tasks too, which have them from the service', () => {
    expect(single({}, TAGGED).of('service')).toMatchObject({
      PropagateTags: 'SERVICE',
      Tags: [OF_TASKS, ...list],
    });
  });

  it('give way to those of an extension', () => {
    const Tags = [{ Key: 'team', Value: 'roads' }];
    const before = single({}, TAGGED).of('queue').Tags as typeof Tags;
    expect(single({ extensions: { queue: { Tags } } }, TAGGED).of('queue').Tags).toEqual(
      before.map((tag) => (tag.Key === 'team' ? Tags[0] : tag)),
    );
  });

  it('leave no trace if there are none', () => {
    const tagged = resourcesWith({}).filter(
      ({ Type, Properties }) =>
        Properties?.Tags !== undefined &&
        !Type.startsWith('AWS::EC2::') &&
        !['AWS::ECS::CapacityProvider', 'AWS::ECS::Service', 'AWS::SQS::Queue'].includes(Type),
    );
    expect(tagged).toEqual([]);
    expect(single().of('service').Tags).toEqual([OF_TASKS]);
    expect(single().of('queue').Tags).toEqual([OF_TASKS]);
    expect(single({ scaling: { awake: false } }).of('queue')).not.toHaveProperty('Tags');
    expect(single().of('deadLetterQueue')).not.toHaveProperty('Tags');
  });
});
