import { describe, expect, it } from '@jest/globals';
import { ContainerVariable, WORKER_ONLY_VARIABLES } from '../../src/contract/environment';
import { HEALTH_COMMAND, HEALTH_SOCKET } from '../../src/contract/image';
import { build, IMAGE, type Properties, single } from './support';

interface Container {
  Command: string[];
  EntryPoint: string[];
  Environment: { Name: string; Value: unknown }[];
  MountPoints?: { SourceVolume: string; ContainerPath: string; ReadOnly: boolean }[];
  ReadonlyRootFilesystem: boolean;
  Secrets?: { Name: string }[];
}

const containerOf = (section: object = {}) =>
  single(section).of('taskDefinition').ContainerDefinitions[0] as Container;
const variablesOf = (section: object = {}) =>
  Object.fromEntries(containerOf(section).Environment.map(({ Name, Value }) => [Name, Value]));

describe('the task definition', () => {
  it('is of the size that was asked for', () => {
    const { of } = single({
      cpu: 1024,
      memory: 4096,
      softMemory: 2048,
      ephemeralStorage: 50,
      architecture: 'arm64',
    });
    expect(of('taskDefinition')).toMatchObject({
      Family: 'tiles-dev-Watchbot',
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: '1024',
      Memory: '4096',
      EphemeralStorage: { SizeInGiB: 50 },
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [{ Image: IMAGE, Essential: true, MemoryReservation: 2048 }],
    });
  });

  it('says nothing of what was not asked for', () => {
    const { of } = single();
    expect(of('taskDefinition')).not.toHaveProperty('EphemeralStorage');
    expect(containerOf()).not.toHaveProperty('MemoryReservation');
    expect(containerOf()).not.toHaveProperty('Secrets');
    expect(JSON.stringify(single())).not.toMatch(/null|undefined/);
  });

  it.each([
    ['python3 render.py --all', ['listen', 'python3 render.py --all']],
    [
      ['python3', 'render.py', '--all'],
      ['listen', '--', 'python3', 'render.py', '--all'],
    ],
  ])('runs the watcher with %j', (command, expected) => {
    expect(containerOf({ command }).Command).toEqual(expected);
    expect(containerOf({ command }).EntryPoint[0]).toBe('/opt/watchbot/lib/ld.so');
  });

  it('gives the container everything that the watcher reads, and the user’s own variables', () => {
    const section = {
      environment: { LEVEL: 3 },
      maxJobDuration: 60,
      concurrency: 4,
      logs: { structured: true },
    };
    expect(variablesOf({ ...section, mounts: ['/data'] })).toEqual({
      LEVEL: '3',
      QueueUrl: { Ref: 'WatchbotQueue' },
      QUEUE_NAME: { 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] },
      WorkTopic: { Ref: 'WatchbotTopic' },
      LogGroup: { Ref: 'WatchbotLogGroup' },
      Fifo: 'false',
      maxJobDuration: '60',
      Volumes: '/tmp,/data',
      writableFilesystem: 'false',
      structuredLogging: 'true',
      WatchbotConcurrency: '4',
      WatchbotHealthCheck: 'watchbot-health',
      WatchbotMaxReceives: '10',
      WatchbotVisibilityTimeout: '180',
      WatchbotStopTimeout: '120',
      WatchbotStopNotice: '15',
      WatchbotFinish: '60',
      WatchbotStandardInput: 'false',
    });
    // Those of a handler stand in its own test.
    const { queueArn, batchSize, batchWindowSeconds, maxInvocations, workerMemoryMiB } = ContainerVariable;
    const ofHandlers = [queueArn, batchSize, batchWindowSeconds, maxInvocations, workerMemoryMiB];
    const all = [
      ...Object.keys(
        variablesOf({
          reduce: true,
          deploy: { alarms: ['failures'] },
          compatibility: 'watchbot',
          container: {
            stopSignal: 'SIGINT',
            ulimits: { nproc: 64 },
            environmentFiles: ['arn:aws:s3:::settings/tiles.env'],
          },
        }),
      ),
      ...ofHandlers,
    ];
    // What a file in S3 may not give the watcher is empty.
    const read = all.filter((name) => !WORKER_ONLY_VARIABLES.includes(name));
    expect(read.sort()).toEqual(Object.values(ContainerVariable).sort());
    expect(variablesOf({ topic: false })).not.toHaveProperty('WorkTopic');
  });

  it('keeps what would change the watcher’s own Node for workers, under another name', () => {
    const section = {
      environment: { NODE_OPTIONS: '--require "a b"', OTHER_NODE_OPTIONS: 'x' },
      secrets: { LD_PRELOAD: '/tiles/preload', KEY: '/tiles/key' },
    };
    const variables = variablesOf(section);
    expect(variables).toMatchObject({
      WATCHBOT_WORKER_NODE_OPTIONS: '--require "a b"',
      OTHER_NODE_OPTIONS: 'x',
    });
    expect(variables).not.toHaveProperty('NODE_OPTIONS');
    const secretNames = containerOf(section).Secrets?.map(({ Name }) => Name);
    expect(secretNames).toEqual(['KEY', 'WATCHBOT_WORKER_LD_PRELOAD']);
  });

  it('keeps whose calls of AWS are made, and where, for workers', () => {
    const section = {
      environment: {
        AWS_REGION: 'us-west-2',
        AWS_PROFILE: 'other',
        AWS_ENDPOINT_URL: 'http://minio:9000',
        AWS_ENDPOINT_URL_SQS: 'http://elsewhere',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 't',
        AWS_ENDPOINT_URL_S3: 'http://minio:9000',
        AWS_USE_FIPS_ENDPOINT: 'true',
        HTTPS_PROXY: 'http://proxy:3128',
        NODE_EXTRA_CA_CERTS: '/ca.pem',
      },
      secrets: {
        AWS_ACCESS_KEY_ID: '/key/id',
        AWS_SECRET_ACCESS_KEY: '/key/secret',
        AWS_SESSION_TOKEN: '/t',
      },
    };
    const names = Object.keys(variablesOf(section)).filter((name) => /AWS|PROXY|NODE/.test(name));
    expect(names.sort()).toEqual([
      'AWS_ENDPOINT_URL_S3',
      'AWS_USE_FIPS_ENDPOINT',
      'HTTPS_PROXY',
      'NODE_EXTRA_CA_CERTS',
      'WATCHBOT_WORKER_AWS_CONTAINER_AUTHORIZATION_TOKEN',
      'WATCHBOT_WORKER_AWS_ENDPOINT_URL',
      'WATCHBOT_WORKER_AWS_ENDPOINT_URL_SQS',
      'WATCHBOT_WORKER_AWS_PROFILE',
      'WATCHBOT_WORKER_AWS_REGION',
    ]);
    expect(containerOf(section).Secrets?.map(({ Name }) => Name)).toEqual([
      'WATCHBOT_WORKER_AWS_ACCESS_KEY_ID',
      'WATCHBOT_WORKER_AWS_SECRET_ACCESS_KEY',
      'WATCHBOT_WORKER_AWS_SESSION_TOKEN',
    ]);
  });
});

