import { describe, expect, it } from '@jest/globals';
import { build, single, statementsOf, type Properties } from './support';

const VPC = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] };
const ROLE = 'arn:aws:iam::123456789012:role/instances';
const PROFILE = 'arn:aws:iam::123456789012:instance-profile/instances';
const onManaged = (section: object = {}, managed: object = {}) =>
  single({ capacity: { managed }, ...section });
const providerOf = (section: object = {}, managed: object = {}) =>
  onManaged(section, managed).of('capacityProvider').ManagedInstancesProvider as Properties;
const templateOf = (section: object = {}, managed: object = {}) =>
  providerOf(section, managed).InstanceLaunchTemplate as Properties;
const requirementsOf = (section: object = {}, instances: object = {}) =>
  templateOf(section, { instances }).InstanceRequirements as Properties | undefined;

describe('a provider of Managed Instances', () => {
  it('is made for a worker, in its cluster from the start, and tasks run on it alone', () => {
    const { of, Resources } = single({ capacity: 'MANAGED' });
    expect(of('capacityProvider')).toEqual({
      ClusterName: { Ref: 'WatchbotCluster' },
      ManagedInstancesProvider: {
        InfrastructureRoleArn: { 'Fn::GetAtt': ['WatchbotManagedInstancesManagerRole', 'Arn'] },
        InstanceLaunchTemplate: {
          CapacityOptionType: 'ON_DEMAND',
          Ec2InstanceProfileArn: { 'Fn::GetAtt': ['WatchbotManagedInstanceProfile', 'Arn'] },
          NetworkConfiguration: {
            Subnets: [{ Ref: 'WatchbotSubnet1' }, { Ref: 'WatchbotSubnet2' }],
            SecurityGroups: [{ 'Fn::GetAtt': ['WatchbotSecurityGroup', 'GroupId'] }],
          },
          Monitoring: 'BASIC',
        },
        PropagateTags: 'CAPACITY_PROVIDER',
      },
      Tags: [{ Key: 'watchbot:worker', Value: 'tiles-dev-Watchbot' }],
    });
    expect(of('service').CapacityProviderStrategy).toEqual([
      { CapacityProvider: { Ref: 'WatchbotCapacityProvider' }, Weight: 1 },
    ]);
    expect(of('service')).not.toHaveProperty('LaunchType');
    expect(of('taskDefinition')).toMatchObject({ RequiresCompatibilities: ['MANAGED_INSTANCES'] });
    // ECS refuses to associate such a provider: "Managed Instances capacity providers are already associated".
    expect(Resources.WatchbotClusterCapacity?.Properties?.CapacityProviders).toEqual([
      'FARGATE',
      'FARGATE_SPOT',
    ]);
  });

  it('comes after the network that its instances need, and after what else changes the cluster', () => {
    const { Resources } = single({ capacity: 'MANAGED' });
    expect(Resources.WatchbotCapacityProvider?.DependsOn).toEqual([
      'WatchbotClusterCapacity',
      'WatchbotDefaultRoute',
      'WatchbotSubnet1Route',
      'WatchbotSubnet2Route',
    ]);
    const beside = single({ capacity: 'MANAGED', cluster: 'shared', vpc: VPC });
    expect(beside.Resources.WatchbotCapacityProvider).not.toHaveProperty('DependsOn');
    expect(beside.of('capacityProvider').ClusterName).toBe('shared');
  });

  it('has no name, which would be in the way of its replacement, unless ECS keeps the one that it would get', () => {
    expect(onManaged().of('capacityProvider')).not.toHaveProperty('Name');
    const named = (managed: object) =>
      single({ capacity: { managed } }, { stackName: 'ecs-dev' }).of('capacityProvider').Name as string;
    expect(named({})).toBe('cp-ecs-dev-watchbot');
    // Spot cannot be changed in place: the new one needs another name.
    expect(named({ spot: true })).toBe('cp-ecs-dev-watchbot-spot');
  });

  it('is as `managed` has it', () => {
    const provider = providerOf(
      {},
      { spot: true, storage: '200GB', monitoring: 'detailed', scaleInAfter: '10m' },
    );
    expect(provider).toMatchObject({
      InfrastructureOptimization: { ScaleInAfter: 600 },
      InstanceLaunchTemplate: {
        CapacityOptionType: 'SPOT',
        StorageConfiguration: { StorageSizeGiB: 200 },
        Monitoring: 'DETAILED',
      },
    });
    expect(providerOf({}, { scaleInAfter: -1 })).toMatchObject({
      InfrastructureOptimization: { ScaleInAfter: -1 },
    });
  });

  it('gives instances the tags of the service only if an instance can show them', () => {
    const propagates = (tags: Record<string, string>) =>
      (
        single({ capacity: 'MANAGED' }, { tags }).of('capacityProvider')
          .ManagedInstancesProvider as Properties
      ).PropagateTags as string;
    expect(propagates({ team: 'maps', 'cost:center': '1' })).toBe('CAPACITY_PROVIDER');
    expect(propagates({ 'team/cost': 'maps' })).toBe('NONE');
    expect(propagates({ 'cost center': 'maps' })).toBe('NONE');
  });
});

