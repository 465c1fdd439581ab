import { describe, expect, it } from '@jest/globals';
import { CONTEXT, parse } from './support';

const C = { command: 'python3 render.py' };
const only = (section: object, context = {}) => parse({ ...C, ...section }, context).workers[0]!;

describe('the least that can be written', () => {
  it('becomes a worker with every choice made', () => {
    expect(parse(C)).toEqual({
      context: CONTEXT,
      cluster: undefined,
      vpc: undefined,
      notify: [],
      workers: [
        {
          name: 'watchbot',
          command: 'python3 render.py',
          image: { path: '.', dockerfile: 'Dockerfile', buildArgs: {}, target: undefined },
          architecture: 'x86_64',
          cpu: 256,
          memory: 512,
          softMemory: undefined,
          ephemeralStorage: undefined,
          capacity: [{ provider: 'FARGATE', weight: 1, base: 0 }],
          concurrency: 1,
          maxJobDuration: 0,
          stopTimeout: 120,
          environment: {},
          secrets: {},
          permissions: [],
          managedPolicies: [],
          queue: {
            fifo: false,
            visibilityTimeout: 180,
            retention: 1_209_600,
            maxReceives: 10,
            delay: 0,
            deadLetter: true,
          },
          topic: true,
          scaling: { min: 0, max: 1 },
          alarms: {
            deadLetter: { threshold: 1, period: 60, evaluationPeriods: 1 },
            workerErrors: { threshold: 10, period: 60, evaluationPeriods: 1 },
            queueSize: { threshold: 40, period: 300, evaluationPeriods: 24 },
            memory: { threshold: 100, period: 60, evaluationPeriods: 10 },
            cpu: { threshold: 90, period: 60, evaluationPeriods: 10 },
          },
          logs: { retention: 14, structured: false },
          mounts: ['/tmp'],
          writableFilesystem: false,
          exec: false,
          extensions: {},
        },
      ],
    });
  });

  it('is the same under a name', () => {
    const { workers } = parse({ workers: { tiles: C } });
    expect(workers).toEqual([{ ...only({}), name: 'tiles' }]);
  });
});

describe('several workers', () => {
  const section = {
    notify: 'oncall@example.com',
    cluster: 'shared',
    workers: { tiles: { ...C, scaling: { max: 50 } }, 'render-all': { command: ['render', '--all'] } },
  };

  it('keep their order and share what stands beside them', () => {
    const { workers, notify, cluster } = parse(section);
    expect({ notify, cluster }).toEqual({ notify: ['oncall@example.com'], cluster: 'shared' });
    expect(workers.map(({ name, command, scaling }) => ({ name, command, scaling }))).toEqual([
      { name: 'tiles', command: 'python3 render.py', scaling: { min: 0, max: 50 } },
      { name: 'render-all', command: ['render', '--all'], scaling: { min: 0, max: 1 } },
    ]);
  });
});

describe('what the framework knows', () => {
  it.each([
    [undefined, undefined, 'x86_64'],
    ['arm64', undefined, 'arm64'],
    ['arm64', 'x86_64', 'x86_64'],
    [undefined, 'arm64', 'arm64'],
  ] as const)('provider.architecture %s and architecture %s are %s', (provider, worker, expected) => {
    const section = worker === undefined ? {} : { architecture: worker };
    expect(only(section, { architecture: provider }).architecture).toBe(expected);
  });

  const providerVpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };

  const imported = { 'Fn::Split': [',', { 'Fn::ImportValue': 'subnets' }] };

  it.each([
    { from: 'nothing', expected: undefined },
    {
      from: 'provider.vpc',
      provider: providerVpc,
      expected: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'], publicIp: false },
    },
    {
      from: 'the section before provider.vpc',
      section: { vpc: { subnets: ['subnet-0b1b2c3d'], publicIp: true } },
      provider: providerVpc,
      expected: { subnets: ['subnet-0b1b2c3d'], securityGroups: undefined, publicIp: true },
    },
    {
      from: 'a function',
      section: { vpc: { subnets: imported } },
      expected: { subnets: imported, securityGroups: undefined, publicIp: false },
    },
    {
      from: 'no provider.vpc that has only security groups',
      provider: { securityGroupIds: ['sg-0a1b2c3d'] },
      expected: undefined,
    },
  ])('the network comes from $from', ({ section, provider, expected }) => {
    expect(parse({ ...C, ...section }, { providerVpc: provider }).vpc).toEqual(expected);
  });

  it('stays as it is: the framework goes on working with it', () => {
    const given = structuredClone(providerVpc);
    parse(C, { providerVpc: given });
    expect(given).toEqual(providerVpc);
    expect(Object.isFrozen(given) || Object.isFrozen(given.subnetIds)).toBe(false);
  });
});