describe('the file system', () => {
  const mountsOf = (section: object) =>
    (containerOf(section).MountPoints ?? []).map(({ ContainerPath }) => ContainerPath);

  it('is read-only but for /tmp and the mounts, which can be written to', () => {
    const section = { mounts: ['/a-b', '/a/b', '/ä', '/.cache'] };
    const { MountPoints: points = [], ReadonlyRootFilesystem } = containerOf(section);
    expect(ReadonlyRootFilesystem).toBe(true);
    expect(mountsOf(section)).toEqual(['/tmp', '/a-b', '/a/b', '/ä', '/.cache']);
    expect(points.every(({ ReadOnly }) => !ReadOnly)).toBe(true);
    const names = points.map(({ SourceVolume }) => SourceVolume);
    expect(single(section).of('taskDefinition').Volumes).toEqual(names.map((Name) => ({ Name })));
    expect(new Set(names).size).toBe(5);
    expect(names.filter((name) => !/^[A-Za-z0-9_-]{1,255}$/.test(name))).toEqual([]);
  });

  it('is writable as a whole, without mounts, where every job gets a fresh container', () => {
    const section = { writableFilesystem: true, mounts: ['/data'], exec: true };
    expect(containerOf(section)).toMatchObject({ ReadonlyRootFilesystem: false });
    expect(single(section).of('taskDefinition')).not.toHaveProperty('Volumes');
    expect(mountsOf(section)).toEqual([]);
    expect(variablesOf(section)).toMatchObject({ Volumes: '', writableFilesystem: 'true' });
  });

  it('lets the agent of ECS Exec write, in folders that no job empties', () => {
    expect(mountsOf({ exec: true })).toEqual([
      '/tmp',
      '/managed-agents',
      '/var/lib/amazon/ssm',
      '/var/log/amazon/ssm',
    ]);
    expect(variablesOf({ exec: true }).Volumes).toBe('/tmp');
  });
});

