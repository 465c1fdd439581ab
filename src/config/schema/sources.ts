import { Type } from '@sinclair/typebox';
import { EVENTS } from '../limits';
import { mapOf, oneOf, strictObject, stringOrIntrinsic } from './values';

/** What a source has where it does not say. A validator fills in no defaults within a choice. */
export const EVENT_DEFAULTS = {
  filterPolicyScope: 'MessageAttributes',
  s3Event: 's3:ObjectCreated:*',
} as const;

export const MessageGroupId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 128,
    pattern: '^[!-~]+$',
    title: 'letters, digits and punctuation',
    description: 'The message group of what comes from here: required with a FIFO queue, and only there.',
  }),
);

export const SnsSource = strictObject(
  {
    arn: stringOrIntrinsic({
      title: 'the ARN of a topic or a CloudFormation function',
      description: 'ARN of the topic. A topic of another account must allow the subscription.',
    }),
    filterPolicy: Type.Optional(
      mapOf(Type.Unknown(), {
        minProperties: 1,
        description: 'Which messages are taken, as in SNS.',
        otherwise: 'none: all messages',
      }),
    ),
    filterPolicyScope: Type.Optional(
      oneOf(['MessageAttributes', 'MessageBody'], {
        default: EVENT_DEFAULTS.filterPolicyScope,
        description: 'What the filter looks at.',
      }),
    ),
    rawMessageDelivery: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Messages come without the envelope of SNS: the body alone, without a subject, and with the attributes as those of the message in the queue.',
      }),
    ),
  },
  {
    title: '{arn, filterPolicy, filterPolicyScope, rawMessageDelivery}',
    hints: { topic: 'arn', topicArn: 'arn', topicName: 'arn' },
  },
);

const input = (description: string) =>
  Type.Optional(
    Type.Union([mapOf(Type.Unknown()), Type.String({ minLength: 1 })], {
      title: 'text or a map',
      description,
    }),
  );

export const EventBridgeSource = strictObject(
  {
    pattern: mapOf(Type.Unknown(), {
      title: 'an event pattern like {source: [aws.s3]}',
      minProperties: 1,
      description: "EventBridge's event pattern: which events are taken.",
    }),
    eventBus: Type.Optional(
      stringOrIntrinsic({ description: 'Name or ARN of the event bus.', otherwise: 'the default one' }),
    ),
    input: input(
      'The message, instead of the event; a map becomes JSON. EventBridge puts a text into quotes.',
    ),
    inputPath: Type.Optional(
      Type.String({
        pattern: '^\\$',
        title: 'a path like $.detail',
        description: 'The part of the event that is the message, instead of the whole.',
      }),
    ),
    messageGroupId: MessageGroupId,
  },
  {
    title: '{pattern, eventBus, input, inputPath, messageGroupId}',
    description: 'Events of EventBridge that match a pattern.',
    hints: {
      eventPattern: 'pattern',
      schedule: 'give the schedule an entry of its own: `- schedule: …`',
    },
  },
);

export const ScheduleSource = strictObject(
  {
    rate: Type.String({
      title: 'an expression like rate(5 minutes)',
      minLength: 1,
      description: '`rate(5 minutes)`, `cron(0 6 * * ? *)` or `at(2030-01-01T00:00:00)`.',
    }),
    timezone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 50,
        description: 'The time zone of a `cron` or `at`, such as `Europe/Vienna`.',
        otherwise: 'UTC',
      }),
    ),
    input: input('The message; a map becomes JSON.'),
    enabled: Type.Optional(
      Type.Boolean({ default: true, description: '`false`: it stays, but sends nothing.' }),
    ),
    messageGroupId: MessageGroupId,
  },
  {
    title: '{rate, timezone, input, enabled, messageGroupId}',
    hints: { cron: 'rate', at: 'rate', expression: 'rate' },
  },
);

export const S3Source = strictObject(
  {
    bucket: stringOrIntrinsic({
      description:
        'Name of the bucket. It is made, and kept when the stack is removed, unless it is `existing`.',
    }),
    event: Type.Optional(
      Type.String({
        pattern: '^s3:',
        title: 'an event like s3:ObjectCreated:*',
        default: EVENT_DEFAULTS.s3Event,
        description:
          'What happens to an object. A bucket that is `existing` has only the events that EventBridge has.',
      }),
    ),
    prefix: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: EVENTS.maxObjectKeyLength,
        description: 'Only objects whose key begins with this.',
      }),
    ),
    suffix: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: EVENTS.maxObjectKeyLength,
        description: 'Only objects whose key ends with this.',
      }),
    ),
    existing: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'The bucket is there already, or is defined elsewhere in the service. Its events come through EventBridge, which must be switched on for the bucket, and in the form that EventBridge gives them.',
      }),
    ),
    messageGroupId: MessageGroupId,
  },
  {
    title: '{bucket, event, prefix, suffix, existing, messageGroupId}',
    description: 'What happens to the objects of an S3 bucket.',
    hints: { rules: 'give `prefix` and `suffix` here, without `rules`' },
  },
);
