import { describe, expect, it } from '@jest/globals';
import { single } from './support';

type Container = Record<string, unknown> & { Environment?: { Name: string; Value: unknown }[] };

const containers = (sidecars: object, section: object = {}): Container[] =>
  single({ memory: 2048, cpu: 1024, ...section, sidecars }).of('taskDefinition')
    .ContainerDefinitions as Container[];
const watcher = (sidecars: object, section?: object) => containers(sidecars, section)[0]!;
const sidecar = (given: unknown, section?: object) => containers({ other: given }, section)[1]!;
const variables = ({ Environment = [] }: Container): Record<string, unknown> =>
  Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
const statements = (role: 'taskRole' | 'executionRole', sidecars: object, section: object = {}) =>
  (
    single({ memory: 2048, cpu: 1024, ...section, sidecars }).of(role).Policies as {
      PolicyDocument: { Statement: { Sid: string; Action: unknown; Resource: unknown }[] };
    }[]
  ).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
const ON_INSTANCES = { cluster: 'shared', capacity: 'EC2' };
const OWN_INTERFACE = { ...ON_INSTANCES, vpc: { subnets: ['subnet-0a1b2c3d'] } };

describe('the containers of a task', () => {
  it('are the watcher first, then the sidecars in their order', () => {
    const all = containers({ z: { image: 'a:1' }, otel: 'adot', b: { image: 'a:1' } });
    expect(all.map(({ Name }) => Name)).toEqual(['watchbot', 'z', 'otel', 'b']);
    expect(all.map(({ Essential }) => Essential)).toEqual([true, false, false, false]);
  });

  it('have no trace of sidecars that are false or none', () => {
    expect(containers({ a: false })).toEqual(containers({}));
    expect(containers({})).toHaveLength(1);
    for (const key of ['DependsOn', 'Links', 'Cpu', 'Memory']) expect(watcher({})).not.toHaveProperty(key);
  });

  it('have all that a sidecar says', () => {
    const given = {
      image: 'envoyproxy/envoy:v1.31',
      credentials: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:hub-a1B2c3',
      entryPoint: ['/envoy'],
      command: ['-c', '/envoy.yaml'],
      environment: { B: 1, A: true },
      secrets: { KEY: '/tiles/key' },
      ports: [15000, '15001/udp'],
      cpu: '0.25 vCPU',
      memory: '128MB',
      softMemory: 64,
      healthCheck: { command: 'curl -f localhost:9901', interval: '15s' },
      essential: true,
      restart: true,
      labels: { version: 2 },
      user: 1337,
      writableFilesystem: false,
      stopTimeout: '1m',
      logs: false,
    };
    expect(sidecar(given)).toEqual({
      Name: 'other',
      Image: 'envoyproxy/envoy:v1.31',
      RepositoryCredentials: { CredentialsParameter: given.credentials },
      Essential: true,
      EntryPoint: ['/envoy'],
      Command: ['-c', '/envoy.yaml'],
      Environment: [
        { Name: 'A', Value: 'true' },
        { Name: 'B', Value: '1' },
      ],
      Secrets: [{ Name: 'KEY', ValueFrom: '/tiles/key' }],
      Cpu: 256,
      Memory: 128,
      MemoryReservation: 64,
      HealthCheck: {
        Command: ['CMD-SHELL', 'curl -f localhost:9901'],
        Interval: 15,
        Timeout: 10,
        Retries: 3,
        StartPeriod: 30,
      },
      RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 },
      DockerLabels: { version: '2' },
      User: '1337',
      ReadonlyRootFilesystem: true,
      StopTimeout: 60,
    });
  });

  // What they write could else pass for a line of the watcher, and count as a job.
  it('write to a log group of their own, which is there if one of them has a log', () => {
    const { Options } = watcher({}).LogConfiguration as { Options: object };
    expect(sidecar({ image: 'a:1' }).LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: { ...Options, 'awslogs-group': { Ref: 'WatchbotSidecarLog' } },
    });
    const groups = (sidecars: object) =>
      Object.keys(single({ sidecars }).Resources).filter((id) => id.includes('Log'));
    expect(groups({ a: { image: 'a:1' } })).toEqual(['WatchbotLogGroup', 'WatchbotSidecarLog']);
    expect(groups({ a: { image: 'a:1', logs: false } })).toEqual(['WatchbotLogGroup']);
    expect(statements('executionRole', { a: { image: 'a:1' } })).toContainEqual(
      expect.objectContaining({
        Sid: 'WriteLog',
        Resource: ['WatchbotLogGroup', 'WatchbotSidecarLog'].map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
      }),
    );
  });
});

