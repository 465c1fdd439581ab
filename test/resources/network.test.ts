import { describe, expect, it } from '@jest/globals';
import { build, single } from './support';

const types = (Resources: Record<string, { Type: string }>, service: string) =>
  Object.values(Resources).filter(({ Type }) => Type.startsWith(`AWS::${service}::`)).length;

describe('the network', () => {
  it('is made if none is named: two public subnets, and nothing is let in', () => {
    const { Resources, of } = single();
    expect(of('service').NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        Subnets: [{ Ref: 'WatchbotSubnet1' }, { Ref: 'WatchbotSubnet2' }],
        SecurityGroups: [{ 'Fn::GetAtt': ['WatchbotSecurityGroup', 'GroupId'] }],
        AssignPublicIp: 'ENABLED',
      },
    });
    expect(Resources.WatchbotSecurityGroup?.Properties).not.toHaveProperty('SecurityGroupIngress');
    const zones = [1, 2].map((index) => Resources[`WatchbotSubnet${index}`]?.Properties?.AvailabilityZone);
    expect(zones).toEqual([
      { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] },
    ]);
    expect(Resources.WatchbotDefaultRoute?.DependsOn).toBe('WatchbotInternetGatewayAttachment');
    expect(JSON.stringify(Resources)).not.toContain('NatGateway');
  });

  it.each([
    [
      { vpc: { subnets: ['subnet-0a1b2c3d'], securityGroups: [{ Ref: 'Group' }], publicIp: true } },
      { Subnets: ['subnet-0a1b2c3d'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'ENABLED' },
    ],
    [
      { vpc: { subnets: { 'Fn::Split': [',', { 'Fn::ImportValue': 'subnets' }] } } },
      { Subnets: { 'Fn::Split': [',', { 'Fn::ImportValue': 'subnets' }] }, AssignPublicIp: 'DISABLED' },
    ],
  ])('is the one that is named: %j', (section, expected) => {
    const { Resources, of } = single(section);
    expect(of('service').NetworkConfiguration).toEqual({ AwsvpcConfiguration: expected });
    expect(types(Resources, 'EC2')).toBe(0);
  });

  it('is the one of the service’s Lambda functions', () => {
    const { Resources, of } = single(
      {},
      { providerVpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] } },
    );
    expect(of('service').NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        Subnets: ['subnet-0a1b2c3d'],
        SecurityGroups: ['sg-0a1b2c3d'],
        AssignPublicIp: 'DISABLED',
      },
    });
    expect(types(Resources, 'EC2')).toBe(0);
  });
});

describe('the cluster', () => {
  const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/shared';
  const byName = (name: string) =>
    `arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:cluster/${name}`;

  it('is made once, with both of Fargate’s providers, if none is named', () => {
    const { Resources, Outputs } = build({ workers: { a: { command: 'true' }, b: { command: 'true' } } });
    expect(types(Resources, 'ECS')).toBe(2 + 2 * 2);
    expect(Resources.WatchbotClusterCapacity?.Properties).toMatchObject({
      Cluster: { Ref: 'WatchbotCluster' },
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
    expect(Outputs.ClusterArn?.Value).toEqual({ 'Fn::GetAtt': ['WatchbotCluster', 'Arn'] });
  });

  it.each([
    ['shared', 'shared', { 'Fn::Sub': byName('shared') }],
    [arn, 'shared', arn],
  ])('is the one that is named: %j', (cluster, name, clusterArn) => {
    const { Resources, Outputs, of } = single({ cluster });
    expect(Resources).not.toHaveProperty('WatchbotCluster');
    expect(Resources).not.toHaveProperty('WatchbotClusterCapacity');
    expect(of('service').Cluster).toEqual(name);
    expect(of('memoryAlarm').Dimensions[0]).toEqual({ Name: 'ClusterName', Value: name });
    expect(Outputs.ClusterArn?.Value).toEqual(clusterArn);
  });
});
