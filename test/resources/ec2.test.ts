import { describe, expect, it } from '@jest/globals';
import { build, single, type Properties } from './support';

const ON_INSTANCES = { cluster: 'shared', capacity: 'EC2' };
const VPC = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] };
const taskOf = (section: object) => single({ ...ON_INSTANCES, ...section }).of('taskDefinition');
const containerOf = (section: object) => taskOf(section).ContainerDefinitions[0] as Record<string, unknown>;
const serviceOf = (section: object) => single({ ...ON_INSTANCES, ...section }).of('service');

describe('on instances', () => {
  it.each<[string, object, object]>([
    ['any of the cluster’s', { capacity: 'EC2' }, { LaunchType: 'EC2' }],
    [
      'those of a provider of one’s own',
      { capacity: [{ provider: 'big' }] },
      { CapacityProviderStrategy: [{ CapacityProvider: 'big', Weight: 1 }] },
    ],
    [
      'those of several, one by a function',
      {
        capacity: [
          { provider: 'big', base: 2, weight: 0 },
          { provider: { Ref: 'OwnProvider' }, weight: 3 },
        ],
      },
      {
        CapacityProviderStrategy: [
          { CapacityProvider: 'big', Weight: 0, Base: 2 },
          { CapacityProvider: { Ref: 'OwnProvider' }, Weight: 3 },
        ],
      },
    ],
  ])('tasks run on %s', (_which, section, expected) => {
    const service = serviceOf(section);
    expect(service).toMatchObject({ Cluster: 'shared', ...expected });
    // ECS takes one of the two.
    expect('LaunchType' in service).not.toBe('CapacityProviderStrategy' in service);
    expect(taskOf(section)).toMatchObject({ RequiresCompatibilities: ['EC2'] });
  });

  it('the container has the size, the task has none, and may use more CPU that is free', () => {
    const size = { cpu: 300, memory: 700, softMemory: 500 };
    expect(containerOf(size)).toMatchObject({ Cpu: 300, Memory: 700, MemoryReservation: 500 });
    for (const key of ['Cpu', 'Memory', 'EphemeralStorage']) expect(taskOf(size)).not.toHaveProperty(key);
  });

  it('has no limit where only a reservation is asked for, as in Watchbot', () => {
    expect(containerOf({ softMemory: 256 })).toMatchObject({ MemoryReservation: 256 });
    expect(containerOf({ softMemory: 256 })).not.toHaveProperty('Memory');
    // More than the default limit.
    expect(containerOf({ softMemory: 4000 })).toMatchObject({ MemoryReservation: 4000 });
  });

  it('has the default limit without a reservation', () => {
    expect(containerOf({})).toMatchObject({ Memory: 512 });
    expect(containerOf({})).not.toHaveProperty('MemoryReservation');
  });

  it('a handler is told its share of the reservation where there is no limit', () => {
    const handler = { command: undefined, handler: 'a.b', image: '.', softMemory: 1000, concurrency: 2 };
    expect(containerOf(handler).Environment).toContainEqual({
      Name: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      Value: '500',
    });
  });

  it('and on Fargate the task has it', () => {
    const { of } = single({ cpu: 512, memory: 1024 });
    expect(of('taskDefinition')).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      Cpu: '512',
      Memory: '1024',
    });
    expect(of('taskDefinition').ContainerDefinitions[0]).not.toHaveProperty('Cpu');
    expect(of('taskDefinition').ContainerDefinitions[0]).not.toHaveProperty('Memory');
  });

  it.each<[string, object, object]>([
    ['GPUs', { gpu: 2 }, { ResourceRequirements: [{ Type: 'GPU', Value: '2' }] }],
    ['the rights of root', { privileged: true }, { Privileged: true }],
  ])('a container has %s only if it is given them', (_what, section, expected) => {
    expect(containerOf(section)).toMatchObject(expected);
    for (const key of Object.keys(expected)) expect(containerOf({})).not.toHaveProperty(key);
  });

  it('tasks are placed as they are told to be', () => {
    const service = serviceOf({
      placementConstraints: [
        { type: 'distinctInstance' },
        { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ g4.*' },
      ],
      placementStrategies: [
        { type: 'spread', field: 'instanceId' },
        { type: 'binpack', field: 'memory' },
        { type: 'random' },
      ],
    });
    expect(service).toMatchObject({
      PlacementConstraints: [
        { Type: 'distinctInstance' },
        { Type: 'memberOf', Expression: 'attribute:ecs.instance-type =~ g4.*' },
      ],
      PlacementStrategies: [
        { Type: 'spread', Field: 'instanceId' },
        { Type: 'binpack', Field: 'memory' },
        { Type: 'random' },
      ],
    });
    expect(serviceOf({})).not.toHaveProperty('PlacementConstraints');
    expect(serviceOf({})).not.toHaveProperty('PlacementStrategies');
  });

  it.each<[string, object, 'bridge' | 'awsvpc']>([
    ['that of their instance', {}, 'bridge'],
    ['one of their own where it is named', { vpc: VPC }, 'awsvpc'],
  ])('the network of tasks is %s', (_which, section, NetworkMode) => {
    const { of, Resources } = single({ ...ON_INSTANCES, ...section });
    expect(of('taskDefinition')).toMatchObject({ NetworkMode });
    expect('NetworkConfiguration' in of('service')).toBe(NetworkMode === 'awsvpc');
    expect(Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::EC2::'))).toEqual([]);
  });

  it('a network of their own has no public addresses: ECS knows none on EC2', () => {
    expect(serviceOf({ vpc: VPC, exec: true })).toMatchObject({
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: VPC.subnets, SecurityGroups: VPC.securityGroups },
      },
      EnableExecuteCommand: true,
    });
    expect(JSON.stringify(serviceOf({ vpc: VPC }))).not.toContain('AssignPublicIp');
  });

  it('beside tasks on Fargate that have public addresses, those on EC2 have none', () => {
    const { Resources } = build({
      cluster: 'shared',
      vpc: { ...VPC, publicIp: true },
      workers: { small: { command: 'true' }, big: { command: 'true', capacity: 'EC2' } },
    });
    const addressOf = (id: string) => {
      const { NetworkConfiguration } = Resources[id]?.Properties as Properties;
      return NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp as unknown;
    };
    expect(addressOf('SmallService')).toBe('ENABLED');
    expect(addressOf('BigService')).toBeUndefined();
  });

  it('the network of the functions is not that of tasks, each of which would take an interface of the instance', () => {
    const { of } = single(ON_INSTANCES, {
      providerVpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
    });
    expect(of('taskDefinition')).toMatchObject({ NetworkMode: 'bridge' });
    expect(of('service')).not.toHaveProperty('NetworkConfiguration');
  });

  it('nothing is made of the cluster, and nothing waited for', () => {
    const { Resources } = single(ON_INSTANCES);
    expect(Resources).not.toHaveProperty('WatchbotCluster');
    expect(Resources.WatchbotService).not.toHaveProperty('DependsOn');
  });
});
