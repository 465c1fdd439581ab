import { describe, expect, it } from '@jest/globals';
import { NODE_IMAGE } from '../../src/config/defaults';
import { nodeMajorOf } from '../../src/image/bundle/bundle';
import { CONTEXT, parse } from './support';

const C = { command: 'python3 render.py' };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tiles';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:tiles';
const only = (section: object, context = {}) => parse({ ...C, ...section }, context).workers[0]!;

it('Node is taken by a digest, with a tag that says which one it is', () => {
  expect(NODE_IMAGE).toMatch(/:\d+\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
  expect(nodeMajorOf(NODE_IMAGE)).toBe(24);
});

describe('the least that can be written', () => {
  it('becomes a worker with every choice made', () => {
    expect(parse(C)).toEqual({
      context: CONTEXT,
      build: { engine: undefined, nodeImage: NODE_IMAGE },
      cluster: undefined,
      vpc: undefined,
      notify: { addresses: [], topics: [] },
      extensions: {},
      workers: [
        {
          name: 'watchbot',
          command: 'python3 render.py',
          image: { kind: 'build', path: '.', dockerfile: 'Dockerfile', buildArgs: {}, target: undefined },
          architecture: 'x86_64',
          cpu: 256,
          memory: 512,
          softMemory: undefined,
          ephemeralStorage: undefined,
          gpu: undefined,
          capacity: { launchType: 'FARGATE', strategy: [{ provider: 'FARGATE', weight: 1, base: 0 }] },
          placementConstraints: [],
          placementStrategies: [],
          privileged: false,
          concurrency: 1,
          maxJobDuration: 0,
          stopTimeout: 120,
          stopNotice: 15,
          stdin: false,
          environment: {},
          secrets: {},
          permissions: [],
          managedPolicies: [],
          sender: false,
          queue: {
            arn: undefined,
            fifo: false,
            visibilityTimeout: 180,
            retention: 1_209_600,
            maxReceives: 10,
            delay: 0,
            deadLetter: true,
            encryption: { by: 'sqs' },
          },
          topic: true,
          events: { sns: [], eventBridge: [], schedule: [], s3: [], webhook: undefined },
          scaling: { min: 0, max: 1, awake: true },
          alarms: {
            deadLetter: { threshold: 1, period: 60, evaluationPeriods: 1 },
            deadLetterGrowth: { threshold: 1, period: 60, evaluationPeriods: 1 },
            deadLetterAge: { threshold: 604_800, period: 300, evaluationPeriods: 1 },
            workerErrors: { threshold: 10, period: 60, evaluationPeriods: 1 },
            queueSize: { threshold: 40, period: 300, evaluationPeriods: 24 },
            memory: { threshold: 100, period: 60, evaluationPeriods: 10 },
            cpu: { threshold: 90, period: 60, evaluationPeriods: 10 },
            placement: { threshold: 1, period: 3_600, evaluationPeriods: 1 },
            deployment: { threshold: 1, period: 60, evaluationPeriods: 1 },
          },
          deploy: { alarms: [], finish: 10_000, isByFailures: false, isShortUnasked: false },
          dashboard: true,
          logs: { retention: 14, structured: false },
          healthCheck: { command: undefined, interval: 30, timeout: 10, retries: 3, startPeriod: 30 },
          reduce: undefined,
          mounts: ['/tmp'],
          writableFilesystem: false,
          container: {
            labels: {},
            ulimits: {},
            environmentFiles: [],
            tmpfs: {},
            capabilities: { add: [], drop: [] },
            stopSignal: 'SIGTERM',
            hosts: {},
          },
          volumes: [],
          sidecars: [],
          deletionPolicy: 'Delete',
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
    expect({ notify, cluster }).toEqual({
      notify: { addresses: ['oncall@example.com'], topics: [] },
      cluster: 'shared',
    });
    expect(workers.map(({ name, command, scaling }) => ({ name, command, scaling }))).toEqual([
      { name: 'tiles', command: 'python3 render.py', scaling: { min: 0, max: 50, awake: true } },
      { name: 'render-all', command: ['render', '--all'], scaling: { min: 0, max: 1, awake: true } },
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
      expected: {
        subnets: ['subnet-0a1b2c3d'],
        securityGroups: ['sg-0a1b2c3d'],
        publicIp: false,
        isOwn: false,
      },
    },
    {
      from: 'the section before provider.vpc',
      section: { vpc: { subnets: ['subnet-0b1b2c3d'], publicIp: true } },
      provider: providerVpc,
      expected: { subnets: ['subnet-0b1b2c3d'], securityGroups: undefined, publicIp: true, isOwn: true },
    },
    {
      from: 'a function',
      section: { vpc: { subnets: imported } },
      expected: { subnets: imported, securityGroups: undefined, publicIp: false, isOwn: true },
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
  it('has tuned alarms, and none of those that are off', () => {
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
    ['FARGATE_SPOT', 'FARGATE', [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }]],
    [
      [
        { provider: 'FARGATE', base: 1 },
        { provider: 'FARGATE_SPOT', weight: 4 },
      ],
      'FARGATE',
      [
        { provider: 'FARGATE', weight: 1, base: 1 },
        { provider: 'FARGATE_SPOT', weight: 4, base: 0 },
      ],
    ],
    ['EC2', 'EC2', []],
    ['MANAGED', 'MANAGED_INSTANCES', []],
    [[{ provider: 'mine', managed: true }], 'MANAGED_INSTANCES', [{ provider: 'mine', weight: 1, base: 0 }]],
    [
      [{ provider: 'mine', weight: 2 }, { provider: { Ref: 'Provider' } }],
      'EC2',
      [
        { provider: 'mine', weight: 2, base: 0 },
        { provider: { Ref: 'Provider' }, weight: 1, base: 0 },
      ],
    ],
  ])('has the capacity %j with its defaults', (capacity, launchType, strategy) => {
    expect(only({ cluster: 'main', capacity }).capacity).toMatchObject({ launchType, strategy });
  });

  it('has on EC2 what only instances have, and any size', () => {
    const given = {
      cpu: 100,
      memory: 300,
      softMemory: 299,
      gpu: 2,
      privileged: true,
      placementConstraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'a == b' }],
      placementStrategies: [
        { type: 'spread', field: 'attribute:ecs.availability-zone' },
        { type: 'binpack', field: 'memory' },
        { type: 'random' },
      ],
    };
    expect(only({ ...given, cluster: 'main', capacity: 'EC2' })).toMatchObject(given);
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
    [{ queue: { arn: QUEUE } }, false],
    [{ queue: { arn: { Ref: 'Queue' } } }, false],
    [{ queue: { arn: QUEUE }, topic: TOPIC }, TOPIC],
    [{ queue: { arn: QUEUE }, topic: 'false' }, false],
  ])('with %j has a topic: %s', (section, expected) => {
    expect(only(section).topic).toBe(expected);
  });

  it.each([
    [{}, { arn: undefined, fifo: false, deadLetter: true }],
    [
      { fifo: true, deadLetter: false },
      { arn: undefined, fifo: true, deadLetter: false },
    ],
    [{ deadLetter: QUEUE }, { fifo: false, deadLetter: QUEUE }],
    [{ deadLetter: { Ref: 'Dead' } }, { fifo: false, deadLetter: { Ref: 'Dead' } }],
    [
      { arn: QUEUE, visibilityTimeout: 60 },
      { arn: QUEUE, fifo: false, deadLetter: false, visibilityTimeout: 60 },
    ],
    // The name of an existing queue says what it is; a function has no name yet.
    [{ arn: `${QUEUE}.fifo` }, { arn: `${QUEUE}.fifo`, fifo: true, deadLetter: false }],
    [
      { arn: `${QUEUE}.fifo`, deadLetter: `${QUEUE}-dead.fifo` },
      { fifo: true, deadLetter: `${QUEUE}-dead.fifo` },
    ],
    [{ arn: { Ref: 'Queue' } }, { arn: { Ref: 'Queue' }, fifo: false, deadLetter: false }],
    [
      { arn: { Ref: 'Queue' }, fifo: true },
      { arn: { Ref: 'Queue' }, fifo: true },
    ],
  ])('has the queue %j', (queue, expected) => {
    expect(only({ queue }).queue).toMatchObject(expected);
  });

  it.each([
    ['SSE-SQS', { by: 'sqs' }],
    ['KMS', { by: 'madeKey' }],
    ...[
      'alias/tiles',
      '1234abcd-12ab-34cd-56ef-1234567890ab',
      'mrk-1234abcd12ab34cd56ef1234567890ab',
      'arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      'arn:aws:kms:us-east-1:123456789012:alias/tiles',
      { 'Fn::GetAtt': ['Key', 'Arn'] },
    ].map((key) => [key, { by: 'givenKey', key }] as const),
  ])('has the encryption %j', (encryption, expected) => {
    expect(only({ queue: { encryption } }).queue.encryption).toEqual(expected);
  });

  it("may have AWS's own key where no service sends", () => {
    const section = {
      topic: false,
      queue: { encryption: 'alias/aws/sqs' },
      events: [{ schedule: 'rate(1 day)' }],
    };
    expect(only(section).queue.encryption).toEqual({ by: 'givenKey', key: 'alias/aws/sqs' });
  });

  const CHECK = { command: undefined, interval: 30, timeout: 10, retries: 3, startPeriod: 30 };

  it.each([
    [true, CHECK],
    [false, undefined],
    [{}, CHECK],
    [
      { command: 'curl localhost', startPeriod: 0 },
      { ...CHECK, command: 'curl localhost', startPeriod: 0 },
    ],
    [
      { command: ['/bin/check', '-q'], interval: 60, timeout: 60 },
      { ...CHECK, command: ['/bin/check', '-q'], interval: 60, timeout: 60 },
    ],
  ])('has the health check %j', (healthCheck, expected) => {
    expect(only({ healthCheck }).healthCheck).toEqual(expected);
  });

  it.each([
    [false, undefined],
    [true, { pointInTimeRecovery: false }],
    [{}, { pointInTimeRecovery: false }],
    [{ pointInTimeRecovery: true }, { pointInTimeRecovery: true }],
  ])('has the reduce mode %j', (reduce, expected) => {
    expect(only({ reduce }).reduce).toEqual(expected);
  });

  // CloudFormation waits for a service for three hours.
  it.each([
    { given: {}, finish: 10_000, isShortUnasked: false },
    { given: { maxJobDuration: 60 }, finish: 60, isShortUnasked: false },
    { given: { maxJobDuration: 10_000 }, finish: 10_000, isShortUnasked: false },
    { given: { maxJobDuration: 10_001 }, finish: 10_000, isShortUnasked: true },
    { given: { maxJobDuration: 43_200, deploy: { finish: 600 } }, finish: 600, isShortUnasked: false },
    { given: { deploy: { finish: 0 } }, finish: 0, isShortUnasked: false },
  ])('of $given gives a job $finish s to finish in a deploy', ({ given, ...expected }) => {
    expect(only(given).deploy).toMatchObject(expected);
  });

  it('has a sender and no dashboard if the section says so', () => {
    expect(only({ sender: true, dashboard: false })).toMatchObject({ sender: true, dashboard: false });
  });

  it.each([
    ['app', { kind: 'build', path: 'app', dockerfile: 'Dockerfile', buildArgs: {}, target: undefined }],
    [
      { path: 'app', target: 'worker', buildArgs: { LEVEL: '1' } },
      { kind: 'build', path: 'app', dockerfile: 'Dockerfile', buildArgs: { LEVEL: '1' }, target: 'worker' },
    ],
  ])('has the image %j', (image, expected) => {
    expect(only({ image }).image).toEqual(expected);
  });
});

describe('what is just within the rules', () => {
  const topics = Array.from({ length: 4 }, (_, i) => `arn:aws:sns:us-east-1:123456789012:t${i}`);
  const ec2 = { ...C, cluster: 'main', capacity: 'EC2' };

  it.each([
    ['jobs side by side', { ...C, concurrency: 2 }],
    ['one job in a fresh container', { ...C, writableFilesystem: true }],
    ['all memory reserved', { ...C, softMemory: 512 }],
    ['all but one MiB reserved on EC2', { ...ec2, softMemory: 511 }],
    ['the smallest container of EC2', { ...ec2, cpu: 2, memory: 6 }],
    ['the largest container of EC2', { ...ec2, cpu: 196_608, memory: 1_000_000 }],
    ['as many tasks at rest as at most', { ...C, scaling: { min: 2, max: 2 } }],
    [
      'bases and weights of which one counts',
      {
        ...C,
        capacity: [
          { provider: 'FARGATE', base: 1 },
          { provider: 'FARGATE_SPOT', weight: 0 },
        ],
      },
    ],
    [
      'capacity by a function, of EC2 as all that is not Fargate',
      { ...ec2, capacity: [{ provider: { Ref: 'Provider' } }] },
    ],
    ['EC2 in a network of its own', { ...ec2, vpc: { subnets: ['subnet-0a1b2c3d'] } }],
    [
      'five topics for alarms, all addresses as one',
      { ...C, notify: [...topics, 'a@example.com', 'b@example.com'] },
    ],
    ['a name of 40 characters', { workers: { ['t'.repeat(40)]: C } }],
    ['no dead letters of an existing queue', { ...C, queue: { arn: QUEUE, deadLetter: false } }],
    ['two topics for one queue', { ...C, events: [{ sns: TOPIC }, { sns: `${TOPIC}-other` }] }],
    [
      'one bucket of two workers that is there already',
      {
        workers: {
          tiles: { ...C, events: [{ s3: { bucket: 'tiles', existing: true } }] },
          thumbnails: { ...C, events: [{ s3: { bucket: 'tiles', existing: true } }] },
        },
      },
    ],
    [
      'two buckets of two workers',
      {
        workers: {
          tiles: { ...C, events: [{ s3: { bucket: 'tiles' } }] },
          thumbnails: { ...C, events: [{ s3: { bucket: 'thumbnails' } }] },
        },
      },
    ],
    [
      'a bucket whose name is a function of the stack',
      { ...C, events: [{ s3: { bucket: { 'Fn::Sub': '${AWS::StackName}-tiles' } } }] },
    ],
    ['a health check that takes its whole interval', { ...C, healthCheck: { interval: 60, timeout: 60 } }],
  ])('is taken: %s', (_title, section) => {
    expect(() => parse(section)).not.toThrow();
  });
});

describe('the sources of a worker', () => {
  const sources = (events: unknown[], section = {}) => only({ ...section, events }).events;
  const FIFO = { queue: { fifo: true } };

  const SNS = { filterPolicy: undefined, filterPolicyScope: 'MessageAttributes', rawMessageDelivery: false };

  it.each([
    [TOPIC, { ...SNS, arn: TOPIC }],
    [{ Ref: 'Topic' }, { ...SNS, arn: { Ref: 'Topic' } }],
    [{ arn: TOPIC }, { ...SNS, arn: TOPIC }],
    [{ arn: { Ref: 'Topic' } }, { ...SNS, arn: { Ref: 'Topic' } }],
    [
      {
        arn: TOPIC,
        filterPolicy: { kind: ['a'] },
        filterPolicyScope: 'MessageBody',
        rawMessageDelivery: true,
      },
      {
        arn: TOPIC,
        filterPolicy: { kind: ['a'] },
        filterPolicyScope: 'MessageBody',
        rawMessageDelivery: true,
      },
    ],
  ])('has the topic %j', (sns, expected) => {
    expect(sources([{ sns }]).sns).toEqual([expected]);
  });

  const pattern = { source: ['aws.s3'] };
  const RULE = {
    pattern,
    eventBus: undefined,
    input: undefined,
    inputPath: undefined,
    messageGroupId: undefined,
  };

  it.each([
    [{ pattern }, RULE],
    [
      { pattern, eventBus: { Ref: 'Bus' }, inputPath: '$.detail' },
      { ...RULE, eventBus: { Ref: 'Bus' }, inputPath: '$.detail' },
    ],
    [
      { pattern, input: 'go' },
      { ...RULE, input: 'go' },
    ],
    [
      { pattern, input: { all: true } },
      { ...RULE, input: '{"all":true}' },
    ],
  ])('has the rule %j', (eventBridge, expected) => {
    expect(sources([{ eventBridge }]).eventBridge).toEqual([expected]);
  });

  const SCHEDULE = { timezone: undefined, input: undefined, enabled: true, messageGroupId: undefined };

  it.each([
    ['rate(1 minute)', { ...SCHEDULE, rate: 'rate(1 minute)' }],
    ['rate(12 hours)', { ...SCHEDULE, rate: 'rate(12 hours)' }],
    ['at(2030-12-31T23:59:59)', { ...SCHEDULE, rate: 'at(2030-12-31T23:59:59)' }],
    [{ rate: 'rate(2 days)' }, { ...SCHEDULE, rate: 'rate(2 days)' }],
    [
      { rate: 'cron(0 6 ? * MON-FRI *)', timezone: 'Europe/Vienna', input: { all: true }, enabled: false },
      {
        rate: 'cron(0 6 ? * MON-FRI *)',
        timezone: 'Europe/Vienna',
        input: '{"all":true}',
        enabled: false,
        messageGroupId: undefined,
      },
    ],
  ])('has the schedule %j', (schedule, expected) => {
    expect(sources([{ schedule }]).schedule).toEqual([expected]);
  });

  const S3 = {
    event: 's3:ObjectCreated:*',
    prefix: undefined,
    suffix: undefined,
    existing: false,
    messageGroupId: undefined,
  };

  it.each([
    [{ bucket: 'tiles' }, { ...S3, bucket: 'tiles' }],
    [
      { bucket: { 'Fn::Sub': '${AWS::AccountId}-tiles' } },
      { ...S3, bucket: { 'Fn::Sub': '${AWS::AccountId}-tiles' } },
    ],
    [
      { bucket: 'tiles', event: 's3:ObjectTagging:*', prefix: 'in/', suffix: '.tif' },
      { ...S3, bucket: 'tiles', event: 's3:ObjectTagging:*', prefix: 'in/', suffix: '.tif' },
    ],
    [
      { bucket: { Ref: 'Bucket' }, existing: true },
      { ...S3, bucket: { Ref: 'Bucket' }, existing: true },
    ],
  ])('has the objects %j', (s3, expected) => {
    expect(sources([{ s3 }]).s3).toEqual([expected]);
  });

  it('has objects of one bucket apart', () => {
    const of = (keys: object) => ({ s3: { bucket: 'tiles', ...keys } });
    const events = [
      of({ suffix: '.tif' }),
      of({ suffix: '.png' }),
      of({ event: 's3:ObjectRemoved:*' }),
      of({ event: 's3:ObjectAcl:Put', prefix: 'in/' }),
      of({ event: 's3:ObjectAcl:Put', prefix: 'out/' }),
      // EventBridge sends an event to every rule that it matches.
      { s3: { bucket: 'other', existing: true } },
      { s3: { bucket: 'other', existing: true } },
    ];
    expect(sources(events).s3).toHaveLength(events.length);
  });

  const WEBHOOK = { throttle: { rate: 5, burst: 20 }, messageGroupId: undefined, headers: [] };
  const jwt = { issuer: 'https://tokens.example.com', audience: ['tiles'] };

  it.each([
    [{ authorization: 'apiKey' }, { ...WEBHOOK, authorization: 'apiKey' }],
    [
      { authorization: 'iam', throttle: { burst: 100 } },
      { ...WEBHOOK, authorization: 'iam', throttle: { rate: 5, burst: 100 } },
    ],
    [{ authorization: 'none' }, { ...WEBHOOK, authorization: 'none' }],
    [
      { authorization: 'none', headers: ['Stripe-Signature'] },
      { ...WEBHOOK, authorization: 'none', headers: ['Stripe-Signature'] },
    ],
    [{ authorization: { jwt } }, { ...WEBHOOK, authorization: { jwt } }],
    [
      { authorization: { jwt: { ...jwt, issuer: { Ref: 'Issuer' }, scopes: ['send'] } } },
      { ...WEBHOOK, authorization: { jwt: { ...jwt, issuer: { Ref: 'Issuer' }, scopes: ['send'] } } },
    ],
  ])('has the webhook %j', (webhook, expected) => {
    expect(sources([{ webhook }]).webhook).toEqual(expected);
  });

  it('of a FIFO queue have message groups, but topics their own', () => {
    const group = { messageGroupId: 'tiles' };
    const { sns, eventBridge, schedule, s3, webhook } = sources(
      [
        { sns: `${TOPIC}.fifo` },
        { sns: { Ref: 'Topic' } },
        { eventBridge: { pattern, ...group } },
        { schedule: { rate: 'rate(1 day)', ...group } },
        { s3: { bucket: 'tiles', existing: true, ...group } },
        { webhook: { authorization: 'iam', ...group } },
      ],
      FIFO,
    );
    expect(sns).toHaveLength(2);
    expect([eventBridge[0], schedule[0], s3[0], webhook].map((source) => source?.messageGroupId)).toEqual(
      Array(4).fill('tiles'),
    );
  });

  it('of an existing queue are those that its policy need not let in', () => {
    const events = [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'iam' } }];
    expect(sources(events, { queue: { arn: QUEUE } })).toMatchObject({
      schedule: [{ rate: 'rate(1 day)' }],
      webhook: { authorization: 'iam' },
    });
  });

  it('keep the order of the file, each kind by itself', () => {
    const { schedule, sns } = sources([
      { schedule: 'rate(2 days)' },
      { sns: TOPIC },
      { schedule: { rate: 'rate(1 day)' } },
    ]);
    expect(schedule.map(({ rate }) => rate)).toEqual(['rate(2 days)', 'rate(1 day)']);
    expect(sns).toHaveLength(1);
  });
});

describe('extensions', () => {
  const queue = { DelaySeconds: 5 };
  const cluster = { ClusterSettings: [] };

  it('of one worker are split from those of what it would share', () => {
    const { extensions, workers } = parse({
      ...C,
      notify: 'oncall@example.com',
      extensions: { queue, cluster, notifications: {} },
    });
    expect(extensions).toEqual({ cluster, notifications: {} });
    expect(workers[0]?.extensions).toEqual({ queue });
  });

  it('of several workers stand in each, and beside them', () => {
    const { extensions, workers } = parse({
      extensions: { cluster },
      workers: { tiles: { ...C, extensions: { queue } }, thumbnails: C },
    });
    expect(extensions).toEqual({ cluster });
    expect(workers.map((worker) => worker.extensions)).toEqual([{ queue }, {}]);
  });

  it('of sources go by kind and number', () => {
    const events = [
      { schedule: 'rate(1 day)' },
      { s3: { bucket: 'tiles', prefix: 'a' } },
      { s3: { bucket: 'tiles', prefix: 'b' } },
      { s3: { bucket: 'other', existing: true } },
      { eventBridge: { pattern: { source: ['a'] } } },
      { schedule: 'rate(2 days)' },
      { sns: TOPIC },
      { webhook: { authorization: 'apiKey' } },
    ];
    const extensions = Object.fromEntries(
      [
        'schedule1',
        'schedule2',
        'bucket1',
        'bucketRule1',
        'eventRule1',
        'snsSubscription1',
        'webhookApiKey',
      ].map((name) => [name, {}]),
    );
    expect(only({ events, extensions }).extensions).toEqual(extensions);
  });
});

it('provider.tags are part of what is configured', () => {
  expect(parse(C, { tags: { team: 'maps' } }).context.tags).toEqual({ team: 'maps' });
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
