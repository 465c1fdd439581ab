import type { TextOrIntrinsic } from './configuration';
import type { S3Source, Sources } from './sources';

/**
 * S3's events in EventBridge: the detail type of each, and what else distinguishes it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-mapping-troubleshooting.html
 */
interface EventBridgeForm {
  detailType: string;
  detail?: Readonly<Record<string, readonly string[]>>;
}

const CREATED = 'Object Created';
const DELETED = 'Object Deleted';

const FORMS: Readonly<Record<string, EventBridgeForm>> = {
  's3:ObjectCreated:*': { detailType: CREATED },
  's3:ObjectCreated:Put': { detailType: CREATED, detail: { reason: ['PutObject'] } },
  's3:ObjectCreated:Post': { detailType: CREATED, detail: { reason: ['POST Object'] } },
  's3:ObjectCreated:Copy': { detailType: CREATED, detail: { reason: ['CopyObject'] } },
  's3:ObjectCreated:CompleteMultipartUpload': {
    detailType: CREATED,
    detail: { reason: ['CompleteMultipartUpload'] },
  },
  's3:ObjectRemoved:*': { detailType: DELETED },
  's3:ObjectRemoved:Delete': { detailType: DELETED, detail: { 'deletion-type': ['Permanently Deleted'] } },
  's3:ObjectRemoved:DeleteMarkerCreated': {
    detailType: DELETED,
    detail: { 'deletion-type': ['Delete Marker Created'] },
  },
  's3:ObjectRestore:Post': { detailType: 'Object Restore Initiated' },
  's3:ObjectRestore:Completed': { detailType: 'Object Restore Completed' },
  's3:ObjectRestore:Delete': { detailType: 'Object Restore Expired' },
  's3:ObjectTagging:Put': { detailType: 'Object Tags Added' },
  's3:ObjectTagging:Delete': { detailType: 'Object Tags Deleted' },
};

export const EVENTBRIDGE_S3_EVENTS: readonly string[] = Object.keys(FORMS);

export function eventBridgeForm(event: string): EventBridgeForm | undefined {
  return FORMS[event];
}

/**
 * Events that S3 itself sends to a queue.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export const S3_EVENTS: readonly string[] = [
  ...EVENTBRIDGE_S3_EVENTS.filter((event) => !event.startsWith('s3:ObjectTagging')),
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
  's3:ObjectRestore:*',
  's3:ObjectAcl:Put',
  's3:ReducedRedundancyLostObject',
  's3:Replication:*',
  's3:LifecycleExpiration:*',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
];

/** A bucket that the plugin makes, with all events that it sends to the queue. */
export interface MadeBucket {
  bucket: TextOrIntrinsic;
  notifications: readonly S3Source[];
}

/** In the order in which they are first named; the same CloudFormation function twice is one bucket. */
export function madeBuckets({ s3 }: Pick<Sources, 's3'>): MadeBucket[] {
  const made = new Map<string, MadeBucket>();
  for (const source of s3.filter(({ existing }) => !existing)) {
    const key = JSON.stringify(source.bucket);
    const notifications = [...(made.get(key)?.notifications ?? []), source];
    made.set(key, { bucket: source.bucket, notifications });
  }
  return [...made.values()];
}

/** Buckets whose events come through EventBridge. */
export function existingBuckets({ s3 }: Pick<Sources, 's3'>): S3Source[] {
  return s3.filter(({ existing }) => existing);
}