describe('instances', () => {
  it('are AWS’s choice where nothing is asked but a size', () => {
    expect(requirementsOf({ cpu: 4096, memory: 10_000 })).toBeUndefined();
  });

  it.each<[string, object, object, object]>([
    [
      'of Graviton for arm64',
      { architecture: 'arm64', cpu: 1500, memory: 3000 },
      {},
      {
        VCpuCount: { Min: 2 },
        MemoryMiB: { Min: 3000 },
        CpuManufacturers: ['amazon-web-services'],
        AcceleratorCount: { Max: 0 },
      },
    ],
    [
      'with GPUs',
      { gpu: 2, cpu: 4096, memory: 16_384 },
      {},
      {
        VCpuCount: { Min: 4 },
        MemoryMiB: { Min: 16_384 },
        CpuManufacturers: ['intel', 'amd'],
        AcceleratorTypes: ['gpu'],
        AcceleratorManufacturers: ['nvidia'],
        AcceleratorCount: { Min: 2 },
      },
    ],
    [
      'with certain GPUs',
      { gpu: 1 },
      { acceleratorNames: ['a10g', 'l40s'], acceleratorMemory: '24GB' },
      {
        VCpuCount: { Min: 1 },
        MemoryMiB: { Min: 512 },
        CpuManufacturers: ['intel', 'amd'],
        AcceleratorTypes: ['gpu'],
        AcceleratorManufacturers: ['nvidia'],
        AcceleratorCount: { Min: 1 },
        AcceleratorNames: ['a10g', 'l40s'],
        AcceleratorTotalMemoryMiB: { Min: 24_576 },
      },
    ],
    [
      'of named types, which then decide of GPUs',
      { gpu: 1 },
      { types: ['g6f.*', 'g5.xlarge'] },
      {
        VCpuCount: { Min: 1 },
        MemoryMiB: { Min: 512 },
        CpuManufacturers: ['intel', 'amd'],
        AllowedInstanceTypes: ['g6f.*', 'g5.xlarge'],
      },
    ],
    [
      'with all else that can be asked',
      {},
      {
        exclude: ['m5.*'],
        generations: ['current'],
        cpuManufacturers: ['amd'],
        burstable: 'included',
        localStorage: 'required',
      },
      {
        VCpuCount: { Min: 1 },
        MemoryMiB: { Min: 512 },
        CpuManufacturers: ['amd'],
        ExcludedInstanceTypes: ['m5.*'],
        InstanceGenerations: ['current'],
        BurstablePerformance: 'included',
        LocalStorage: 'required',
        AcceleratorCount: { Max: 0 },
      },
    ],
  ])('are %s', (_which, section, instances, expected) => {
    expect(requirementsOf(section, instances)).toEqual(expected);
  });
});

describe('tasks on Managed Instances', () => {
  it('have a size of their own, of any pair, and their GPUs in the container', () => {
    const { of } = single({ capacity: 'MANAGED', cpu: 300, memory: 700, softMemory: 500, gpu: 1 });
    expect(of('taskDefinition')).toMatchObject({ Cpu: '300', Memory: '700' });
    const container = of('taskDefinition').ContainerDefinitions[0] as Properties;
    expect(container).toMatchObject({
      MemoryReservation: 500,
      ResourceRequirements: [{ Type: 'GPU', Value: '1' }],
    });
    expect(container).not.toHaveProperty('Cpu');
    expect(container).not.toHaveProperty('Memory');
  });

  it('have a limit of memory, too, where only a reservation is asked for', () => {
    expect(single({ capacity: 'MANAGED', softMemory: 256 }).of('taskDefinition')).toMatchObject({
      Memory: '512',
    });
  });

  // AWS: a task's own interface has no public address; what an instance has, it has of its subnet.
  it.each<[string, object, object, string]>([
    ['that of their instance in the network of the plugin, which has no NAT', {}, {}, 'host'],
    [
      'that of their instance where public addresses are needed',
      { vpc: { ...VPC, publicIp: true } },
      {},
      'host',
    ],
    ['one of their own in the user’s', { vpc: VPC }, {}, 'awsvpc'],
    [
      'one of their own in that of the functions, where an instance has interfaces for all',
      {},
      { providerVpc: { subnetIds: VPC.subnets, securityGroupIds: VPC.securityGroups } },
      'awsvpc',
    ],
  ])('the network is %s', (_which, section, context, NetworkMode) => {
    const { of } = single({ capacity: 'MANAGED', ...section }, context);
    expect(of('taskDefinition')).toMatchObject({ NetworkMode });
    const network = of('service').NetworkConfiguration as Properties | undefined;
    const expected = { AwsvpcConfiguration: { Subnets: VPC.subnets, SecurityGroups: VPC.securityGroups } };
    expect(network).toEqual(NetworkMode === 'awsvpc' ? expected : undefined);
  });

  it('subnets of the plugin give instances public addresses, and nothing else gets any', () => {
    const addressOf = (section: object) =>
      single(section).Resources.WatchbotSubnet1?.Properties?.MapPublicIpOnLaunch as boolean;
    expect(addressOf({ capacity: 'MANAGED' })).toBe(true);
    expect(addressOf({})).toBe(false);
  });

  it('on a provider of the user’s ECS is told of, and nothing is made', () => {
    const { of, has, Resources } = single({
      cluster: 'shared',
      capacity: [
        { provider: 'big', managed: true, weight: 3 },
        { provider: { Ref: 'OwnProvider' }, managed: true },
      ],
    });
    expect(of('taskDefinition')).toMatchObject({
      RequiresCompatibilities: ['MANAGED_INSTANCES'],
      NetworkMode: 'host',
      Cpu: '256',
    });
    expect(of('service').CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'big', Weight: 3 },
      { CapacityProvider: { Ref: 'OwnProvider' }, Weight: 1 },
    ]);
    expect(has('capacityProvider')).toBe(false);
    expect(Object.keys(Resources).filter((id) => /Managed|Vpc|Subnet/.test(id))).toEqual([]);
  });
});

