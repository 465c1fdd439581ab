import { describe, expect, it } from '@jest/globals';
import { single } from './support';

const ON_INSTANCES = { cluster: 'shared', capacity: 'EC2' };
const containerOf = (section: object) =>
  single(section).of('taskDefinition').ContainerDefinitions[0] as Record<string, unknown>;
const of = (container: object, section: object = {}) => containerOf({ ...section, container });

describe('the container of a worker', () => {
  it('has no trace of what nobody asks for', () => {
    const plain = containerOf({});
    for (const key of ['DockerLabels', 'User', 'WorkingDirectory', 'ExtraHosts'])
      expect(plain).not.toHaveProperty(key);
    expect(plain.LinuxParameters).toEqual({ InitProcessEnabled: true });
  });

  it.each<[string, object, object]>([
    ['labels', { labels: { team: 'maps' } }, { DockerLabels: { team: 'maps' } }],
    ['a user', { user: '1000:1000' }, { User: '1000:1000' }],
    ['a working folder', { workingDirectory: '/app' }, { WorkingDirectory: '/app' }],
    [
      'capabilities beside the init process',
      { capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] } },
      {
        LinuxParameters: {
          InitProcessEnabled: true,
          Capabilities: { Add: ['SYS_PTRACE'], Drop: ['ALL'] },
        },
      },
    ],
    [
      'folders in memory, on Fargate too',
      { tmpfs: { '/cache': '64MB', '/keys': { size: 1, options: ['noexec', 'mode=700'] } } },
      {
        LinuxParameters: {
          InitProcessEnabled: true,
          Tmpfs: [
            { ContainerPath: '/cache', Size: 64 },
            { ContainerPath: '/keys', Size: 1, MountOptions: ['noexec', 'mode=700'] },
          ],
        },
      },
    ],
  ])('has %s', (_what, container, expected) => expect(of(container)).toMatchObject(expected));

  it('has on instances shared memory and hosts', () => {
    const container = { sharedMemory: '256MB', hosts: { z: '10.0.0.6', 'db.internal': '10.0.0.5' } };
    expect(of(container, ON_INSTANCES)).toMatchObject({
      LinuxParameters: { InitProcessEnabled: true, SharedMemorySize: 256 },
      ExtraHosts: [
        { Hostname: 'db.internal', IpAddress: '10.0.0.5' },
        { Hostname: 'z', IpAddress: '10.0.0.6' },
      ],
    });
  });
});

describe('extensions of the container', () => {
  const LIMIT = { Name: 'core', SoftLimit: 0, HardLimit: 0 };

  it('are put over what is generated, lists by the names in them', () => {
    const container = {
      Interactive: true,
      Environment: [{ Name: 'EXTRA', Value: '1' }],
      Ulimits: [LIMIT],
      LinuxParameters: { SharedMemorySize: 64 },
    };
    const { Environment, Ulimits, ...rest } = containerOf({ extensions: { container } });
    expect(rest).toMatchObject({
      Name: 'watchbot',
      Interactive: true,
      LinuxParameters: { InitProcessEnabled: true, SharedMemorySize: 64 },
    });
    expect(Environment).toEqual(expect.arrayContaining(container.Environment));
    expect(Environment).toEqual(expect.arrayContaining([expect.objectContaining({ Name: 'QueueUrl' })]));
    expect(Ulimits).toEqual([expect.objectContaining({ Name: 'nofile' }), LIMIT]);
  });

  it('stand beside those of its task definition', () => {
    const taskDefinition = {
      PidMode: 'task',
      ContainerDefinitions: [
        { Name: 'watchbot', Interactive: true },
        { Name: 'proxy', Image: 'envoy' },
      ],
    };
    const { ContainerDefinitions, PidMode } = single({
      extensions: { container: { User: 'app' }, taskDefinition },
    }).of('taskDefinition');
    expect(PidMode).toBe('task');
    expect(ContainerDefinitions).toHaveLength(2);
    expect(ContainerDefinitions[0]).toMatchObject({ Name: 'watchbot', User: 'app', Interactive: true });
  });
});
