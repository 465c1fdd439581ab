import { describe, expect, it } from '@jest/globals';
import { SourceId } from '../../src/config/logical-ids';
import { single } from './support';

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

  it('is not made where it is there already', () => {
    expect(bucketsOf({ bucket: 'tiles-old', existing: true })).toEqual([]);
  });
});
