import { describe, expect, it } from '@jest/globals';
import { SourceId } from '../../src/config/logical-ids';
import { arnOf } from './sections';
import { single } from './support';

const NEWS = arnOf('sns', 'news');
const subscriptionOf = (sns: unknown, section: object = {}) =>
  single({ ...section, events: [{ sns }] }).Resources[
    SourceId.snsSubscription('watchbot', typeof sns === 'object' && 'arn' in sns! ? sns.arn : sns)
  ];

describe('a subscription to a topic that is there already', () => {
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

  it('comes without the envelope where that is asked for', () => {
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
