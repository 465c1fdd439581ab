import { describe, expect, it } from '@jest/globals';
import { SourceId } from '../../src/config/logical-ids';
import { EVENTBRIDGE_S3_EVENTS } from '../../src/config/s3-sources';
import { arnOf } from './sections';
import { ownArn, type Properties, single } from './support';

const NEWS = arnOf('sns', 'news');
const subscriptionOf = (sns: unknown, section: object = {}) =>
  single({ ...section, events: [{ sns }] }).Resources[
    SourceId.snsSubscription('watchbot', typeof sns === 'object' && 'arn' in sns! ? sns.arn : sns)
  ];

describe('a subscription to an existing topic', () => {
  it('waits until the queue lets the topic send', () => {
    expect(subscriptionOf(NEWS)).toEqual({
      Type: 'AWS::SNS::Subscription',
      DependsOn: 'WatchbotQueuePolicy',
      Properties: { Protocol: 'sqs', TopicArn: NEWS, Endpoint: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] } },
    });
  });

  it.each([
    ['of its own region', NEWS, undefined],
    ['of another region, which CloudFormation must be told', arnOf('sns', 'far', 'eu-west-1'), 'eu-west-1'],
    ['of another account', 'arn:aws:sns:us-east-1:999999999999:news', undefined],
    ['by a function', { Ref: 'OwnTopic' }, undefined],
  ])('%s', (_whose, sns, region) => {
    expect(subscriptionOf(sns)?.Properties).toMatchObject({ TopicArn: sns });
    expect(subscriptionOf(sns)?.Properties?.Region).toBe(region);
  });

  it.each([
    ['attributes', {}, 'MessageAttributes'],
    ['the body', { filterPolicyScope: 'MessageBody' }, 'MessageBody'],
  ])('takes just the messages that a filter on %s lets through', (_where, given, FilterPolicyScope) => {
    const filterPolicy = { kind: ['tile'], zoom: [{ numeric: ['>', 5] }] };
    expect(subscriptionOf({ arn: NEWS, filterPolicy, ...given })?.Properties).toMatchObject({
      FilterPolicy: filterPolicy,
      FilterPolicyScope,
    });
  });

  it('says no scope without a filter: SNS refuses one', () => {
    const { Properties } = subscriptionOf({ arn: NEWS, filterPolicyScope: 'MessageBody' })!;
    expect(Properties).not.toHaveProperty('FilterPolicyScope');
  });

  it('comes without the envelope if asked for', () => {
    expect(subscriptionOf({ arn: NEWS, rawMessageDelivery: true })?.Properties).toMatchObject({
      RawMessageDelivery: true,
    });
    expect(subscriptionOf(NEWS)?.Properties).not.toHaveProperty('RawMessageDelivery');
  });

  it('of a FIFO queue is to a FIFO topic, whose groups are kept', () => {
    const topic = arnOf('sns', 'news.fifo');
    expect(subscriptionOf(topic, { queue: { fifo: true } })?.Properties).toMatchObject({ TopicArn: topic });
  });

  it('keeps its id when others come before it: CloudFormation would subscribe twice, then remove one', () => {
    const { Resources } = single({ events: [{ sns: arnOf('sns', 'other') }, { sns: NEWS }] });
    expect(Resources).toHaveProperty(SourceId.snsSubscription('watchbot', NEWS));
  });
});

const pattern = { source: ['tiles'], 'detail-type': ['changed'] };
const ruleOf = (eventBridge: object, section: object = {}) =>
  single({ ...section, events: [{ eventBridge: { pattern, ...eventBridge } }] }).Resources.WatchbotEventRule1
    ?.Properties as Properties;
const bucketRuleOf = (s3: object, section: object = {}) =>
  single({ ...section, events: [{ s3: { bucket: 'tiles-old', existing: true, ...s3 } }] }).Resources
    .WatchbotBucketRule1?.Properties as Properties;