describe('the watcher', () => {
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html: shutdown is the reverse of start
  it('waits for each sidecar to start, so that these end after it', () => {
    const sidecars = {
      a: { image: 'a:1' },
      init: { image: 'a:1', watcherWaits: 'SUCCESS' },
      off: { image: 'a:1', watcherWaits: false },
      ready: { image: 'a:1', healthCheck: { command: 'true' }, watcherWaits: 'HEALTHY' },
    };
    expect(watcher(sidecars).DependsOn).toEqual([
      { ContainerName: 'a', Condition: 'START' },
      { ContainerName: 'init', Condition: 'SUCCESS' },
      { ContainerName: 'ready', Condition: 'HEALTHY' },
    ]);
    const restarted = containers(sidecars).map(({ RestartPolicy }) => RestartPolicy !== undefined);
    expect(restarted).toEqual([false, true, false, true, true]);
  });

  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html: instead of replacing the task
  it('ends with an essential one, unless that is to be started again in its task', () => {
    const [, ...others] = containers({
      proxy: { image: 'a:1', essential: true },
      agent: { image: 'a:1', essential: true, restart: true },
    });
    expect(others).toMatchObject([
      { Essential: true },
      { Essential: true, RestartPolicy: { Enabled: true } },
    ]);
    expect(others[0]).not.toHaveProperty('RestartPolicy.Enabled');
  });

  it('does not wait for those that wait for it, by themselves or by others', () => {
    const all = containers({
      late: { image: 'a:1', dependsOn: { watchbot: 'START' } },
      later: { image: 'a:1', dependsOn: { late: 'START', early: 'COMPLETE' } },
      early: { image: 'a:1' },
    });
    expect(all[0]!.DependsOn).toEqual([{ ContainerName: 'early', Condition: 'START' }]);
    expect(all[2]!.DependsOn).toEqual([
      { ContainerName: 'late', Condition: 'START' },
      { ContainerName: 'early', Condition: 'COMPLETE' },
    ]);
    expect(all[3]!.RestartPolicy).toBeUndefined();
  });

  it.each<[string, object, object, object]>([
    ['all that is left', { a: { image: 'a:1', cpu: 64, memory: 128 } }, {}, { Cpu: 960, Memory: 1920 }],
    ['what is left of a reservation', { a: { image: 'a:1', softMemory: 48 } }, {}, { Memory: 2000 }],
    ['what is left on instances', { xray: 'xray' }, ON_INSTANCES, { Cpu: 992, Memory: 1792 }],
  ])('has %s', (_what, sidecars, section, expected) => {
    expect(watcher(sidecars, section)).toMatchObject(expected);
  });

  it('tells a handler how much memory is left for it', () => {
    const section = { handler: 'index.handler', image: 'x', command: undefined, concurrency: 2 };
    const size = (sidecars: object) => variables(watcher(sidecars, section)).AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
    expect([size({}), size({ xray: 'xray' })]).toEqual(['1024', '896']);
  });

  it('has no limit of its own because of a sidecar that has none', () => {
    expect(watcher({ a: { image: 'a:1' } })).not.toHaveProperty('Memory');
  });
});

