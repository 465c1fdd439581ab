import { describe, expect, it } from '@jest/globals';
import { single, statementsOf } from './support';

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

describe('limits', () => {
  const OPEN_FILES = { Name: 'nofile', SoftLimit: 10_240, HardLimit: 10_240 };
  const limitsOf = (ulimits: object) => {
    const { Ulimits, Environment } = of({ ulimits });
    const all = Environment as { Name: string; Value: string }[];
    return { Ulimits, workers: all.find(({ Name }) => Name === 'WatchbotWorkerLimits')?.Value };
  };

  it.each<[string, object, object]>([
    ['none leave the watcher its open files', {}, { Ulimits: [OPEN_FILES], workers: undefined }],
    [
      'fewer open files are the worker’s',
      { nofile: 4096 },
      { Ulimits: [OPEN_FILES], workers: 'nofile=4096:4096' },
    ],
    [
      'more open files are the container’s',
      { nofile: 65_536 },
      { Ulimits: [{ Name: 'nofile', SoftLimit: 65_536, HardLimit: 65_536 }], workers: undefined },
    ],
    [
      'a worker may begin with fewer, and have more',
      { nofile: { soft: 1024, hard: 65_536 } },
      { Ulimits: [{ ...OPEN_FILES, HardLimit: 65_536 }], workers: 'nofile=1024:65536' },
    ],
    [
      'those that would end the watcher are the worker’s',
      { nproc: { soft: 64, hard: 128 }, cpu: 60, fsize: 1024, data: 1024, stack: 1024 },
      {
        Ulimits: [OPEN_FILES],
        workers: 'cpu=60:60,data=1024:1024,fsize=1024:1024,nproc=64:128,stack=1024:1024',
      },
    ],
    [
      'others are the container’s',
      { memlock: -1, core: 0 },
      {
        Ulimits: [
          OPEN_FILES,
          { Name: 'memlock', SoftLimit: -1, HardLimit: -1 },
          { Name: 'core', SoftLimit: 0, HardLimit: 0 },
        ],
        workers: undefined,
      },
    ],
  ])('%s', (_what, ulimits, expected) => expect(limitsOf(ulimits)).toEqual(expected));
});

describe('files of variables in S3', () => {
  const FILE = 'arn:aws:s3:::acme-settings/tiles/prod.env';
  const OTHER = 'arn:aws:s3:::acme-settings/common.env';
  const made = () => single({ container: { environmentFiles: [FILE, OTHER] } });

  it('are read by ECS, whose role may read just these and find their bucket', () => {
    expect(made().of('taskDefinition').ContainerDefinitions[0]).toMatchObject({
      EnvironmentFiles: [
        { Type: 's3', Value: FILE },
        { Type: 's3', Value: OTHER },
      ],
    });
    const own = statementsOf(made().of('executionRole')).filter(({ Sid }) =>
      Sid?.endsWith('EnvironmentFiles'),
    );
    expect(own).toEqual([
      { Sid: 'ReadEnvironmentFiles', Effect: 'Allow', Action: 's3:GetObject', Resource: [FILE, OTHER] },
      {
        Sid: 'FindEnvironmentFiles',
        Effect: 'Allow',
        Action: 's3:GetBucketLocation',
        Resource: ['arn:aws:s3:::acme-settings'],
      },
    ]);
    expect(JSON.stringify(made().of('taskRole'))).not.toContain('s3:');
  });

  // ECS prefers what the template has: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html
  it('cannot break the watcher’s Node, or be taken for its own credentials', () => {
    const { Environment } = made().of('taskDefinition').ContainerDefinitions[0] as {
      Environment: { Name: string; Value: string }[];
    };
    const valueOf = (name: string) => Environment.find(({ Name }) => Name === name)?.Value;
    for (const name of ['NODE_OPTIONS', 'LD_PRELOAD', 'OPENSSL_CONF']) expect(valueOf(name)).toBe('');
    expect(valueOf('WatchbotEnvironmentFiles')).toBe('true');
  });
});

describe('a log elsewhere', () => {
  const splunk = {
    driver: 'splunk',
    options: { 'splunk-url': 'https://splunk.example.com:8088', 'splunk-gzip': true },
    secretOptions: { 'splunk-token': '/splunk/token' },
  };
  const made = () => single({ container: { log: splunk } });

  it('does not block the watcher, and lets it start where nobody takes it', () => {
    expect(of({ log: splunk }).LogConfiguration).toEqual({
      LogDriver: 'splunk',
      Options: {
        'splunk-url': 'https://splunk.example.com:8088',
        'splunk-gzip': 'true',
        'splunk-verify-connection': 'false',
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      },
      SecretOptions: [{ Name: 'splunk-token', ValueFrom: '/splunk/token' }],
    });
    expect(of({ log: 'fluentd' }, ON_INSTANCES).LogConfiguration).toMatchObject({
      LogDriver: 'fluentd',
      Options: { 'fluentd-async': 'true', mode: 'non-blocking' },
    });
  });

  it('is as its user says where both say something', () => {
    const options = { 'fluentd-async': false, 'max-buffer-size': '1m' };
    expect(of({ log: { driver: 'fluentd', options } }, ON_INSTANCES).LogConfiguration).toMatchObject({
      Options: { 'fluentd-async': 'false', 'max-buffer-size': '1m' },
    });
  });

  it('lets ECS read its secrets, and write no log group', () => {
    const own = statementsOf(made().of('executionRole'));
    expect(own.map(({ Sid }) => Sid)).toContain('ReadParameters');
    expect(own.map(({ Sid }) => Sid)).not.toContain('WriteLog');
  });

  it('may be CloudWatch with another buffer', () => {
    const log = { driver: 'awslogs', options: { 'max-buffer-size': '50m' } };
    expect(of({ log }).LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: 'WatchbotLogGroup' }, 'max-buffer-size': '50m' },
    });
  });
});

describe('the signal that tells workers to end', () => {
  const signalOf = (container: object) =>
    (of(container).Environment as { Name: string; Value: string }[]).filter(
      ({ Name }) => Name === 'WatchbotStopSignal',
    );

  it('is told to the watcher if it is not its own', () => {
    expect(signalOf({ stopSignal: 'SIGTERM' })).toEqual([]);
    expect(signalOf({ stopSignal: 'SIGINT' })).toEqual([{ Name: 'WatchbotStopSignal', Value: 'SIGINT' }]);
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