describe('the roles of instances', () => {
  const { Resources } = build({
    workers: {
      plain: { command: 'true', capacity: { managed: { spot: true } } },
      render: { command: 'true', capacity: 'MANAGED', gpu: 1 },
      small: { command: 'true' },
    },
  });
  const roleOf = (id: string) => Resources[id]?.Properties as Properties;

  it('are made once, whatever CloudFormation calls them, and each worker has instances of its own', () => {
    expect(Object.keys(Resources).filter((id) => /Managed|CapacityProvider/.test(id))).toEqual([
      'WatchbotManagedInstancesManagerRole',
      'WatchbotManagedInstanceRole',
      'WatchbotManagedInstanceProfile',
      'PlainCapacityProvider',
      'RenderCapacityProvider',
    ]);
    expect(roleOf('WatchbotManagedInstanceRole')).not.toHaveProperty('RoleName');
  });

  it('ECS has AWS’s own policy, and passes the role of the instances, which that one names otherwise', () => {
    const role = roleOf('WatchbotManagedInstancesManagerRole');
    expect(role.ManagedPolicyArns).toEqual([
      {
        'Fn::Sub':
          'arn:${AWS::Partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances',
      },
    ]);
    expect(statementsOf(role)).toEqual([
      {
        Sid: 'PassInstanceRole',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': ['WatchbotManagedInstanceRole', 'Arn'] },
        Condition: {
          StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] },
        },
      },
    ]);
  });

  it('instances may join this cluster, and no other', () => {
    const all = statementsOf(roleOf('WatchbotManagedInstanceRole'));
    const cluster = { 'Fn::GetAtt': ['WatchbotCluster', 'Arn'] };
    expect(all.find(({ Sid }) => Sid === 'InCluster')?.Resource).toEqual(cluster);
    expect(JSON.stringify(all.find(({ Sid }) => Sid === 'AsInstance')?.Resource)).toContain(
      'container-instance/${Cluster}/*',
    );
    expect(all.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action)).toEqual([
      'ecs:DiscoverPollEndpoint',
    ]);
  });

  it('of the user’s own are taken, and none is made', () => {
    const roles = { infrastructureRole: ROLE, instanceProfile: PROFILE };
    const { of, Resources: made } = onManaged({}, roles);
    expect(of('capacityProvider').ManagedInstancesProvider).toMatchObject({
      InfrastructureRoleArn: ROLE,
      InstanceLaunchTemplate: { Ec2InstanceProfileArn: PROFILE },
    });
    expect(Object.keys(made).filter((id) => /Managed/.test(id))).toEqual([]);
  });

  it('are found by a function, too', () => {
    const roles = { infrastructureRole: 'OwnRole', instanceProfile: { 'Fn::GetAtt': ['OwnProfile', 'Arn'] } };
    expect(onManaged({}, roles).of('capacityProvider').ManagedInstancesProvider).toMatchObject({
      InfrastructureRoleArn: { 'Fn::GetAtt': ['OwnRole', 'Arn'] },
      InstanceLaunchTemplate: { Ec2InstanceProfileArn: { 'Fn::GetAtt': ['OwnProfile', 'Arn'] } },
    });
  });
});
