import { describe, expect, it } from '@jest/globals';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { servicesUnreached } from '../../src/resources/endpoints';
import { parse } from '../config/support';
import { arnOf } from './sections';
import { build, single } from './support';

const resourcesOf = (vpc: unknown, section: object = {}) =>
  single(vpc === undefined ? section : { vpc, ...section }).Resources;

const ofType = (resources: Record<string, TemplateResource>, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === `AWS::EC2::${type}`);

const idsOf = (resources: Record<string, TemplateResource>, type: string) =>
  ofType(resources, type).map(([id]) => id);

/** The ends of the names of the services that have an endpoint. */
const endpointsIn = (resources: Record<string, TemplateResource>) =>
  ofType(resources, 'VPCEndpoint').map(([, { Properties }]) =>
    (Properties!.ServiceName as { 'Fn::Sub': string })['Fn::Sub'].replace(
      'com.amazonaws.${AWS::Region}.',
      '',
    ),
  );

describe('private subnets', () => {
  it.each([['private'], [{ private: 'nat' }], [{ private: 'natPerZone' }], [{ private: 'endpoints' }]])(
    'are those of the tasks, which have no public address: %j',
    (vpc) => {
      const { of, Resources } = single({ vpc });
      expect(of('service').NetworkConfiguration).toEqual({
        AwsvpcConfiguration: {
          Subnets: [{ Ref: 'WatchbotPrivateSubnet1' }, { Ref: 'WatchbotPrivateSubnet2' }],
          SecurityGroups: [{ 'Fn::GetAtt': ['WatchbotSecurityGroup', 'GroupId'] }],
          AssignPublicIp: 'DISABLED',
        },
      });
      for (const [, { Properties, DependsOn }] of ofType(Resources, 'Subnet').filter(([id]) =>
        /Private/.test(id),
      )) {
        expect(Properties!.MapPublicIpOnLaunch).toBe(false);
        expect(DependsOn).toBe('WatchbotPrivateRange');
      }
    },
  );

  it('are taken rather than the network of the functions', () => {
    const { of } = single({ vpc: 'private' }, { providerVpc: { subnetIds: ['subnet-0a1b2c3d'] } });
    expect(JSON.stringify(of('service').NetworkConfiguration)).toContain('WatchbotPrivateSubnet1');
  });

  it.each([
    ['nat', ['WatchbotNatGateway1'], ['WatchbotNatGateway1', 'WatchbotNatGateway1']],
    [
      'natPerZone',
      ['WatchbotNatGateway1', 'WatchbotNatGateway2'],
      ['WatchbotNatGateway1', 'WatchbotNatGateway2'],
    ],
  ])('reach the internet through a gateway in a public subnet: %s', (way, gateways, ofZones) => {
    const resources = resourcesOf({ private: way });
    expect(idsOf(resources, 'NatGateway')).toEqual(gateways);
    const routes = [1, 2].map((zone) => resources[`WatchbotNatRoute${zone}`]!.Properties!);
    expect(routes.map(({ NatGatewayId }) => NatGatewayId)).toEqual(ofZones.map((id) => ({ Ref: id })));
    expect(routes.map(({ RouteTableId }) => RouteTableId)).toEqual([
      { Ref: 'WatchbotPrivateRouteTable1' },
      { Ref: 'WatchbotPrivateRouteTable2' },
    ]);
    expect(resources.WatchbotNatGateway1).toMatchObject({
      DependsOn: 'WatchbotDefaultRoute',
      Properties: {
        SubnetId: { Ref: 'WatchbotSubnet1' },
        AllocationId: { 'Fn::GetAtt': ['WatchbotNatAddress1', 'AllocationId'] },
      },
    });
    expect(resources.WatchbotNatAddress1).toMatchObject({ DependsOn: 'WatchbotInternetGatewayAttachment' });
  });

  it('have no way to the internet with endpoints alone', () => {
    const resources = resourcesOf({ private: 'endpoints' });
    for (const type of ['InternetGateway', 'NatGateway', 'EIP', 'Route', 'VPCGatewayAttachment'])
      expect(idsOf(resources, type)).toEqual([]);
    expect(idsOf(resources, 'Subnet')).toEqual(['WatchbotPrivateSubnet1', 'WatchbotPrivateSubnet2']);
  });

  it.each([
    [
      'private',
      [
        'WatchbotPrivateSubnet1Route',
        'WatchbotPrivateSubnet2Route',
        'WatchbotNatRoute1',
        'WatchbotNatRoute2',
        'WatchbotEndpointS3',
      ],
    ],
    [
      { private: 'endpoints' },
      ['WatchbotPrivateSubnet1Route', 'WatchbotEndpointSqs', 'WatchbotEndpointEcrDkr'],
    ],
  ])('are ready before the first task: %j', (vpc, awaited) => {
    const { Resources } = single({ vpc });
    expect(Resources.WatchbotService!.DependsOn).toEqual(expect.arrayContaining(awaited));
  });
});