describe('a preset', () => {
  it.each<[string, object]>([
    [
      'xray',
      {
        Image: 'public.ecr.aws/xray/aws-xray-daemon:3.x',
        Cpu: 32,
        Memory: 256,
        ReadonlyRootFilesystem: true,
      },
    ],
    [
      'adot',
      {
        Command: ['--config=/etc/ecs/ecs-default-config.yaml'],
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', Size: 16 }] },
        HealthCheck: { Command: ['CMD', '/healthcheck'] },
      },
    ],
    [
      'fluent-bit',
      {
        User: '0',
        FirelensConfiguration: { Type: 'fluentbit', Options: { 'enable-ecs-log-metadata': 'true' } },
      },
    ],
  ])('%s is a word', (word, expected) => {
    expect(sidecar(word)).toMatchObject(expected);
    expect(sidecar({ preset: word })).toEqual(sidecar(word));
  });

  it('is what the user says instead', () => {
    const given = { preset: 'adot', image: 'mirror/otel:1', cpu: 128, softMemory: 64, healthCheck: false };
    const made = sidecar({ ...given, environment: { AOT_CONFIG_CONTENT: 'x' }, writableFilesystem: true });
    expect(made).toMatchObject({ Image: 'mirror/otel:1', Cpu: 128, MemoryReservation: 64 });
    for (const key of ['Memory', 'HealthCheck', 'LinuxParameters']) expect(made).not.toHaveProperty(key);
    expect(variables(made)).toEqual({ AOT_CONFIG_CONTENT: 'x' });
  });

  it('has no health check where the watcher has none: it would be the health of the task', () => {
    expect(sidecar('adot', { healthCheck: false })).not.toHaveProperty('HealthCheck');
  });

  it('tells the Datadog agent where it is, and takes its key from the secrets', () => {
    const datadog = { preset: 'datadog', secrets: { DD_API_KEY: '/dd', DD_APM_ENABLED: '/apm' } };
    expect(sidecar(datadog)).toMatchObject({
      Environment: [{ Name: 'ECS_FARGATE', Value: 'true' }],
      HealthCheck: { Command: ['CMD', 'agent', 'health'] },
    });
    expect(sidecar({ preset: 'datadog', environment: { DD_API_KEY: 'x' } }, ON_INSTANCES)).toMatchObject({
      Environment: expect.arrayContaining([{ Name: 'DD_APM_NON_LOCAL_TRAFFIC', Value: 'true' }]) as unknown,
    });
  });

  it.each<[string, unknown, object, Record<string, unknown>]>([
    ['X-Ray', 'xray', {}, { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000' }],
    [
      'ADOT',
      'adot',
      {},
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      },
    ],
    [
      'ADOT by gRPC',
      'adot',
      { environment: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    ],
    [
      'an address of the user',
      'xray',
      { environment: { AWS_XRAY_DAEMON_ADDRESS: 'xray.internal:2000' } },
      { AWS_XRAY_DAEMON_ADDRESS: 'xray.internal:2000' },
    ],
    [
      'the Datadog agent',
      { preset: 'datadog', secrets: { DD_API_KEY: '/dd' } },
      {},
      { DD_AGENT_HOST: '127.0.0.1' },
    ],
    ['X-Ray by a link', 'xray', ON_INSTANCES, { AWS_XRAY_DAEMON_ADDRESS: 'other:2000' }],
    ['X-Ray on instances with `vpc`', 'xray', OWN_INTERFACE, { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000' }],
  ])('lets jobs find %s', (_what, given, section, expected) => {
    expect(variables(watcher({ other: given }, section))).toMatchObject(expected);
  });

  it('leaves a variable alone that is one of the secrets', () => {
    const made = watcher({ xray: 'xray' }, { secrets: { AWS_XRAY_DAEMON_ADDRESS: '/xray' } });
    expect(variables(made)).not.toHaveProperty('AWS_XRAY_DAEMON_ADDRESS');
  });
});

describe('on Managed Instances', () => {
  const vpc = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] };
  const MANAGED = { capacity: 'MANAGED', vpc };

  it('jobs reach a sidecar as on Fargate, and none has a folder in memory', () => {
    const [made, otel] = containers({ otel: 'adot' }, MANAGED);
    expect(variables(made!)).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
    expect(made).not.toHaveProperty('Links');
    expect(otel).toMatchObject({ ReadonlyRootFilesystem: false });
    expect(otel).not.toHaveProperty('LinuxParameters');
  });
});

describe('in the network of an instance', () => {
  it('the watcher has links to sidecars that listen, unless they start after it', () => {
    const sidecars = {
      proxy: { image: 'a:1', memory: 64, ports: [80] },
      quiet: { image: 'a:1', memory: 64 },
      late: { image: 'a:1', memory: 64, ports: [81], dependsOn: { watchbot: 'START' } },
      logs: 'fluent-bit',
    };
    expect(watcher(sidecars, ON_INSTANCES).Links).toEqual(['proxy']);
    expect(watcher(sidecars, OWN_INTERFACE)).not.toHaveProperty('Links');
    expect(watcher(sidecars)).not.toHaveProperty('Links');
  });
});

describe('the permissions', () => {
  const sids = (...given: Parameters<typeof statements>) => statements(...given).map(({ Sid }) => Sid);

  it.each<[object, string[]]>([
    [{ xray: 'xray' }, ['Traces']],
    [{ otel: 'adot' }, ['Traces', 'CollectorMetrics']],
    [{ logs: 'fluent-bit' }, ['RouteLog']],
    [{ own: { image: 'a:1' } }, []],
  ])('of the task for %j are %j', (sidecars, expected) => {
    const before = sids('taskRole', {});
    expect(sids('taskRole', sidecars).filter((sid) => !before.includes(sid))).toEqual(expected);
  });

  it('to start a task are those of its sidecars, too, each once', () => {
    const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/tools/envoy';
    const secrets = { KEY: '/tiles/key' };
    const given = statements(
      'executionRole',
      {
        a: { image: `${repository}:1`, secrets },
        b: { image: `${repository}@sha256:${'0'.repeat(64)}`, secrets: { ...secrets, B: '/b' } },
        c: { image: '999999999999.dkr.ecr.eu-west-1.amazonaws.com/c:1', credentials: 'hub' },
      },
      { secrets },
    );
    const of = (sid: string) => given.filter(({ Sid }) => Sid === sid).map(({ Resource }) => Resource);
    const ssm = (name: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/${name}`,
    });
    expect(of('ReadParameters')).toEqual([[ssm('b'), ssm('tiles/key')]]);
    expect(of('PullImage')).toEqual([
      [
        expect.objectContaining({}) as unknown,
        { 'Fn::Sub': 'arn:${AWS::Partition}:ecr:us-east-1:123456789012:repository/tools/envoy' },
        { 'Fn::Sub': 'arn:${AWS::Partition}:ecr:eu-west-1:999999999999:repository/c' },
      ],
    ]);
    expect(of('RegistryCredentials')).toHaveLength(1);
  });

  it('are for the repository that a function names', () => {
    const image = { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/tools:1' };
    const [, pulled] = statements('executionRole', { a: { image } });
    expect(JSON.stringify(pulled)).toContain('repository/${Name}');
    const [, plain] = statements('executionRole', { a: { image: { Ref: 'Image' } } });
    expect(JSON.stringify(plain)).not.toContain('${Name}');
  });
});

describe('a router of logs', () => {
  const GROUP = {
    Name: 'cloudwatch_logs',
    region: { Ref: 'AWS::Region' },
    log_group_name: { Ref: 'WatchbotLogGroup' },
    log_stream_prefix: 'tiles-dev-Watchbot/watchbot/',
    log_key: 'log',
    auto_create_group: 'false',
    'log-driver-buffer-limit': '12800',
  };

  it('has the log of the watcher, and writes its lines to the same log group', () => {
    const [made, router] = containers({ logs: 'fluent-bit' });
    expect(made).toMatchObject({
      LogConfiguration: { LogDriver: 'awsfirelens', Options: GROUP },
      DependsOn: [{ ContainerName: 'logs', Condition: 'START' }],
    });
    expect(router).toMatchObject({ Essential: false, LogConfiguration: { LogDriver: 'awslogs' } });
    expect(router).not.toHaveProperty('Command');
  });

  it('gives them to other outputs besides, with keys from its secrets', () => {
    const outputs = [
      { Name: 'datadog', apikey: { secret: 'DD_API_KEY' }, TLS: true },
      { Name: 's3', Match: '*', bucket: { Ref: 'Lines' } },
    ];
    const secrets = { DD_API_KEY: '/dd' };
    const [made, router] = containers({ logs: { preset: 'fluent-bit', secrets, firelens: { outputs } } });
    expect(made!.LogConfiguration).toMatchObject({ Options: GROUP });
    const { 'Fn::Join': parts } = variables(router!).ROUTER_OUTPUTS as { 'Fn::Join': [string, unknown[]] };
    expect(parts[1].map((part) => (typeof part === 'string' ? part : '<Lines>')).join('')).toBe(
      [
        '[OUTPUT]',
        '    Match watchbot-firelens-*',
        '    Name datadog',
        '    apikey ${DD_API_KEY}',
        '    TLS true',
        '[OUTPUT]',
        '    Match *',
        '    Name s3',
        '    bucket <Lines>',
        '',
      ].join('\n'),
    );
    expect(router).toMatchObject({
      Command: ['/bin/sh', '-c', expect.stringContaining('exec /entrypoint.sh') as unknown],
      FirelensConfiguration: {
        Options: { 'config-file-type': 'file', 'config-file-value': '/fluent-bit/watchbot-outputs.conf' },
      },
    });
  });

  it('gives them to one output alone if the log group is to have none', () => {
    const firelens = {
      type: 'fluentd',
      cloudWatch: false,
      outputs: [{ '@type': 'http', key: { secret: 'K' } }],
    };
    const given = { image: 'fluent/fluentd:v1.17', secrets: { K: '/k' }, firelens };
    expect(watcher({ logs: given }).LogConfiguration).toEqual({
      LogDriver: 'awsfirelens',
      Options: { '@type': 'http', key: '${K}', 'log-driver-buffer-limit': '12800' },
    });
    expect(statements('taskRole', { logs: given }).map(({ Sid }) => Sid)).not.toContain('RouteLog');
  });
});
