import type { OwnResource, ServiceContext } from '../../src/config/configuration';

/** An ARN in an account of its own; the stack's is 123456789012 too. */
export const arnOf = (service: string, resource: string, region = 'us-east-1') =>
  `arn:aws:${service}:${region}:123456789012:${resource}`;

export const JWT = { jwt: { issuer: 'https://id.example.com', audience: ['tiles'], scopes: ['send'] } };
export const OWN_KEY = arnOf('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
export const QUEUE_ARN = arnOf('sqs', 'jobs');
export const DEAD_ARN = arnOf('sqs', 'dead');

const owned = (type: string): OwnResource => ({ type, isFifo: false, isInVpc: true });

/** What the service around these sections has: to it they refer. */
export const OWN_RESOURCES: ServiceContext['resources'] = {
  OwnBucket: owned('AWS::S3::Bucket'),
  OwnBus: owned('AWS::Events::EventBus'),
  OwnCluster: owned('AWS::ECS::Cluster'),
  OwnDead: owned('AWS::SQS::Queue'),
  OwnFiles: owned('AWS::EFS::FileSystem'),
  OwnGroup: owned('AWS::EC2::SecurityGroup'),
  OwnKey: owned('AWS::KMS::Key'),
  OwnParameter: owned('AWS::SSM::Parameter'),
  OwnPoint: owned('AWS::EFS::AccessPoint'),
  OwnQueue: owned('AWS::SQS::Queue'),
  OwnSecret: owned('AWS::SecretsManager::Secret'),
  OwnSubnet: owned('AWS::EC2::Subnet'),
  OwnTopic: owned('AWS::SNS::Topic'),
};

const ec2 = { cluster: 'shared', capacity: 'EC2' };

/** Sources that leave the queue's policy to say who may send, and sources that have a role. */
export const EVERY_SOURCE = [
  { sns: arnOf('sns', 'news') },
  { sns: { arn: arnOf('sns', 'far', 'eu-west-1'), filterPolicy: { kind: ['tile'] } } },
  { sns: { Ref: 'OwnTopic' } },
  { eventBridge: { pattern: { source: ['tiles'] } } },
  { eventBridge: { pattern: { source: ['tiles'] }, eventBus: 'maps' } },
  { eventBridge: { pattern: { source: ['tiles'] }, eventBus: { 'Fn::GetAtt': ['OwnBus', 'Arn'] } } },
  { schedule: 'rate(1 day)' },
  { s3: { bucket: 'tiles-raw', prefix: 'in/' } },
  { s3: { bucket: { 'Fn::Sub': '${AWS::StackName}-more' } } },
  { s3: { bucket: 'tiles-old', existing: true } },
  { s3: { bucket: { Ref: 'OwnBucket' }, existing: true, suffix: '.tif' } },
  { webhook: { authorization: 'apiKey' } },
];

/** Of those, the ones that a FIFO queue takes. */
const FIFO_SOURCES = [
  { sns: arnOf('sns', 'news.fifo') },
  { eventBridge: { pattern: { source: ['tiles'] }, messageGroupId: 'events' } },
  { schedule: { rate: 'rate(1 day)', messageGroupId: 'daily' } },
  { s3: { bucket: 'tiles-old', existing: true, messageGroupId: 'objects' } },
  { webhook: { authorization: 'none', messageGroupId: 'web' } },
];

/**
 * Sections of one worker, by what they are about: together they use everything that a section can say. What they name
 * of the user's own begins with `Own`.
 */
export const SECTIONS: Record<string, object> = {
  'the least': {},
  'no topic': { topic: false },
  sidecars: { memory: 1024, sidecars: { otel: 'adot', logs: 'fluent-bit' } },
  'a FIFO queue': { queue: { fifo: true } },
  'a FIFO queue that stalls': { queue: { fifo: true, deadLetter: false } },
  'a FIFO queue with a topic and sources': { queue: { fifo: true }, topic: true, events: FIFO_SOURCES },
  'a FIFO queue with a key and sources': {
    queue: { fifo: true, encryption: 'KMS' },
    topic: true,
    sender: true,
    events: FIFO_SOURCES,
  },
  'every source': { events: EVERY_SOURCE },
  'every source and a key': {
    events: EVERY_SOURCE,
    queue: { encryption: 'KMS' },
    sender: true,
    reduce: true,
  },
  'sources without a topic': { topic: false, events: EVERY_SOURCE, queue: { encryption: 'KMS' } },
  'a topic of a region that has to be asked for': { events: [{ sns: arnOf('sns', 'farther', 'ap-east-1') }] },
  'a webhook with headers': { events: [{ webhook: { authorization: 'none', headers: ['X-GitHub-Event'] } }] },
  'a webhook for IAM': { events: [{ webhook: { authorization: 'iam' } }] },
  'a webhook for tokens': { events: [{ webhook: { authorization: JWT } }], queue: { encryption: OWN_KEY } },
  'a key by its ARN': { queue: { encryption: OWN_KEY }, sender: true },
  'a key by its id': { queue: { encryption: '1234abcd-12ab-34cd-56ef-1234567890ab' } },
  'a key by its alias': { queue: { encryption: 'alias/tiles' } },
  'a key by a function': { queue: { encryption: { 'Fn::GetAtt': ['OwnKey', 'Arn'] } } },
  'AWS’s own key': { topic: false, queue: { encryption: 'alias/aws/sqs' }, sender: true },
  'an existing queue and its topic': { queue: { arn: QUEUE_ARN }, topic: arnOf('sns', 'jobs'), reduce: true },
  'an existing queue': { queue: { arn: QUEUE_ARN }, sender: true },
  'an existing queue with all it takes': {
    queue: { arn: QUEUE_ARN, deadLetter: DEAD_ARN, encryption: OWN_KEY },
    events: [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'apiKey' } }],
    reduce: true,
  },
  'an existing queue by a function': {
    queue: { arn: { 'Fn::GetAtt': ['OwnQueue', 'Arn'] }, deadLetter: { 'Fn::GetAtt': ['OwnDead', 'Arn'] } },
    events: [{ webhook: { authorization: 'none' } }],
  },
  'an existing dead-letter queue': { queue: { deadLetter: DEAD_ARN } },
  'Spot with a base': {
    capacity: [
      { provider: 'FARGATE', base: 1 },
      { provider: 'FARGATE_SPOT', weight: 3 },
    ],
  },
  instances: { ...ec2, exec: true, privileged: true, gpu: 1, softMemory: 256 },
  'instances that AWS runs': {
    capacity: { managed: { spot: true, storage: 100, scaleInAfter: 600, monitoring: 'detailed' } },
    gpu: 1,
    privileged: true,
    exec: true,
  },
  'instances that AWS runs, in a network and a cluster of its own': {
    cluster: { Ref: 'OwnCluster' },
    capacity: {
      managed: {
        instances: { types: ['c7g.*'] },
        infrastructureRole: arnOf('iam', 'role/instances', ''),
        instanceProfile: arnOf('iam', 'instance-profile/instances', ''),
      },
    },
    architecture: 'arm64',
    vpc: { subnets: [{ Ref: 'OwnSubnet' }], securityGroups: [{ Ref: 'OwnGroup' }] },
    placementConstraints: [{ type: 'distinctInstance' }],
  },
  'instances in a network of its own': {
    cluster: { Ref: 'OwnCluster' },
    capacity: [{ provider: { Ref: 'OwnProvider' } }],
    vpc: { subnets: [{ Ref: 'OwnSubnet' }], securityGroups: [{ Ref: 'OwnGroup' }] },
    placementConstraints: [{ type: 'distinctInstance' }],
    placementStrategies: [{ type: 'spread', field: 'instanceId' }],
    exec: true,
  },
  'a network of its own': {
    vpc: { subnets: ['subnet-0a1b2c3d'], publicIp: true },
    cluster: arnOf('ecs', 'cluster/big'),
  },
  'private subnets': { vpc: { private: 'natPerZone', endpoints: ['logs'] } },
  'private subnets without the internet': { vpc: { private: 'endpoints' }, reduce: true },
  'reduce mode, kept': { reduce: { pointInTimeRecovery: true } },
  'a sender': { sender: true },
  'no alarm and no dashboard': {
    dashboard: false,
    healthCheck: false,
    alarms: {
      deadLetter: false,
      deadLetterGrowth: false,
      deadLetterAge: false,
      workerErrors: false,
      queueSize: false,
      memory: false,
      cpu: false,
      placement: false,
      deployment: false,
    },
  },
  'alarms that roll a deploy back': {
    deploy: { alarms: ['failures', 'tiles-are-late', { Ref: 'OwnAlarm' }] },
  },
  'people and topics to tell': { notify: ['a@example.com', { Ref: 'OwnAlarms' }] },
  volumes: {
    vpc: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] },
    volumes: {
      files: {
        efs: { Ref: 'OwnFiles' },
        path: '/files',
        securityGroup: { Ref: 'OwnGroup' },
        rootAccess: true,
      },
      part: { efs: { Ref: 'OwnFiles' }, accessPoint: { Ref: 'OwnPoint' }, path: '/part', readOnly: true },
      scratch: { ebs: '500GB', path: '/scratch', kmsKey: { Ref: 'OwnKey' } },
      shared: { path: '/shared' },
    },
  },
  'a folder of the instances': { ...ec2, volumes: { models: { host: '/models', path: '/models' } } },
  'secrets, mounts and exec': {
    container: { environmentFiles: ['arn:aws:s3:::settings/tiles/prod.env'] },
    secrets: {
      A: '/a',
      B: { ssm: { Ref: 'OwnParameter' } },
      C: arnOf('secretsmanager', 'secret:key-AbCdEf:user::'),
      E: arnOf('secretsmanager', 'secret:short'),
      D: { secretsManager: { Ref: 'OwnSecret' } },
    },
    mounts: ['/data'],
    exec: true,
    logs: { structured: true, retention: 30 },
  },
  'roles that exist': {
    role: 'OwnRole',
    executionRole: { 'Fn::GetAtt': ['OwnRole', 'Arn'] },
    schedulerRole: { Ref: 'OwnRole' },
    events: [
      { schedule: 'rate(1 day)' },
      { webhook: { authorization: 'iam', role: 'arn:aws:iam::123456789012:role/web' } },
    ],
  },
  'a writable file system': { writableFilesystem: true, ephemeralStorage: 50, architecture: 'arm64' },
};

/** Tags of the provider, so that what takes tags has them. */
export const TAGGED: Partial<ServiceContext> = { tags: { team: 'maps', 'cost-center': '42' } };