describe('endpoints', () => {
  const PLAINEST = ['ecr.api', 'ecr.dkr', 'ecs', 'logs', 's3', 'sns', 'sqs'];

  it.each<[what: string, section: object, services: readonly string[]]>([
    ['the plainest worker', {}, PLAINEST],
    ['one without a topic', { topic: false }, PLAINEST.filter((service) => service !== 'sns')],
    ['a parameter', { secrets: { KEY: '/tiles/key' } }, [...PLAINEST, 'ssm']],
    [
      'a secret',
      { secrets: { KEY: arnOf('secretsmanager', 'secret:db-AbCdEf') } },
      [...PLAINEST, 'secretsmanager'],
    ],
    ['reduce mode', { reduce: true }, [...PLAINEST, 'dynamodb']],
    ['a shell', { exec: true }, [...PLAINEST, 'ssmmessages']],
    [
      'KMS if a job signs by it',
      { permissions: [{ Action: ['kms:Sign', 'kms:Decrypt'], Resource: '*' }] },
      [...PLAINEST, 'kms'],
    ],
    ['keys of KMS, which SQS asks itself', { queue: { encryption: 'KMS' } }, PLAINEST],
    [
      'what a job may call, if its endpoint is known',
      { permissions: [{ Action: ['bedrock:InvokeModel', 'S3:GetObject'], Resource: '*' }] },
      [...PLAINEST, 'bedrock-runtime'],
    ],
    [
      'nothing for what a job must not call',
      { permissions: [{ Effect: 'Deny', Action: 'bedrock:*', Resource: '*' }] },
      PLAINEST,
    ],
    ['ECR of another account', { registry: '210987654321.dkr.ecr.us-east-1.amazonaws.com' }, PLAINEST],
  ])('are those that the tasks call: %s', (_, section, services) => {
    expect(endpointsIn(resourcesOf({ private: 'endpoints' }, section))).toEqual([...services].sort());
  });

  it('are those that the user names besides', () => {
    const vpc = { private: 'endpoints', endpoints: ['sagemaker.runtime', 'sqs'] };
    const resources = resourcesOf(vpc);
    expect(endpointsIn(resources)).toEqual([...PLAINEST, 'sagemaker.runtime'].sort());
    expect(resources).toHaveProperty('WatchbotEndpointSagemakerRuntime');
  });

  it('beside a NAT gateway are those that cost nothing, and those that the user names', () => {
    expect(endpointsIn(resourcesOf('private', { reduce: true }))).toEqual(['dynamodb', 's3']);
    expect(resourcesOf('private')).not.toHaveProperty('WatchbotEndpointSecurityGroup');
    expect(endpointsIn(resourcesOf({ private: 'nat', endpoints: ['logs'] }))).toEqual(['logs', 's3']);
  });

  it('are for all workers in the network, and not for those on instances', () => {
    const { Resources } = build({
      vpc: { private: 'endpoints' },
      cluster: 'shared',
      workers: {
        fast: { command: 'true', topic: false },
        big: { command: 'true', topic: false, capacity: 'EC2', secrets: { KEY: '/key' } },
        other: { command: 'true', topic: false, reduce: true },
      },
    });
    expect(endpointsIn(Resources)).toEqual(
      [...PLAINEST.filter((service) => service !== 'sns'), 'dynamodb'].sort(),
    );
    expect(Resources.BigService!.Properties!.NetworkConfiguration).toBeUndefined();
  });

  it('of S3 and DynamoDB stand in the route tables; the others have addresses, and let in the tasks alone', () => {
    const resources = resourcesOf({ private: 'endpoints' }, { reduce: true });
    const tables = [{ Ref: 'WatchbotPrivateRouteTable1' }, { Ref: 'WatchbotPrivateRouteTable2' }];
    for (const id of ['WatchbotEndpointS3', 'WatchbotEndpointDynamodb'])
      expect(resources[id]!.Properties).toMatchObject({ VpcEndpointType: 'Gateway', RouteTableIds: tables });
    expect(resources.WatchbotEndpointEcrApi!.Properties).toMatchObject({
      VpcEndpointType: 'Interface',
      SubnetIds: [{ Ref: 'WatchbotPrivateSubnet1' }, { Ref: 'WatchbotPrivateSubnet2' }],
      SecurityGroupIds: [{ 'Fn::GetAtt': ['WatchbotEndpointSecurityGroup', 'GroupId'] }],
      PrivateDnsEnabled: true,
    });
    expect(resources.WatchbotEndpointSecurityGroup!.Properties!.SecurityGroupIngress).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        SourceSecurityGroupId: { 'Fn::GetAtt': ['WatchbotSecurityGroup', 'GroupId'] },
      },
    ]);
  });

  it('that are not known are told of, unless the user names one', () => {
    const unreached = (vpc: unknown, Action: readonly string[]) =>
      servicesUnreached(parse({ command: 'true', vpc, permissions: [{ Action, Resource: '*' }] }));
    const vpc = { private: 'endpoints' };
    expect(unreached(vpc, ['ses:SendEmail', 's3:*', 'iam:PassRole', 'sagemaker:InvokeEndpoint'])).toEqual([
      'sagemaker',
      'ses',
    ]);
    expect(unreached({ ...vpc, endpoints: ['sagemaker.runtime'] }, ['sagemaker:InvokeEndpoint'])).toEqual([]);
    expect(unreached('private', ['ses:SendEmail'])).toEqual([]);
  });
});

