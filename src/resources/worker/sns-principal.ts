import type { TextOrIntrinsic } from '../../config/configuration';

/**
 * Regions that every account has without asking, as SNS counts them. The list is closed: newer regions are asked for.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 */
const REGIONS_WITHOUT_ASKING: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];
const SNS = 'sns.amazonaws.com';

/**
 * In whose name SNS delivers to a queue. From or to a region that has to be asked for, across regions, it is that
 * region's own service; else messages would be dropped without a word.
 * @param topic undefined: a topic beside the queue
 */
export function snsPrincipal(topic: TextOrIntrinsic | undefined, queueRegion: string): string {
  const [, partition, , topicRegion] = typeof topic === 'string' ? topic.split(':') : [];
  // Only the partition `aws` has regions of both kinds.
  if (topicRegion === undefined || topicRegion === queueRegion || partition !== 'aws') return SNS;
  const asked = [queueRegion, topicRegion].find((region) => !REGIONS_WITHOUT_ASKING.includes(region));
  return asked === undefined ? SNS : `sns.${asked}.amazonaws.com`;
}