describe('the service', () => {
  it('leaves the number of tasks to scaling, and rolls back a deploy that fails', () => {
    const { of } = single();
    expect(of('service')).not.toHaveProperty('DesiredCount');
    expect(of('service')).toMatchObject({
      Cluster: { Ref: 'WatchbotCluster' },
      TaskDefinition: { Ref: 'WatchbotTask' },
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      DeploymentConfiguration: {
        MinimumHealthyPercent: 50,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
    expect(of('service')).not.toHaveProperty('LaunchType');
  });

  it('is rolled back by the alarms that are named, of this stack or another', () => {
    const alarms = ['tiles-are-late', { Ref: 'OwnAlarm' }];
    const { of, Resources } = single({ deploy: { alarms } });
    expect(of('service').DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 50,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      Alarms: { AlarmNames: alarms, Enable: true, Rollback: true },
    });
    // What is referred to is made before by itself.
    expect(Resources.WatchbotService?.DependsOn).toEqual(single().Resources.WatchbotService?.DependsOn);
  });

  it('is watched by no alarm if none is named, also where some were before', () => {
    const { Alarms } = single().of('service').DeploymentConfiguration;
    expect(Alarms).toEqual({ AlarmNames: [], Enable: false, Rollback: false });
  });

  it('mixes Spot with an on-demand base', () => {
    const capacity = [{ provider: 'FARGATE', base: 2, weight: 0 }, { provider: 'FARGATE_SPOT' }];
    expect(single({ capacity }).of('service').CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Weight: 0, Base: 2 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ]);
  });

  it('waits for what it does not refer to', () => {
    expect(single().Resources.WatchbotService?.DependsOn).toEqual([
      'WatchbotClusterCapacity',
      'WatchbotDefaultRoute',
      'WatchbotSubnet1Route',
      'WatchbotSubnet2Route',
    ]);
    const own = single({ cluster: 'shared', vpc: { subnets: ['subnet-0a1b2c3d'] } });
    expect(own.Resources.WatchbotService).not.toHaveProperty('DependsOn');
  });

  it('lets commands in only with `exec`', () => {
    expect(single().of('service')).not.toHaveProperty('EnableExecuteCommand');
    expect(single({ exec: true }).of('service')).toMatchObject({ EnableExecuteCommand: true });
  });
});

it('the log group keeps what it is told to keep', () => {
  expect(single({ logs: { retention: 30 } }).of('logGroup')).toEqual({
    LogGroupName: 'tiles-dev-us-east-1-watchbot',
    RetentionInDays: 30,
  });
});

const handlerContainer = (section: object): Properties =>
  single({ command: undefined, ...section }).of('taskDefinition').ContainerDefinitions[0] as Properties;

const handlerVariables = (section: object): Record<string, unknown> =>
  Object.fromEntries(
    (handlerContainer(section).Environment as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
      Name,
      Value,
    ]),
  );

const HANDLER = { handler: 'src/render.handler' };

