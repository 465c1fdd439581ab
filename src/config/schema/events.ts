import { Type } from '@sinclair/typebox';
import { EVENTS } from '../limits';
import { EventBridgeSource, S3Source, ScheduleSource, SnsSource } from './sources';
import { Intrinsic, strictObject } from './values';
import { WebhookSchema } from './webhook';

/** One source: just one of the keys. */
const EventSchema = strictObject(
  {
    sns: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Intrinsic, SnsSource], {
        title:
          'the ARN of a topic, a CloudFormation function or {arn, filterPolicy, filterPolicyScope, rawMessageDelivery}',
        description: 'An existing SNS topic, to which the queue is subscribed.',
      }),
    ),
    eventBridge: Type.Optional(EventBridgeSource),
    schedule: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), ScheduleSource], {
        title: 'an expression like rate(5 minutes), or {rate, timezone, input, enabled, messageGroupId}',
        description:
          'A message at certain times. Without `input` it is JSON with the time at which it was due, `scheduledTime`.',
      }),
    ),
    s3: Type.Optional(S3Source),
    webhook: Type.Optional(WebhookSchema),
  },
  {
    title: 'one of sns, eventBridge, schedule, s3, webhook in an entry',
    minProperties: 1,
    maxProperties: 1,
  },
);

export const EventsSchema = Type.Array(EventSchema, {
  title: 'a list, with one of sns, eventBridge, schedule, s3, webhook in an entry',
  default: [],
  maxItems: EVENTS.maxSources,
  description:
    'Where messages come from besides the topic and the queue itself: each entry has one of `sns`, `eventBridge`, `schedule`, `s3` and `webhook`. They go straight into the queue.',
});