describe('a rule', () => {
  it('sends what matches to the queue, which it names, so that a key’s policy can name the rule', () => {
    expect(ruleOf({})).toEqual({
      Name: 'tiles-dev-WatchbotEventRule1',
      EventPattern: pattern,
      Targets: [{ Id: 'queue', Arn: ownArn('sqs', 'tiles-dev-WatchbotQueue') }],
    });
  });

  it('names the queue that there will be', () => {
    const section = { queue: { fifo: true } };
    const [target] = ruleOf({ messageGroupId: 'events' }, section).Targets;
    expect(target.Arn).toEqual(ownArn('sqs', single(section).of('queue').QueueName as string));
  });

  it.each([['maps'], [arnOf('events', 'event-bus/maps')], [{ Ref: 'OwnBus' }]])(
    'listens to the bus %j',
    (eventBus) => {
      expect(ruleOf({ eventBus }).EventBusName).toEqual(eventBus);
    },
  );

  it('listens to the default bus unless told otherwise', () => {
    expect(ruleOf({})).not.toHaveProperty('EventBusName');
  });

  it.each([
    ['a map', { a: 1, b: ['<x>'] }, '{"a":1,"b":["<x>"]}'],
    ['JSON', '{"a": 1}', '{"a": 1}'],
    // EventBridge refuses what is not JSON.
    ['a text', 'render "all"', '"render \\"all\\""'],
  ])('sends %s instead of the event', (_what, input, expected) => {
    const [target] = ruleOf({ input }).Targets;
    expect(target).toMatchObject({ Input: expected });
    expect(() => JSON.parse(target.Input as string) as unknown).not.toThrow();
  });

  it('sends a part of the event', () => {
    expect(ruleOf({ inputPath: '$.detail' }).Targets[0]).toMatchObject({ InputPath: '$.detail' });
  });

  it('gives a FIFO queue the group, and a standard one none', () => {
    const fifo = ruleOf({ messageGroupId: 'events' }, { queue: { fifo: true } });
    expect(fifo.Targets[0]).toMatchObject({ SqsParameters: { MessageGroupId: 'events' } });
    expect(ruleOf({}).Targets[0]).not.toHaveProperty('SqsParameters');
    // EventBridge gives no id against duplicates: the queue makes one of the content, which has the event's id.
    expect(single({ queue: { fifo: true } }).of('queue')).toMatchObject({ ContentBasedDeduplication: true });
  });

  it('has no role: with one, delivery to an encrypted queue would fail', () => {
    expect(JSON.stringify(ruleOf({}, { queue: { encryption: 'KMS' } }))).not.toContain('RoleArn');
  });
});

describe('a rule for the objects of an existing bucket', () => {
  it('looks at its events on the default bus', () => {
    expect(bucketRuleOf({})).toEqual({
      Name: 'tiles-dev-WatchbotBucketRule1',
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['tiles-old'] } },
      },
      Targets: [{ Id: 'queue', Arn: ownArn('sqs', 'tiles-dev-WatchbotQueue') }],
    });
  });

  it.each([
    [{ prefix: 'in/' }, { prefix: 'in/' }],
    [{ suffix: '.tif' }, { suffix: '.tif' }],
    [{ prefix: 'in/', suffix: '.tif' }, { wildcard: 'in/*.tif' }],
    // In a wildcard these two stand for others, and in a prefix for themselves.
    [{ prefix: 'a*b\\', suffix: '\\*' }, { wildcard: 'a\\*b\\\\*\\\\\\*' }],
    [{ prefix: 'a*b\\' }, { prefix: 'a*b\\' }],
  ])('takes just the keys with %j', (given, expected) => {
    expect(bucketRuleOf(given).EventPattern.detail.object).toEqual({ key: [expected] });
  });

  it.each([
    ['in/a.tif', true],
    ['in/.tif', true],
    ['in/a.png', false],
    ['out/a.tif', false],
    ['a*b/in/x', false],
  ])('%s: %s', (key, expected) => {
    const [{ wildcard }] = bucketRuleOf({ prefix: 'in/', suffix: '.tif' }).EventPattern.detail.object.key;
    expect(matches(wildcard as string, key)).toBe(expected);
  });

  it.each([
    ['a*b\\x\\*', true],
    ['aXb\\x\\*', false],
    ['a*bx\\*', false],
    ['a*b\\x*', false],
  ])('with `a*b\\` and `\\*` around, %s: %s', (key, expected) => {
    const [{ wildcard }] = bucketRuleOf({ prefix: 'a*b\\', suffix: '\\*' }).EventPattern.detail.object.key;
    expect(matches(wildcard as string, key)).toBe(expected);
  });

  it.each(EVENTBRIDGE_S3_EVENTS)('knows how EventBridge calls %s', (event) => {
    const { 'detail-type': types, detail } = bucketRuleOf({ event }).EventPattern;
    expect(types).toEqual([expect.stringMatching(/^Object (Created|Deleted|Restore \w+|Tags \w+)$/)]);
    // What tells an event from its kin stands beside the bucket, not in place of it.
    expect(detail).toMatchObject({ bucket: { name: ['tiles-old'] } });
  });

  it('gives a FIFO queue the group', () => {
    const rule = bucketRuleOf({ messageGroupId: 'objects' }, { queue: { fifo: true } });
    expect(rule.Targets[0]).toMatchObject({ SqsParameters: { MessageGroupId: 'objects' } });
  });
});

