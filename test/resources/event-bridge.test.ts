import { describe, expect, it } from '@jest/globals';
import { EVENTBRIDGE_S3_EVENTS } from '../../src/config/s3-sources';
import { arnOf } from './sections';
import { ownArn, single, type Properties } from './support';

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

describe('a rule for the objects of a bucket that is there already', () => {
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
