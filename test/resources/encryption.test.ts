import { describe, expect, it } from '@jest/globals';
import type { Statement } from '../../src/resources/cloudformation';
import { arnOf, EVERY_SOURCE, OWN_KEY, QUEUE_ARN } from './sections';
import { build, ownArn, single, statementsOf, type Properties } from './support';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const USES = ['kms:Decrypt', 'kms:GenerateDataKey'];
const made = { 'Fn::GetAtt': ['WatchbotQueueKey', 'Arn'] };
const ROLES = ['taskRole', 'sender', 'scheduleRole', 'webhookRole'] as const;
/** All who send or receive. */
const EVERYBODY = {
  sender: true,
  events: [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'none' } }],
};
/** Who sends straight to the queue, to the topic, or receives and sends. */
const THROUGH: Record<(typeof ROLES)[number], string[]> = {
  taskRole: ['sqs', 'sns'],
  sender: ['sns'],
  scheduleRole: ['sqs'],
  webhookRole: ['sqs'],
};
const through = (services: readonly string[]) => {
  const names = services.map((service) => ({ 'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com` }));
  return { 'kms:ViaService': names.length === 1 ? names[0] : names };
};
const encryptionOf = (properties: Properties) =>
  statementsOf(properties).filter(({ Sid }) => Sid === 'Encryption');

describe('without a key', () => {
  it('SQS has its own, and nobody needs permission to use it', () => {
    const { of, has } = single(EVERYBODY);
    expect(of('queue')).toMatchObject({ SqsManagedSseEnabled: true });
    expect(of('deadLetterQueue')).toMatchObject({ SqsManagedSseEnabled: true });
    expect(has('queueKey')).toBe(false);
    expect(JSON.stringify(single(EVERYBODY).Resources)).not.toContain('kms');
  });
});

describe('with a key that is made', () => {
  const { of, Resources } = single({ ...EVERYBODY, queue: { encryption: 'KMS' } });

  it('queues and topic are encrypted with it', () => {
    for (const queue of [of('queue'), of('deadLetterQueue')]) {
      expect(queue).toMatchObject({ KmsMasterKeyId: made });
      expect(queue).not.toHaveProperty('SqsManagedSseEnabled');
    }
    expect(of('topic')).toMatchObject({ KmsMasterKeyId: made });
  });

  it('it is kept when the stack goes, with the messages that only it can open', () => {
    expect(Resources.WatchbotQueueKey).toMatchObject({
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
  });

  it('its policy lets in the account’s own policies and just the sources of this worker', () => {
    const { Statement: statements } = single({ events: EVERY_SOURCE, queue: { encryption: 'KMS' } }).of(
      'queueKey',
    ).KeyPolicy as { Statement: Statement[] };
    const [account, ...sources] = statements;
    expect(account).toEqual({
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
      Action: 'kms:*',
      Resource: '*',
    });
    expect(
      sources.map(({ Sid, Principal, Action, Condition }) => ({ Sid, Principal, Action, Condition })),
    ).toEqual([
      {
        Sid: 'TopicSends',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: USES,
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              ownArn('sns', 'tiles-dev-WatchbotTopic'),
              arnOf('sns', 'news'),
              arnOf('sns', 'far', 'eu-west-1'),
              { Ref: 'OwnTopic' },
            ],
          },
        },
      },
      {
        Sid: 'RuleSends',
        Principal: { Service: 'events.amazonaws.com' },
        Action: USES,
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              ownArn('events', 'rule/tiles-dev-WatchbotEventRule1'),
              ownArn('events', 'rule/maps/tiles-dev-WatchbotEventRule2'),
              ownArn('events', 'rule/${OwnBus}/tiles-dev-WatchbotEventRule3'),
              ownArn('events', 'rule/tiles-dev-WatchbotBucketRule1'),
              ownArn('events', 'rule/tiles-dev-WatchbotBucketRule2'),
            ],
          },
        },
      },
      {
        Sid: 'BucketSends',
        Principal: { Service: 's3.amazonaws.com' },
        Action: USES,
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::tiles-raw' },
              {
                'Fn::Sub': [
                  'arn:${AWS::Partition}:s3:::${Bucket}',
                  { Bucket: { 'Fn::Sub': '${AWS::StackName}-more' } },
                ],
              },
            ],
          },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      },
    ]);
  });

  it('its policy names no resource of the stack that needs the key itself: a circle', () => {
    const policy = JSON.stringify(of('queueKey'));
    expect(policy).not.toMatch(/"Ref":"Watchbot|Fn::GetAtt/);
  });
});