/** EventBridge's wildcards: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
function matches(wildcard: string, text: string): boolean {
  const escaped = (character: string) => character.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const source = [...wildcard.matchAll(/\\(.)|(\*)|([^\\*])/g)].map(([, literal, star, other]) =>
    star === undefined ? escaped((literal ?? other)!) : '.*',
  );
  return new RegExp(`^${source.join('')}$`, 's').test(text);
}

const queueArn = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };
const bucketsOf = (...sources: object[]) => {
  const { Resources } = single({ events: sources.map((s3) => ({ s3 })) });
  return Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::S3::Bucket');
};
const notifications = (body: { Properties?: Record<string, unknown> } | undefined) =>
  (body?.Properties?.NotificationConfiguration as { QueueConfigurations: object[] }).QueueConfigurations;

describe('a bucket that is made', () => {
  it('waits until the queue takes its notifications, and outlives the stack', () => {
    expect(bucketsOf({ bucket: 'tiles-raw' })).toEqual([
      [
        SourceId.bucket('watchbot', 'tiles-raw'),
        {
          Type: 'AWS::S3::Bucket',
          DependsOn: 'WatchbotQueuePolicy',
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
          Properties: {
            BucketName: 'tiles-raw',
            NotificationConfiguration: {
              QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: queueArn }],
            },
          },
        },
      ],
    ]);
  });

  it.each([
    [{ prefix: 'in/' }, [{ Name: 'prefix', Value: 'in/' }]],
    // S3's own filters know no wildcards: the characters are themselves.
    [{ suffix: '*\\.tif' }, [{ Name: 'suffix', Value: '*\\.tif' }]],
    [
      { prefix: 'in/', suffix: '.tif' },
      [
        { Name: 'prefix', Value: 'in/' },
        { Name: 'suffix', Value: '.tif' },
      ],
    ],
  ])('tells of just the keys with %j', (given, Rules) => {
    const [[, body] = []] = bucketsOf({ bucket: 'tiles-raw', ...given });
    expect(notifications(body)).toEqual([
      { Event: 's3:ObjectCreated:*', Queue: queueArn, Filter: { S3Key: { Rules } } },
    ]);
  });

  it('is one, with all that is to be told of it, in the order of the file', () => {
    const buckets = bucketsOf(
      { bucket: 'tiles-raw', prefix: 'in/' },
      { bucket: 'tiles-more' },
      { bucket: 'tiles-raw', event: 's3:ObjectRemoved:*' },
    );
    expect(buckets).toHaveLength(2);
    expect(notifications(buckets[0]?.[1])).toMatchObject([
      { Event: 's3:ObjectCreated:*' },
      { Event: 's3:ObjectRemoved:*' },
    ]);
  });

  it('keeps its id when others come before it: CloudFormation would make it anew', () => {
    const [[first] = []] = bucketsOf({ bucket: 'tiles-raw' });
    expect(bucketsOf({ bucket: 'tiles-more' }, { bucket: 'tiles-raw' })[1]?.[0]).toBe(first);
  });

  it('is not made if it exists already', () => {
    expect(bucketsOf({ bucket: 'tiles-old', existing: true })).toEqual([]);
  });
});