describe('the container of a handler', () => {
  it.each([
    {
      section: HANDLER,
      expected: ['--', 'node', '--enable-source-maps', '/opt/watchbot/runtime.js'],
    },
    { section: { ...HANDLER, image: '.' }, expected: [] },
    { section: { handler: true, image: { uri: 'app' } }, expected: [] },
    {
      section: { handler: 'app.handler', image: '.', entryPoint: ['python3', '-m', 'awslambdaric'] },
      expected: ['--', 'python3', '-m', 'awslambdaric', 'app.handler'],
    },
    {
      section: { handler: true, image: '.', entryPoint: ['/bootstrap'] },
      expected: ['--', '/bootstrap'],
    },
  ])('runs the watcher with $expected for $section', ({ section, expected }) => {
    const { Command, EntryPoint } = handlerContainer(section) as { Command: string[]; EntryPoint: string[] };
    expect(Command).toEqual(['handle', ...expected]);
    expect(EntryPoint.at(-1)).toBe('/opt/watchbot/watcher.js');
  });

  it('is told what the watcher and the runtime must know', () => {
    expect(handlerVariables(HANDLER)).toMatchObject({
      WatchbotQueueArn: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
      WatchbotBatchSize: '1',
      WatchbotBatchWindow: '0',
      WatchbotMaxInvocations: '0',
      WatchbotWorkerMemory: '0',
      _HANDLER: 'src/render.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'tiles-dev-watchbot',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    });
    const queue = { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' };
    const keys = { batchSize: 10, batchWindow: 30, maxInvocations: 100, workerMemory: 300 };
    expect(handlerVariables({ ...HANDLER, ...keys, queue })).toMatchObject({
      WatchbotQueueArn: queue.arn,
      WatchbotBatchSize: '10',
      WatchbotBatchWindow: '30',
      WatchbotMaxInvocations: '100',
      WatchbotWorkerMemory: '300',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '300',
    });
  });

  it('gives each of several workers its share of the memory', () => {
    expect(handlerVariables({ ...HANDLER, concurrency: 3 })).toMatchObject({
      WatchbotConcurrency: '3',
      WatchbotWorkerMemory: '0',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '170',
    });
  });

  it('says nothing of a handler if the image does, and nothing at all to a command', () => {
    expect(handlerVariables({ handler: true, image: '.' })).not.toHaveProperty('_HANDLER');
    const names = Object.keys(handlerVariables({ command: 'true' }));
    expect(names.filter((name) => /^(_HANDLER|AWS_LAMBDA|WatchbotBatch)/.test(name))).toEqual([]);
  });

  it('is called what a function of Lambda could be called', () => {
    const section = { workers: { [`n${'o'.repeat(39)}`]: HANDLER } };
    const { Resources } = build(section, { service: 'a-service-with-a-long-name', stage: 'production' });
    const text = JSON.stringify(Resources);
    const [, name] = /"Name":"AWS_LAMBDA_FUNCTION_NAME","Value":"([^"]+)"/.exec(text) ?? [];
    expect(name).toMatch(/^a-service-with-a-long-name-production-no+$/);
    expect(name).toHaveLength(64);
  });

  it('may do no more than one with a command', () => {
    const rolesOf = (section: object) => {
      const { of } = single(section);
      return [of('taskRole'), of('executionRole')];
    };
    expect(rolesOf({ command: undefined, ...HANDLER })).toEqual(rolesOf({}));
  });
});

const checkOf = (section: object) =>
  (single(section).of('taskDefinition').ContainerDefinitions as Record<string, unknown>[])[0]?.HealthCheck;
const DEFAULTS = { Interval: 30, Timeout: 10, Retries: 3, StartPeriod: 30 };
const OWN = ['CMD', ...HEALTH_COMMAND];

describe('the health check', () => {
  it.each<[string, unknown, object]>([
    ['unless told otherwise', undefined, { ...DEFAULTS, Command: OWN }],
    ['with `true`', true, { ...DEFAULTS, Command: OWN }],
    [
      'with times',
      { interval: 60, timeout: 10, retries: 5, startPeriod: 0 },
      { Command: OWN, Interval: 60, Timeout: 10, Retries: 5, StartPeriod: 0 },
    ],
    [
      'with a shell line',
      { command: 'curl -f localhost' },
      { ...DEFAULTS, Command: ['CMD-SHELL', 'curl -f localhost'] },
    ],
    ['with arguments', { command: ['check', '--all'] }, { ...DEFAULTS, Command: ['CMD', 'check', '--all'] }],
  ])('%s', (_how, healthCheck, expected) => {
    expect(checkOf(healthCheck === undefined ? {} : { healthCheck })).toEqual(expected);
  });

  it('of the watcher needs no shell: an image may have none', () => {
    expect(OWN[1]).toMatch(/^\/.*\/ld\.so$/);
  });

  it('can be switched off', () => {
    expect(checkOf({ healthCheck: false })).toBeUndefined();
  });

  it.each<[string, unknown, string | undefined]>([
    ['its own check', true, HEALTH_SOCKET],
    ['its own check at other times', { interval: 60 }, HEALTH_SOCKET],
    ['the user’s', { command: ['check'] }, undefined],
    ['none', false, undefined],
  ])('has an answer from the watcher just where ECS asks it: %s', (_whose, healthCheck, expected) => {
    const variables = single({ healthCheck }).of('taskDefinition').ContainerDefinitions[0].Environment as {
      Name: string;
      Value: unknown;
    }[];
    expect(variables.find(({ Name }) => Name === 'WatchbotHealthCheck')?.Value).toBe(expected);
  });
});