describe('a worker', () => {
  it('has tuned alarms, and none where they are off', () => {
    const { alarms } = only({
      alarms: { queueSize: { threshold: 500 }, cpu: false, deadLetter: { period: 300 } },
    });
    expect(alarms).toMatchObject({
      queueSize: { threshold: 500, period: 300, evaluationPeriods: 24 },
      deadLetter: { threshold: 1, period: 300, evaluationPeriods: 1 },
      memory: { threshold: 100 },
    });
    expect(alarms.cpu).toBeUndefined();
  });

  it.each([
    ['FARGATE_SPOT', [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }]],
    [
      [
        { provider: 'FARGATE', base: 1 },
        { provider: 'FARGATE_SPOT', weight: 4 },
      ],
      [
        { provider: 'FARGATE', weight: 1, base: 1 },
        { provider: 'FARGATE_SPOT', weight: 4, base: 0 },
      ],
    ],
  ])('has the capacity %j with its defaults', (capacity, expected) => {
    expect(only({ capacity }).capacity).toEqual(expected);
  });

  it('has /tmp and its own mounts, each once and without a slash at the end', () => {
    expect(only({ mounts: ['/data/', '/tmp', '/cache', '/data'] }).mounts).toEqual([
      '/tmp',
      '/data',
      '/cache',
    ]);
  });

  it.each([
    ['/tiles/key', { ssm: '/tiles/key' }],
    ['key', { ssm: 'key' }],
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/key',
      { ssm: 'arn:aws:ssm:eu-west-1:123456789012:parameter/key' },
    ],
    [
      'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:key-AbCdEf',
      { secretsManager: 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:key-AbCdEf' },
    ],
    [
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf:password::',
      { secretsManager: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf:password::' },
    ],
    [{ ssm: { Ref: 'Key' } }, { ssm: { Ref: 'Key' } }],
    [{ secretsManager: { Ref: 'Key' } }, { secretsManager: { Ref: 'Key' } }],
  ])('has the secret %j as %j', (given, expected) => {
    expect(only({ secrets: { KEY: given } }).secrets).toEqual({ KEY: expected });
  });

  it('has its variables as text, and functions as they are', () => {
    const environment = { TEXT: '007', NUMBER: 1.5, YES: true, NO: false, EMPTY: '', F: { Ref: 'Bucket' } };
    expect(only({ environment }).environment).toEqual({
      TEXT: '007',
      NUMBER: '1.5',
      YES: 'true',
      NO: 'false',
      EMPTY: '',
      F: { Ref: 'Bucket' },
    });
  });

  it('may have variables that are called like what every object has', () => {
    const { environment, secrets } = only({
      environment: { toString: 'x' },
      secrets: { constructor: '/tiles/key', hasOwnProperty: '/tiles/other' },
    });
    expect(Object.keys(environment)).toEqual(['toString']);
    expect(Object.keys(secrets)).toEqual(['constructor', 'hasOwnProperty']);
  });

  it.each([
    [{}, true],
    [{ queue: { fifo: true } }, false],
    [{ queue: { fifo: true }, topic: true }, true],
    [{ topic: false }, false],
  ])('with %j has a topic: %s', (section, expected) => {
    expect(only(section).topic).toBe(expected);
  });

  it.each([
    ['app', { path: 'app', dockerfile: 'Dockerfile', buildArgs: {}, target: undefined }],
    [
      { path: 'app', target: 'worker', buildArgs: { LEVEL: '1' } },
      { path: 'app', dockerfile: 'Dockerfile', buildArgs: { LEVEL: '1' }, target: 'worker' },
    ],
  ])('has the image %j', (image, expected) => {
    expect(only({ image }).image).toEqual(expected);
  });
});

it('the result is frozen to its last value', () => {
  const section = {
    ...C,
    extensions: { queue: { Tags: [{ Key: 'team', Value: 'maps' }] } },
    vpc: { subnets: ['subnet-0a1b2c3d'] },
  };
  const configuration = parse(section, { providerVpc: { subnetIds: [] } });
  const thawed: unknown[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) thawed.push(value);
    Object.values(value).forEach(visit);
  };
  visit(configuration);
  expect(thawed).toEqual([]);
  expect(Object.isFrozen(section.vpc.subnets)).toBe(false);
});
