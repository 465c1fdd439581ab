import { describeValue, type Problem } from '../../errors/problem';
import type { S3Source } from '../events';
import { EVENTBRIDGE_S3_EVENTS, S3_EVENTS } from '../s3-events';
import { didYouMean } from '../suggest';
import { problemIf, type WorkerRule } from './rule';
import { sourcesOf } from './sources';

const BUCKET_NAME = /^(?!xn--|.*\.\.|(\d+\.){3}\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketSources: WorkerRule = {
  reads: ['events'],
  check: (subject) =>
    sourcesOf(subject, 's3').flatMap(({ place, source: { bucket, event, existing } }): Problem[] => {
      const events = existing ? EVENTBRIDGE_S3_EVENTS : S3_EVENTS;
      return [
        ...problemIf(typeof bucket === 'string' && !BUCKET_NAME.test(bucket), {
          code: 'WATCHBOT_MALFORMED',
          place: place('bucket'),
          given: describeValue(bucket),
          allowed:
            'the name of a bucket: lower case letters, digits, dashes and single dots, 3 to 63 characters, no IP address',
        }),
        ...problemIf(!existing && typeof bucket === 'object' && ('Ref' in bucket || 'Fn::GetAtt' in bucket), {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('bucket'),
          given: `${describeValue(bucket)}, a bucket that is defined elsewhere`,
          allowed: 'a name for the bucket that is made here',
          advice: 'set `existing: true`, and switch EventBridge on where the bucket is defined',
        }),
        ...problemIf(!events.includes(event), {
          code: 'WATCHBOT_NOT_ALLOWED',
          place: place('event'),
          given: describeValue(event),
          allowed: `${existing ? 'of an existing bucket, which sends through EventBridge: ' : ''}${events.join(', ')}`,
          ...advice(didYouMean(event, events)),
        }),
      ];
    }),
};

function advice(text: string | undefined): Pick<Problem, 'advice'> {
  return text === undefined ? {} : { advice: text };
}

/** S3 refuses two notifications of a bucket that one event would set off: which of them gets it is not said. */
export const bucketSourcesAreApart: WorkerRule = {
  reads: ['events'],
  check: (subject) => {
    const made = sourcesOf(subject, 's3').filter(({ source }) => !source.existing);
    return made.flatMap(({ place, source }, index) => {
      const other = made.slice(0, index).find((before) => overlap(before.source, source));
      return problemIf(other !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: place(),
        given: `objects that ${other?.place() ?? ''} takes too`,
        allowed: 'events, prefixes or suffixes that are apart: S3 takes no others for one bucket',
      });
    });
  },
};

function overlap(one: S3Source, other: S3Source): boolean {
  const either = (test: (a: S3Source, b: S3Source) => boolean) => test(one, other) || test(other, one);
  return (
    JSON.stringify(one.bucket) === JSON.stringify(other.bucket) &&
    either((a, b) => a.event === b.event || a.event.startsWith(b.event.replace(/\*$/, ''))) &&
    either((a, b) => (a.prefix ?? '').startsWith(b.prefix ?? '')) &&
    either((a, b) => (a.suffix ?? '').endsWith(b.suffix ?? ''))
  );
}
