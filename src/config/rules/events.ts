import { COPY_ATTRIBUTE } from '../../contract/copy-mark';
import { describeValue, type Problem } from '../../errors/problem';
import { isIntrinsic } from '../configuration';
import type { S3Source, Sources } from '../sources';
import { EVENTBRIDGE_S3_EVENTS, S3_EVENTS } from '../s3-sources';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';
import { expressionProblems, timezoneProblems } from './schedules';

interface Placed<T> {
  source: T;
  /** The path of one of its keys: a short form has all of them in one. */
  place: (...keys: string[]) => string;
}

/** The finished sources of a kind, each with the path at which it was typed. */
function sourcesOf<K extends 'sns' | 'eventBridge' | 'schedule' | 's3'>(
  { worker, given, at }: RuleSubject,
  kind: K,
): Placed<Sources[K][number]>[] {
  const places = (given.events ?? []).flatMap((event, index) => {
    const source = event[kind];
    if (source === undefined) return [];
    const isShort = typeof source === 'string' || isIntrinsic(source);
    return [(...keys: string[]) => at('events', String(index), kind, ...(isShort ? [] : keys))];
  });
  const sources: readonly Sources[K][number][] = worker.events[kind];
  return sources.map((source, index) => ({ source, place: places[index]! }));
}

export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;

const topicSources: WorkerRule = {
  reads: ['events.*', 'queue.fifo', 'queue.arn'],
  check: (subject) => {
    const sources = sourcesOf(subject, 'sns');
    const first = (arn: unknown) =>
      sources.findIndex(({ source }) => JSON.stringify(source.arn) === JSON.stringify(arn));
    return sources.flatMap(({ place, source: { arn } }, index) => {
      if (typeof arn === 'string' && !TOPIC_ARN.test(arn)) return [malformedTopic(place('arn'), arn)];
      return [
        // https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html
        ...problemIf(subject.worker.queue.fifo && typeof arn === 'string' && !arn.endsWith('.fifo'), {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('arn'),
          given: 'a standard topic for a FIFO queue',
          allowed: 'a FIFO topic, whose name ends with .fifo',
          advice: 'subscribe to a FIFO topic, or have it in a worker of its own, without `queue.fifo`',
        }),
        ...problemIf(first(arn) !== index, {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('arn'),
          given: `${describeValue(arn)} for the second time`,
          allowed: 'a topic once: SNS keeps one subscription of a queue',
          advice: 'join the two filters in one entry',
        }),
      ];
    });
  },
};

export function malformedTopic(place: string, arn: string): Problem {
  return {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(arn),
    allowed: 'an ARN like arn:aws:sns:REGION:ACCOUNT:NAME, or a CloudFormation function',
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule.html */
const eventBridgeSources: WorkerRule = {
  reads: ['events.*'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source }) =>
      problemIf(source.input !== undefined && source.inputPath !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: place(),
        given: '`input` and `inputPath`',
        allowed: 'one of the two',
      }),
    ),
};

const BUS = /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/;

/**
 * The name of the bus is part of the ARNs that the queue's policy lets send: a pattern would let other people's rules in.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 */
const eventBuses: WorkerRule = {
  reads: ['events.*'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source: { eventBus } }) =>
      problemIf(typeof eventBus === 'string' && !BUS.test(eventBus), {
        code: 'WATCHBOT_MALFORMED',
        place: place('eventBus'),
        given: describeValue(eventBus),
        allowed:
          'the name of an event bus (letters, digits, dots, dashes, underscores and slashes), an ARN like arn:aws:events:REGION:ACCOUNT:event-bus/NAME, or a CloudFormation function',
      }),
    ),
};

/** Parts that differ between any two events: the whole event, and its id. */
const DISTINCT_PATHS = ['$', '$.id'];

/**
 * EventBridge gives SQS no deduplication id, so a FIFO queue compares the bodies: it drops the second of two equal ones within
 * five minutes.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-events-rule-sqsparameters.html
 */
const distinctEvents: WorkerRule = {
  reads: ['events.*', 'queue.fifo', 'queue.arn'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source: { input, inputPath } }) => {
      const key = input === undefined ? 'inputPath' : 'input';
      const isDistinct = input === undefined && DISTINCT_PATHS.includes(inputPath ?? '$');
      return problemIf(subject.worker.queue.fifo && !isDistinct, {
        code: 'WATCHBOT_CONTRADICTION',
        place: place(key),
        given: `\`${key}\` with a FIFO queue, which drops the second of two equal messages within five minutes`,
        allowed: 'the whole event, which has an id of its own',
        advice: `remove \`${key}\` and take what is needed from the event, or have it in a worker of its own, without \`queue.fifo\``,
      });
    }),
};

