import { type MadeBucket, madeBuckets } from '../../../config/s3-sources';
import { SourceId } from '../../../config/logical-ids';
import { compact, type Resource, type Resources } from '../../cloudformation';
import { queueArn } from '../queue-references';
import { idOf, type Subject } from '../subject';

/** Buckets that are made here, and tell the queue of their objects. */
export function buckets(subject: Subject): Resources {
  const { name, events } = subject.worker;
  return Object.fromEntries(
    madeBuckets(events).map((made) => [SourceId.bucket(name, made.bucket), bucketOf(subject, made)]),
  );
}

function bucketOf(subject: Subject, { bucket, notifications }: MadeBucket): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    // S3 refuses a notification that the queue would not take.
    DependsOn: idOf(subject, 'queuePolicy'),
    // What is in it is the user's; and a bucket that is not empty could not be removed.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: bucket,
      NotificationConfiguration: {
        QueueConfigurations: notifications.map(({ event, prefix, suffix }) =>
          compact({ Event: event, Queue: queueArn(subject), Filter: filter(prefix, suffix) }),
        ),
      },
    },
  };
}

function filter(prefix: string | undefined, suffix: string | undefined) {
  const Rules = [
    ...(prefix === undefined ? [] : [{ Name: 'prefix', Value: prefix }]),
    ...(suffix === undefined ? [] : [{ Name: 'suffix', Value: suffix }]),
  ];
  return Rules.length === 0 ? undefined : { S3Key: { Rules } };
}