it('a key is used through SQS alone if there is no topic', () => {
  const { of } = single({ ...EVERYBODY, topic: false, queue: { encryption: OWN_KEY } });
  for (const role of ROLES) {
    expect(encryptionOf(of(role))).toMatchObject([{ Condition: { StringEquals: through(['sqs']) } }]);
  }
});

it.each([
  ['QueueUrl', { Ref: 'WatchbotQueue' }, ['sqs']],
  ['topic', { Ref: 'WatchbotTopic' }, ['sns']],
])('who is told its %s uses its key for that alone', (_what, TOLD, services) => {
  const watchbot = { command: 'true', queue: { encryption: 'KMS' } };
  const other = { command: 'true', environment: { TOLD } };
  const role = build({ workers: { watchbot, other } }).Resources.OtherTaskRole!.Properties!;
  const keys = statementsOf(role).filter(({ Action }) => String(Action).startsWith('kms:'));
  expect(keys).toEqual([
    { Effect: 'Allow', Action: USES, Resource: made, Condition: { StringEquals: through(services) } },
  ]);
});

describe('whoever sends or receives may use', () => {
  it.each<[string, unknown, Partial<Statement>]>([
    ['a key that is made', 'KMS', { Resource: made }],
    ['a key by its ARN', OWN_KEY, { Resource: OWN_KEY }],
    ['a key by its id', KEY_ID, { Resource: ownArn('kms', `key/${KEY_ID}`) }],
    [
      'a key by a function that gives its ARN',
      { 'Fn::GetAtt': ['Key', 'Arn'] },
      { Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    ],
    [
      'a key by its alias, which a policy cannot name',
      'alias/tiles',
      {
        Resource: ownArn('kms', 'key/*'),
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/tiles' } },
      },
    ],
    [
      'a key by the ARN of its alias, in another account',
      'arn:aws:kms:us-east-1:999999999999:alias/maps/tiles',
      {
        Resource: 'arn:aws:kms:us-east-1:999999999999:key/*',
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/maps/tiles' } },
      },
    ],
  ])('%s', (_what, encryption, expected) => {
    const { of } = single({ ...EVERYBODY, queue: { encryption } });
    const statement = { Sid: 'Encryption', Effect: 'Allow', Action: USES, ...expected };
    for (const role of ROLES) {
      const Condition = {
        ...(expected.Condition as object | undefined),
        StringEquals: through(THROUGH[role]),
      };
      expect(encryptionOf(of(role))).toEqual([{ ...statement, Condition }]);
    }
    expect(of('queue').KmsMasterKeyId).toEqual(encryption === 'KMS' ? made : encryption);
  });

  it.each(['alias/aws/sqs', arnOf('kms', 'alias/aws/sqs')])(
    'AWS’s own key without being told so: %s',
    (encryption) => {
      const { of } = single({ ...EVERYBODY, topic: false, queue: { encryption } });
      expect(ROLES.flatMap((role) => encryptionOf(of(role)))).toEqual([]);
      expect(of('queue')).toMatchObject({ KmsMasterKeyId: encryption });
    },
  );

  it('the key of an existing queue', () => {
    const { of } = single({ ...EVERYBODY, queue: { arn: QUEUE_ARN, encryption: OWN_KEY } });
    expect(ROLES.map((role) => encryptionOf(of(role))[0]?.Resource)).toEqual(ROLES.map(() => OWN_KEY));
  });
});

it('only a key that is asked for is made', () => {
  const keys = [OWN_KEY, KEY_ID, 'alias/tiles', 'SSE-SQS'].filter((encryption) =>
    single({ queue: { encryption } }).has('queueKey'),
  );
  expect(keys).toEqual([]);
});
