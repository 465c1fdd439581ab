import { describe, expect, it } from '@jest/globals';
import { EVENTS } from '../../src/config/limits';
import type { Statement } from '../../src/resources/cloudformation';
import { snsPrincipal } from '../../src/resources/senders';
import { arnOf, EVERY_SOURCE } from './sections';
import { ownArn, single } from './support';

type Section = Parameters<typeof single>[0];

const policyOf = (section: Section, region = 'us-east-1') =>
  (single(section, { region }).of('queuePolicy').PolicyDocument as { Statement: Statement[] }).Statement;
/** The sources that a key which is made lets in, by the name of the statement. */
const keyPolicyOf = (section: object) => {
  const { of } = single({ ...section, queue: { encryption: 'KMS' } });
  const { Statement: statements } = of('queueKey').KeyPolicy as { Statement: Statement[] };
  return Object.fromEntries(statements.map(({ Sid, Condition }) => [Sid, Condition])) as Record<
    string,
    { ArnEquals: { 'aws:SourceArn': unknown } }
  >;
};
const pattern = { source: ['tiles'] };

describe('the policy of the queue', () => {
  it('has a statement for each service, which names the resources', () => {
    expect(policyOf({ events: EVERY_SOURCE })).toEqual([
      {
        Sid: 'TopicSends',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              { Ref: 'WatchbotTopic' },
              arnOf('sns', 'news'),
              arnOf('sns', 'far', 'eu-west-1'),
              { Ref: 'OwnTopic' },
            ],
          },
        },
      },
      {
        Sid: 'RuleSends',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              { 'Fn::GetAtt': ['WatchbotEventRule1', 'Arn'] },
              { 'Fn::GetAtt': ['WatchbotEventRule2', 'Arn'] },
              { 'Fn::GetAtt': ['WatchbotEventRule3', 'Arn'] },
              { 'Fn::GetAtt': ['WatchbotBucketRule1', 'Arn'] },
              { 'Fn::GetAtt': ['WatchbotBucketRule2', 'Arn'] },
            ],
          },
        },
      },
      {
        Sid: 'BucketSends',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
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
          // A bucket's ARN says no account, and names of buckets come free again.
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      },
    ]);
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
  it('is within SQS’s 20 statements and 10 conditions with as many sources as there may be', () => {
    const events = Array.from({ length: EVENTS.maxSources }, (_, index) =>
      index % 2 === 0
        ? { sns: arnOf('sns', `news-${index}`) }
        : { s3: { bucket: `tiles-${index}`, existing: index % 3 === 0 } },
    );
    const statements = policyOf({ events });
    expect(statements).toHaveLength(3);
    const conditions = statements.flatMap(({ Condition }) => Object.keys(Condition as object));
    expect(conditions.length).toBeLessThanOrEqual(10);
  });

  it('lets a region that has to be asked for send in its own name', () => {
    const events = [{ sns: arnOf('sns', 'far', 'ap-east-1') }];
    expect(policyOf({ events })[0]?.Principal).toEqual({
      Service: ['sns.amazonaws.com', 'sns.ap-east-1.amazonaws.com'],
    });
    expect(policyOf({ events, topic: false })[0]?.Principal).toEqual({
      Service: 'sns.ap-east-1.amazonaws.com',
    });
  });

  it('names a bucket once, whatever is told of it', () => {
    const events = ['in/', 'out/'].map((prefix) => ({ s3: { bucket: 'tiles-raw', prefix } }));
    expect(policyOf({ topic: false, events })[0]?.Condition).toMatchObject({
      ArnEquals: { 'aws:SourceArn': { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::tiles-raw' } },
    });
  });

  it.each([
    ['nothing sends by its leave', { topic: false }],
    ['schedules and webhooks have roles', { topic: false, events: [{ schedule: 'rate(1 day)' }] }],
  ])('is not made where %s', (_why, section) => {
    expect(single(section).has('queuePolicy')).toBe(false);
  });
});

describe('the policy of a key that is made', () => {
  const rule = (text: string) => ownArn('events', `rule/${text}tiles-dev-WatchbotEventRule1`);

  it.each([
    ['the default one', undefined, rule('')],
    ['the default one by its name', 'default', rule('')],
    ['the default one by its ARN', arnOf('events', 'event-bus/default'), rule('')],
    ['one by its name', 'maps', rule('maps/')],
    ['one by its ARN', arnOf('events', 'event-bus/maps'), rule('maps/')],
    ['a partner’s', 'aws.partner/example.com/a', rule('aws.partner/example.com/a/')],
    ['one of the service', { Ref: 'OwnBus' }, rule('${OwnBus}/')],
    ['one of the service by its ARN', { 'Fn::GetAtt': ['OwnBus', 'Arn'] }, rule('${OwnBus}/')],
  ])('names a rule by the ARN that it will have on a bus: %s', (_bus, eventBus, expected) => {
    const events = [{ eventBridge: { pattern, ...(eventBus === undefined ? {} : { eventBus }) } }];
    expect(keyPolicyOf({ events }).RuleSends?.ArnEquals['aws:SourceArn']).toEqual(expected);
  });

  it('names the topic of the worker by the name that it will have', () => {
    expect(keyPolicyOf({}).TopicSends?.ArnEquals['aws:SourceArn']).toEqual(
      ownArn('sns', 'tiles-dev-WatchbotTopic'),
    );
  });
});

const topicIn = (region: string, partition = 'aws') => `arn:${partition}:sns:${region}:123456789012:news`;

/** https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html */
it.each([
  ['beside the queue', undefined, 'us-east-1', 'sns.amazonaws.com'],
  ['named by a function', { Ref: 'OwnTopic' }, 'ap-east-1', 'sns.amazonaws.com'],
  ['in the queue’s region', topicIn('ap-east-1'), 'ap-east-1', 'sns.amazonaws.com'],
  ['in another that everybody has', topicIn('eu-west-1'), 'us-east-1', 'sns.amazonaws.com'],
  ['in one that is asked for', topicIn('ap-east-1'), 'us-east-1', 'sns.ap-east-1.amazonaws.com'],
  [
    'far from a queue in one that is asked for',
    topicIn('us-east-1'),
    'af-south-1',
    'sns.af-south-1.amazonaws.com',
  ],
  ['in China', topicIn('cn-north-1', 'aws-cn'), 'cn-northwest-1', 'sns.amazonaws.com'],
])('a topic %s sends as its region’s service', (...[, topic, region, expected]) => {
  expect(snsPrincipal(topic, region)).toBe(expected);
});