const scheduleExpressions: WorkerRule = {
  reads: ['events.*'],
  check: (subject) =>
    sourcesOf(subject, 'schedule').flatMap(({ place, source: { rate } }) =>
      expressionProblems(place('rate'), rate),
    ),
};

const scheduleTimezones: WorkerRule = {
  reads: ['events.*'],
  check: (subject) =>
    sourcesOf(subject, 'schedule').flatMap(({ place, source: { timezone } }) =>
      timezoneProblems(place('timezone'), timezone),
    ),
};

const BUCKET_NAME = /^(?!xn--|.*\.\.|(\d+\.){3}\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketSources: WorkerRule = {
  reads: ['events.*'],
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

/** S3 refuses two notifications of a bucket that match the same event. */
const bucketSourcesAreApart: WorkerRule = {
  reads: ['events.*'],
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

const oneWebhook: WorkerRule = {
  reads: ['events.*'],
  check: ({ given: { events = [] }, at }) =>
    events
      .map((event, index) => ({ event, index }))
      .filter(({ event }) => event.webhook !== undefined)
      .slice(1)
      .map(({ index }) => ({
        code: 'WATCHBOT_CONTRADICTION',
        place: at('events', String(index), 'webhook'),
        given: 'a second webhook',
        allowed: 'one webhook for a worker',
        advice: 'remove one of the two',
      })),
};

/** Only HTTP APIs know tokens, and only REST APIs take a header as an attribute that need not be there. */
const webhookHeaders: WorkerRule = {
  reads: ['events'],
  check: ({ worker, given: { events = [] }, at }) => {
    const { webhook } = worker.events;
    if (webhook === undefined) return [];
    const place = at(
      'events',
      String(events.findIndex((event) => event.webhook !== undefined)),
      'webhook',
      'headers',
    );
    const { headers, authorization } = webhook;
    const lower = headers.map((header) => header.toLowerCase());
    const twice = headers.find((_, index) => lower.indexOf(lower[index]!) !== index);
    return [
      ...problemIf(headers.length > 0 && typeof authorization === 'object', {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: '`headers` with `jwt`',
        allowed: '`headers` with `none`, `iam` or `apiKey`',
        advice:
          'leave `headers` out, since a token says who sends; or check a signature alone, with `authorization: none`',
      }),
      ...problemIf(twice !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: `${String(twice)} for the second time`,
        allowed: 'each header once: capitals make no difference',
      }),
      ...problemIf(headers.includes(COPY_ATTRIBUTE), {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: COPY_ATTRIBUTE,
        allowed: 'other names: by this attribute the watcher knows the copies that it has sent itself',
      }),
    ];
  },
};

/** Sources that set the message group. SNS passes on that of its own message, and S3 itself sends to no FIFO queue. */
const GROUPED = ['eventBridge', 'schedule', 's3', 'webhook'] as const;

const messageGroups: WorkerRule = {
  reads: ['events.*', 'queue.fifo', 'queue.arn'],
  check: ({ worker, given: { events = [] }, at }) => {
    const { fifo } = worker.queue;
    return events.flatMap((event, index): Problem[] => {
      const kind = GROUPED.find((candidate) => event[candidate] !== undefined);
      if (kind === undefined) return [];
      const source = event[kind];
      const place = at('events', String(index), kind);
      const { messageGroupId, existing } = (typeof source === 'string' ? {} : source) as {
        messageGroupId?: string;
        existing?: boolean;
      };
      if (fifo && kind === 's3' && existing !== true) return [noFifoForS3(place)];
      if (fifo === (messageGroupId !== undefined)) return [];
      return [groupProblem(place, fifo, typeof source === 'string')];
    });
  },
};

function noFifoForS3(place: string): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: 'a bucket that sends to a FIFO queue',
    allowed: 'a standard queue: S3 sends to no other',
    advice:
      'set `existing: true` with a bucket that sends to EventBridge, or have it in a worker of its own, without `queue.fifo`',
  };
}

function groupProblem(place: string, fifo: boolean, isText: boolean): Problem {
  const add = isText ? 'write it as {rate, messageGroupId}' : 'add `messageGroupId`';
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: fifo ? 'a FIFO queue without `messageGroupId`' : '`messageGroupId` with a standard queue',
    allowed: '`messageGroupId` with a FIFO queue, and only there',
    advice: fifo ? add : 'remove it, or have it in a worker of its own, with `queue.fifo: true`',
  };
}

export const EVENT_RULES: readonly WorkerRule[] = [
  topicSources,
  eventBridgeSources,
  distinctEvents,
  eventBuses,
  scheduleExpressions,
  scheduleTimezones,
  bucketSources,
  bucketSourcesAreApart,
  oneWebhook,
  webhookHeaders,
  messageGroups,
];
