import { expect, it } from '@jest/globals';
import { snsPrincipal } from '../../src/resources/senders';

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
