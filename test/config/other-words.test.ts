import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isOtherWord, wordsAt } from '../../src/config/other-words/words';
import { fc } from '../helpers/seeded';
import { parseYaml } from '../helpers/yaml';
import { errorOf, parse } from './support';

const C = { command: 'true' };

const adviceOn = (section: unknown): string => errorOf(section).problems[0]!.advice!;
const PASTE = /^Write these lines in place of .*:\n\n/;
const pasted = (section: unknown): unknown => {
  const text = errorOf(section).message.split(/\n\n(?=Write these lines)/)[1] ?? '';
  return parseYaml(text.replace(PASTE, ''));
};

describe("a key of another tool's", () => {
  it.each([
    [{ timeout: 900 }, { maxJobDuration: 900 }],
    [{ timeout: '15m' }, { maxJobDuration: '15m' }],
    [{ memorySize: 1024 }, { memory: 1024 }],
    [{ retries: 3 }, { queue: { maxReceives: 4 } }],
    [
      { dlq: 'arn:aws:sqs:us-east-1:123456789012:dead' },
      { queue: { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead' } },
    ],
    [{ minTasks: 1 }, { scaling: { min: 1 } }],
    [{ dockerfile: 'Dockerfile.worker' }, { image: { path: '.', dockerfile: 'Dockerfile.worker' } }],
    [{ maxConcurrency: 5 }, { scaling: { max: 5 } }],
    [{ maxSize: 10 }, { scaling: { max: 10 } }],
    [{ deadletterThreshold: 5 }, { queue: { maxReceives: 5 } }],
    [{ fifo: true }, { queue: { fifo: true } }],
    [{ reservation: { memory: 512, cpu: 256 } }, { memory: 512, cpu: 256 }],
    [{ structuredLogging: true }, { logs: { structured: true } }],
    [{ notificationEmail: 'a@example.com' }, { notify: ['a@example.com'] }],
    [{ count: { range: '0-10' } }, { scaling: { min: 0, max: 10 } }],
    [{ count: { range: { min: 1, max: 4 } } }, { scaling: { min: 1, max: 4 } }],
    [{ count: 2 }, { scaling: { min: 2, max: 2 } }],
    [{ retention: 14 }, { logs: { retention: 14 } }],
    [{ retention: 345_600 }, { queue: { retention: 345_600 } }],
    [
      { iamRoleStatements: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
      { permissions: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
    ],
  ])('is answered with the lines to paste, which are right: %j', (wrong, right) => {
    const lines = pasted({ ...C, ...wrong });
    expect(lines).toEqual({ watchbot: right });
    expect(() => parse({ ...C, ...right })).not.toThrow();
  });

  const ARN = 'arn:aws:sqs:us-east-1:123456789012:dead';

  it.each<[string, object, object]>([
    [
      'SQS',
      { queue: { VisibilityTimeout: 30, retries: 2 } },
      { queue: { visibilityTimeout: 30, maxReceives: 3 } },
    ],
    ['SQS', { queue: { dlq: ARN, delaySeconds: 5 } }, { queue: { deadLetter: ARN, delay: 5 } }],
    [
      'CloudFormation',
      { RedrivePolicy: { deadLetterTargetArn: ARN, maxReceiveCount: 3 }, MessageRetentionPeriod: 600 },
      { queue: { maxReceives: 3, deadLetter: ARN, retention: 600 } },
    ],
    ['CloudFormation', { queue: { deadLetter: { maxReceiveCount: 3 } } }, { queue: { maxReceives: 3 } }],
    [
      'CloudFormation',
      { queue: { QueueName: 'jobs' } },
      { queue: {}, extensions: { queue: { QueueName: 'jobs' } } },
    ],
    [
      'ECS',
      {
        dockerLabels: { team: 'maps' },
        linuxParameters: {
          capabilities: { add: ['SYS_PTRACE'] },
          tmpfs: [
            { containerPath: '/run', size: 64, mountOptions: ['noexec'] },
            { containerPath: '/cache', size: 32 },
          ],
        },
        workingDirectory: '/app',
        user: '1000:1000',
        ulimits: [
          { Name: 'nofile', SoftLimit: 20_000, HardLimit: 40_000 },
          { name: 'core', softLimit: 0, hardLimit: 0 },
        ],
        stopSignal: 'SIGINT',
      },
      {
        container: {
          labels: { team: 'maps' },
          ulimits: { nofile: { soft: 20_000, hard: 40_000 }, core: 0 },
          stopSignal: 'SIGINT',
          capabilities: { add: ['SYS_PTRACE'] },
          tmpfs: { '/run': { size: 64, options: ['noexec'] }, '/cache': 32 },
          workingDirectory: '/app',
          user: '1000:1000',
        },
      },
    ],
    [
      'a compose file',
      {
        container: { labels: ['team=maps'], cap_drop: ['ALL'], working_dir: '/app', tmpfs: '/run:size=64m' },
      },
      {
        container: {
          labels: { team: 'maps' },
          capabilities: { drop: ['ALL'] },
          workingDirectory: '/app',
          tmpfs: { '/run': '64MB' },
        },
      },
    ],
    [
      'ECS',
      {
        sidecars: [
          {
            Name: 'traces',
            Image: 'amazon/aws-xray-daemon:3.x',
            Essential: true,
            PortMappings: [{ ContainerPort: 2000, HostPort: 2000, Protocol: 'udp' }, { ContainerPort: 2000 }],
            MemoryReservation: 64,
            Environment: [{ Name: 'A', Value: 'b' }],
            Secrets: [{ Name: 'KEY', ValueFrom: '/shared/key' }],
            DependsOn: [{ ContainerName: 'first', Condition: 'SUCCESS' }],
            ReadonlyRootFilesystem: true,
          },
          { name: 'first', image: 'acme/first:1', restartPolicy: { enabled: false } },
        ],
      },
      {
        sidecars: {
          traces: {
            image: 'amazon/aws-xray-daemon:3.x',
            essential: true,
            ports: ['2000/udp', 2000],
            softMemory: 64,
            environment: { A: 'b' },
            secrets: { KEY: '/shared/key' },
            dependsOn: { first: 'SUCCESS' },
            writableFilesystem: false,
          },
          first: { image: 'acme/first:1', restart: false },
        },
      },
    ],
    [
      'a compose file',
      {
        sidecars: {
          proxy: {
            image: 'acme/proxy:1',
            expose: ['8080:80', '53/udp'],
            env: ['A=b', 'C='],
          },
        },
      },
      {
        sidecars: {
          proxy: {
            image: 'acme/proxy:1',
            ports: ['80', '53/udp'],
            environment: { A: 'b', C: '' },
          },
        },
      },
    ],
    ['presets', { sidecars: ['xray'] }, { sidecars: { xray: 'xray' } }],
    ['presets', { sidecars: { xray: true } }, { sidecars: { xray: 'xray' } }],
    [
      'presets',
      { sidecars: { otel: 'aws-otel-collector', logs: 'firelens' } },
      { sidecars: { otel: 'adot', logs: 'fluent-bit' } },
    ],
    [
      'ECS',
      {
        logConfiguration: {
          logDriver: 'splunk',
          options: { 'splunk-url': 'https://splunk.example.com:8088' },
          secretOptions: [{ name: 'splunk-token', valueFrom: '/splunk/token' }],
        },
      },
      {
        container: {
          log: {
            driver: 'splunk',
            options: { 'splunk-url': 'https://splunk.example.com:8088' },
            secretOptions: { 'splunk-token': '/splunk/token' },
          },
        },
      },
    ],
    ['presets', { adot: true }, { sidecars: { otel: 'adot' } }],
    ['Watchbot v0', { user: true }, { sender: true }],
    ['a queue by its ARN', { queue: ARN }, { queue: { arn: ARN } }],
    ['Lambda', { events: [{ sqs: ARN }, { schedule: 'rate(1 hour)' }] }, { queue: { arn: ARN } }],
    ['Lambda', { events: [{ httpApi: 'POST /x' }] }, { events: [{ webhook: 'apiKey' }] }],
    [
      'Lambda',
      { reservedConcurrency: 4, ephemeralStorageSize: 40_960 },
      { scaling: { max: 4 }, ephemeralStorage: 40 },
    ],
    [
      'a key beside its map',
      { scaling: { minTasks: 1, concurrency: 2 } },
      { scaling: { min: 1 }, concurrency: 2 },
    ],
    [
      'misspelt ones',
      { timeouts: 900, memorySizes: 1024, retrys: 3 },
      { maxJobDuration: 900, memory: 1024, queue: { maxReceives: 4 } },
    ],
    [
      'Copilot',
      {
        subscribe: {
          queue: { retention: '96h', timeout: '30s', delay: '5s', dead_letter: { tries: 10 }, fifo: true },
        },
      },
      { queue: { retention: '96h', visibilityTimeout: '30s', delay: '5s', maxReceives: 10, fifo: true } },
    ],
    [
      'Copilot',
      { count: { range: '1-10', queue_delay: { acceptable_latency: '10m', msg_processing_time: '250ms' } } },
      { scaling: { min: 1, max: 10, latency: '10m', jobDuration: '250ms' } },
    ],
    ['Copilot', { count: { spot: 2 } }, { capacity: 'FARGATE_SPOT', scaling: { min: 2, max: 2 } }],
    [
      'Copilot',
      { count: { range: { min: 1, max: 5, spot_from: 3 } } },
      {
        scaling: { min: 1, max: 5 },
        capacity: [
          { provider: 'FARGATE', base: 2, weight: 0 },
          { provider: 'FARGATE_SPOT', weight: 1 },
        ],
      },
    ],
    ['Copilot', { count: 0 }, { extensions: { scalableTarget: { MinCapacity: 0, MaxCapacity: 0 } } }],
    ['Copilot', { platform: 'linux/arm64' }, { architecture: 'arm64' }],
    ['Copilot', { platform: { osfamily: 'linux', architecture: 'x86_64' } }, { architecture: 'x86_64' }],
    [
      'Copilot',
      { image: { build: { dockerfile: 'D', context: 'app', target: 'prod' } } },
      { image: { dockerfile: 'D', path: 'app', target: 'prod' } },
    ],
    [
      'Copilot',
      { image: { build: './orders/Dockerfile.dev' } },
      { image: { path: './orders', dockerfile: 'Dockerfile.dev' } },
    ],
    ['Copilot', { image: { location: 'node:22' } }, { image: { uri: 'node:22' } }],
    [
      'Copilot',
      { storage: { ephemeral: 100, readonly_fs: false } },
      { ephemeralStorage: 100, writableFilesystem: true },
    ],
    [
      'Copilot',
      { network: { vpc: { placement: { subnets: ['subnet-0a1b2c3d'] }, security_groups: ['sg-0a1b2c3d'] } } },
      { vpc: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] } },
    ],
    [
      'CDK',
      {
        minScalingCapacity: 1,
        maxScalingCapacity: 5,
        visibilityTimeout: 60,
        maxReceiveCount: 4,
        memoryLimitMiB: 1024,
      },
      { scaling: { min: 1, max: 5 }, queue: { visibilityTimeout: 60, maxReceives: 4 }, memory: 1024 },
    ],
    [
      'CDK',
      { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }] },
      { capacity: [{ provider: 'FARGATE_SPOT', weight: 2 }] },
    ],
    [
      'ECS',
      { taskRoleArn: 'arn:aws:iam::123456789012:role/jobs' },
      { role: 'arn:aws:iam::123456789012:role/jobs' },
    ],
    ['ECS', { launchType: 'MANAGED_INSTANCES', gpuCount: 1 }, { capacity: 'MANAGED', gpu: 1 }],
    ['ECS', { requiresCompatibilities: ['MANAGED_INSTANCES'] }, { capacity: 'MANAGED' }],
    [
      'ECS',
      { launchType: 'MANAGED_INSTANCES', resourceRequirements: [{ type: 'GPU', value: '2' }] },
      { capacity: 'MANAGED', gpu: 2 },
    ],
    ['ECS', { capacity: 'MANAGED_INSTANCES' }, { capacity: 'MANAGED' }],
    ['ECS', { capacityProvider: 'FARGATE_SPOT' }, { capacity: 'FARGATE_SPOT' }],
    ['CDK', { managedInstances: { spot: true } }, { capacity: { managed: { spot: true } } }],
    [
      'ECS',
      { allowedInstanceTypes: ['g5.*'] },
      { capacity: { managed: { instances: { types: ['g5.*'] } } } },
    ],
    ['ECS', { desiredCount: 3, launchType: 'FARGATE' }, { scaling: { min: 3, max: 3 }, capacity: 'FARGATE' }],
    [
      'Watchbot',
      { notificationEmail: 'a@example.com', notificationTopic: 'arn:aws:sns:us-east-1:123456789012:ops' },
      { notify: ['a@example.com', 'arn:aws:sns:us-east-1:123456789012:ops'] },
    ],
    ['Watchbot', { mounts: '/data, /scratch' }, { mounts: ['/data', '/scratch'] }],
    ['a compose file', { volumes: ['cache:/cache'] }, { volumes: { cache: { path: '/cache' } } }],
    ['a path alone', { volumes: { cache: '/cache' } }, { volumes: { cache: { path: '/cache' } } }],
    [
      'ECS',
      { volumes: { scratch: { path: '/scratch', ebs: { sizeInGiB: 500, volumeType: 'gp3' } } } },
      { volumes: { scratch: { path: '/scratch', ebs: 500, type: 'gp3' } } },
    ],
    [
      'Copilot',
      { image: { build: 'app', healthcheck: { command: ['CMD-SHELL', 'curl x'], start_period: '10s' } } },
      { image: { path: 'app' }, healthCheck: { command: 'curl x', startPeriod: '10s' } },
    ],
    ['Watchbot', { alarms: { dlqSize: { threshold: 5 } } }, { alarms: { deadLetter: { threshold: 5 } } }],
  ])('may stand in a map, and be written in several ways: %s %j', (_tool, wrong, right) => {
    const lines = pasted({ ...C, ...wrong });
    const { queue, ...rest } = right as { queue?: object };
    expect(lines).toEqual({
      watchbot: queue !== undefined && Object.keys(queue).length === 0 ? rest : right,
    });
    expect(() => parse({ ...C, ...right })).not.toThrow();
  });

  it.each([
    { extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.1' }], linuxParameters: { sharedMemorySize: 128 } },
    { extra_hosts: ['db:10.0.0.1'], shm_size: 128 },
    { container: { extraHosts: { db: '10.0.0.1' }, shmSize: 128 } },
  ])('that only EC2 has is answered in all its forms: %j', (given) => {
    expect(pasted({ ...C, ...given })).toEqual({
      watchbot: { container: { hosts: { db: '10.0.0.1' }, sharedMemory: 128 } },
    });
  });

  it.each([
    [
      { mounts: '/data,/mnt/x:/x, /var/run/docker.sock:/var/run/docker.sock:ro' },
      {
        mounts: ['/data'],
        volumes: {
          'mnt-x': { host: '/mnt/x', path: '/x' },
          'var-run-docker-sock': {
            host: '/var/run/docker.sock',
            path: '/var/run/docker.sock',
            readOnly: true,
          },
        },
      },
    ],
    [
      { volumes: ['/mnt/a/data:/a', '/mnt/b/data:/b'] },
      {
        volumes: {
          'mnt-a-data': { host: '/mnt/a/data', path: '/a' },
          'mnt-b-data': { host: '/mnt/b/data', path: '/b' },
        },
      },
    ],
  ])('that mounts folders of the host is answered with volumes: %j', (given, right) => {
    expect(pasted({ ...C, ...given })).toEqual({ watchbot: right });
    expect(() => parse({ ...C, cluster: 'c', capacity: 'EC2', ...right })).not.toThrow();
  });

  it.each([
    { volumes: ['sockets:/run/proxy'] },
    { mountPoints: [{ SourceVolume: 'sockets', ContainerPath: '/run/proxy' }] },
    { mount_points: [{ source_volume: 'sockets', path: '/run/proxy' }] },
  ])('that mounts a volume in a sidecar is answered with its mounts: %j', (given) => {
    const sidecars = (keys: object) => ({ sidecars: { proxy: { image: 'acme/proxy:1', ...keys } } });
    expect(pasted({ ...C, ...sidecars(given) })).toEqual({
      watchbot: sidecars({ mounts: { '/run/proxy': 'sockets' } }),
    });
  });

  it('that mounts a folder of the host is answered in a list of mounts, too', () => {
    expect(adviceOn({ ...C, mounts: ['/mnt/x:/x'] })).toBe(
      'for a folder of the host, on EC2, write `volumes: {mnt-x: {path: /x, host: /mnt/x}}`',
    );
    expect(adviceOn({ ...C, mounts: '/mnt/x:/x' })).toMatch(/empty folders of them since v4/);
  });

  it('of an export of a stack is answered with the import of it, and no other value of the map is printed', () => {
    const section = {
      ...C,
      environment: { A: { from_cfn: 'name' }, B: 'hidden' },
      secrets: { C: { secretsmanager: 'demo/mysql' }, D: { from_cfn: 'token' } },
    };
    const { message } = errorOf(section);
    expect(message).not.toContain('hidden');
    expect(pasted(section)).toEqual({
      watchbot: {
        environment: { A: { 'Fn::ImportValue': 'name' } },
        secrets: { C: { secretsManager: 'demo/mysql' }, D: { ssm: { 'Fn::ImportValue': 'token' } } },
      },
    });
  });

  it('beside a misspelt map of workers that are none is answered all the same', () => {
    const section = { workers: { a: { ...C, mounts: '/x' } }, workersx: { b: null } };
    expect(pasted(section)).toEqual({ watchbot: { workers: { a: { mounts: ['/x'] } } } });
  });

  it('keeps what else the map has, also what is misspelt', () => {
    expect(pasted({ ...C, queue: { fifo: true, visibilityTimeot: '2m', retries: 1 } })).toEqual({
      watchbot: { queue: { fifo: true, maxReceives: 2, visibilityTimeout: '2m' } },
    });
    expect(pasted({ ...C, image: 'app', dockerfile: 'D', scaling: 5, minTasks: 1 })).toEqual({
      watchbot: { image: { path: 'app', dockerfile: 'D' }, scaling: { max: 5, min: 1 } },
    });
  });

  it('says so if its key is there already, or another word gives it', () => {
    const { problems } = errorOf({ ...C, timeout: 5, maxJobDuration: 60, maxTasks: 5, maxSize: 9 });
    expect(problems.map(({ advice }) => advice)).toEqual([
      'remove it: `maxJobDuration` is there already',
      'write `scaling: {max: 5}`',
      'remove it: `scaling.max` comes from `watchbot.maxTasks`',
    ]);
  });

  it('of which nothing is left does not stay among the lines', () => {
    const section = {
      ...C,
      queue: { fifo: true, receiveMessageWaitTimeSeconds: 20, xylophone: 1, retries: 1 },
    };
    expect(pasted(section)).toEqual({ watchbot: { queue: { fifo: true, maxReceives: 2 } } });
  });

  it('beside a wrong entry of a list is told, and the entry once', () => {
    const { problems } = errorOf({ ...C, events: [{ sqs: {} }, { schedule: 'daily' }, { http: 'x' }] });
    expect(problems.map(({ place }) => place)).toEqual([
      'watchbot.events[0].sqs',
      'watchbot.events[2].http',
      'watchbot.events[1].schedule',
    ]);
  });

  it('is told with what is wrong about the lines themselves', () => {
    const places = errorOf({ ...C, timeout: 90_000, memorySize: 3000 }).problems.map(({ place }) => place);
    expect(places).toEqual([
      'watchbot.timeout',
      'watchbot.memorySize',
      'watchbot.maxJobDuration',
      'watchbot.memory',
    ]);
  });

  it.each([
    [{ cooldown: 60 }, 'there is none; `scaling: {keepIdle: …}` says how long idle tasks stay'],
    [
      { requests: 70 },
      'the number of tasks follows the queue, and `cpu`, `memory` and `age` where they are given',
    ],
    [{ logConfiguration: { LogDriver: 'awsfirelens', Options: {} } }, 'preset: fluent-bit'],
    [{ logDriver: 'awslogs' }, 'remove it: output goes to CloudWatch'],
    [{ env_file: 'dev.env' }, '{environmentFiles: [dev.env]}'],
    [{ environment: './dev.env' }, '{environmentFiles: [./dev.env]}'],
    [{ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/k.env' }] }, '[arn:aws:s3:::b/k.env]'],
    [{ container: { environmentFiles: 'dev.env' } }, '{environmentFiles: [dev.env]}'],
    [{ environment: [{ name: 'A', value: 'b' }] }, 'write a map instead of a list'],
    [
      { subscribe: { topics: [{ name: 'events', service: 'api' }] } },
      '`topics`: give `events: [{sns: ARN}]`',
    ],
    [{ network: { vpc: { placement: 'public' } } }, 'give the ids of public subnets'],
    [{ queue: { receiveMessageWaitTimeSeconds: 20 } }, 'the watcher always waits'],
    [{ events: [{ stream: 'arn' }] }, 'there is no such source'],
    [{ events: [{ schedule: { rate: 'rate(1 hour)', name: 'x' } }] }, 'remove it: the plugin names it'],
    [{ events: [{ schedule: { rate: ['rate(1 hour)'] } }] }, 'make an entry of each'],
    [{ layers: [] }, 'the image brings it'],
    [{ timeout: null }, 'write `maxJobDuration`, with a value'],
  ])('without an equal is told with the reason and the way out: %j', (wrong, advice) => {
    expect(adviceOn({ ...C, ...wrong })).toContain(advice);
  });

  it('is not what a key is taken for that is only a little like it', () => {
    expect(adviceOn({ ...C, subscription: 1 })).toBe('remove it');
    expect(adviceOn({ ...C, comand: 'x' })).toBe('did you mean "command"?');
  });

  it('is answered with the place of the worker', () => {
    expect(pasted({ workers: { tiles: { ...C, timeout: 60 } } })).toEqual({
      watchbot: { workers: { tiles: { maxJobDuration: 60 } } },
    });
  });

  it('beside several workers is a key of one of them', () => {
    expect(adviceOn({ workers: { a: C, b: C }, timeout: 5 })).toBe(
      'write it in a worker: `maxJobDuration: 5`',
    );
    expect(pasted({ workers: { a: C }, timeout: 5 })).toEqual({
      watchbot: { workers: { a: { maxJobDuration: 5 } } },
    });
  });

  it('in a worker of several that all of them share stands beside them', () => {
    expect(pasted({ workers: { tiles: { ...C, notificationEmail: 'a@example.com' } } })).toEqual({
      watchbot: { notify: ['a@example.com'] },
    });
  });

  it('is answered in words if there is nothing to paste, and values of variables are not printed', () => {
    expect(adviceOn({ ...C, env: { PASSWORD: 'hidden' } })).toBe('rename it: `environment`');
    expect(adviceOn({ ...C, events: [{ sqs: {} }] })).toBe('remove it: a worker has a queue of its own');
  });
});

describe('words with any values', () => {
  const MAPS = [
    'queue',
    'scaling',
    'image',
    'alarms',
    'vpc',
    'deploy',
    'environment',
    'secrets',
    'events',
    'notify',
  ];
  const words = ['', ...MAPS].flatMap((map) =>
    wordsAt(map === '' ? [] : [map]).flatMap((all) => Object.keys(all)),
  );
  const key = fc.constantFrom(...new Set(words), ...MAPS, 'workers', 'memory', 'from_cfn', 'min', 'arn');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        5,
        -1,
        1.5,
        '',
        '15m',
        '0-10',
        'a: b',
        'no',
        'arn:aws:x',
        'é\n"x',
        {},
      ),
      fc.constantFrom<unknown>({ Ref: 'X' }, { 'Fn::GetAtt': ['a', 'b'] }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));

  it('are answered, and the lines are YAML', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 5 }), (keys) => {
        expect(() => pasted({ ...keys, comand: 'true' })).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });
});

describe('allowed keys', () => {
  it('are told once, at the end, and only where there is no hint', () => {
    const { message } = errorOf({ ...C, xylophone: 1, quartz: 2, timeout: 5 });
    expect(message.match(/writableFilesystem/g)).toHaveLength(1);
    expect(message.split('\n\n').at(-3)).toMatch(/^Keys of watchbot: cluster, /);
    expect(errorOf({ ...C, timeout: 5, comand: 'x' }).message).not.toContain('writableFilesystem');
  });
});

/** Those that are ours too, and those within maps of Watchbot's. */
const IN_MAPS_OR_OURS = /[.[ (]|^workers$/;

it("has every option of Watchbot's page that has no key of its name here", () => {
  const page = readFileSync(resolve(__dirname, '../../docs/watchbot-options.md'), 'utf8');
  const rows = page.matchAll(/^\| `([^`]+)` \|(?: [^|]* \|)? (?:renamed|derived|dropped) \|/gm);
  const names = [...rows].map(([, name]) => name!).filter((name) => !IN_MAPS_OR_OURS.test(name));
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !isOtherWord(name))).toEqual([]);
});