describe('from one network to another', () => {
  const NETWORKS = {
    public: undefined,
    nat: { private: 'nat' },
    natPerZone: { private: 'natPerZone' },
    endpoints: { private: 'endpoints' },
  };
  const pairs = Object.keys(NETWORKS).flatMap((from) =>
    Object.keys(NETWORKS)
      .filter((to) => to !== from)
      .map((to) => [from, to] as [keyof typeof NETWORKS, keyof typeof NETWORKS]),
  );

  /** What CloudFormation changes in place, by AWS's own schemas of these types (all but their `createOnlyProperties`). */
  const UPDATED_IN_PLACE: Record<string, readonly string[]> = {
    'AWS::EC2::Route': ['NatGatewayId'],
    'AWS::EC2::VPCEndpoint': ['PolicyDocument', 'RouteTableIds', 'SubnetIds', 'SecurityGroupIds'],
    'AWS::ECS::Service': ['NetworkConfiguration'],
  };

  it.each(pairs)('nothing is replaced: %s to %s', (from, to) => {
    const before = resourcesOf(NETWORKS[from]);
    const after = resourcesOf(NETWORKS[to]);
    for (const id of Object.keys(before).filter((each) => each in after)) {
      const { Type, Properties = {} } = before[id]!;
      const changed = Object.keys({ ...Properties, ...after[id]!.Properties }).filter(
        (key) => JSON.stringify(Properties[key]) !== JSON.stringify(after[id]!.Properties?.[key]),
      );
      expect(after[id]!.Type).toBe(Type);
      expect([id, changed.filter((key) => UPDATED_IN_PLACE[Type]?.includes(key) !== true)]).toEqual([id, []]);
    }
  });

  it.each(pairs)(
    'no new subnet takes addresses of an old one, which is removed last: %s to %s',
    (from, to) => {
      const cidrs = (network: keyof typeof NETWORKS) =>
        ofType(resourcesOf(NETWORKS[network]), 'Subnet').map(([id, { Properties }]) => ({
          id,
          range: rangeOf(Properties!.CidrBlock as string),
        }));
      for (const one of cidrs(from)) {
        for (const other of cidrs(to).filter(({ id }) => id !== one.id)) {
          const isApart = one.range.last < other.range.first || other.range.last < one.range.first;
          expect([one.id, other.id, isApart]).toEqual([one.id, other.id, true]);
        }
      }
    },
  );
});

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', bits] = cidr.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
}
