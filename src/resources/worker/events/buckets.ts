import type { S3Source } from '../../../config/events';
import { SourceId } from '../../../config/logical-ids';
import { compact, type Resource, type Resources } from '../../cloudformation';
import { queueArn } from '../queue-references';
import { idOf, type Subject } from '../subject';

/** Buckets that are made here, and tell the queue of their objects. */
export function buckets(subject: Subject): Resources {
  const { name, events } = subject.worker;
  const made = events.s3.filter(({ existing }) => !existing);
  return Object.fromEntries(
    made.map(({ bucket }) => {
      const id = SourceId.bucket(name, bucket);
      return [
        id,
        bucketOf(
          subject,
          made.filter((source) => SourceId.bucket(name, source.bucket) === id),
        ),
      ];
    }),
  );
}

function bucketOf(subject: Subject, sources: readonly S3Source[]): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    // S3 refuses a notification that the queue would not take.
    DependsOn: idOf(subject, 'queuePolicy'),
    // What is in it is the user's; and a bucket that is not empty could not be removed.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: sources[0]!.bucket,
      NotificationConfiguration: {
        QueueConfigurations: sources.map(({ event, prefix, suffix }) =>
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
