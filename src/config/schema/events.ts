import { existingRole } from './access';
import { Type } from '@sinclair/typebox';
import { EVENT_DEFAULTS, WEBHOOK_DEFAULTS } from '../defaults';
import { API_GATEWAY, EVENTS, SQS } from '../limits';
import { Intrinsic, mapOf, oneOf, orIntrinsic, strictObject, stringOrIntrinsic, textLike } from './values';

/** A webhook takes fewer characters than SQS does. */
const messageGroupId = (pattern: string, title: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      pattern,
      title,
      description: 'The message group of these messages: required with a FIFO queue, and allowed only there.',
    }),
  );

const MessageGroupId = messageGroupId('^[!-~]+$', 'letters, digits and punctuation');

const SnsSource = strictObject(
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
          'Messages come without the envelope of SNS: the body alone, without a subject. Their attributes become attributes of the message in the queue.',
      }),
    ),
  },
  {
    title: '{arn, filterPolicy, filterPolicyScope, rawMessageDelivery}',
    hints: {
      topic: 'arn',
      topicArn: 'arn',
      topicName: 'arn',
      displayName: 'remove it: the topic exists',
      redrivePolicy: 'remove it: what cannot be delivered to the queue is for the owner of the topic to see',
    },
  },
);

const input = (description: string) =>
  Type.Optional(
    Type.Union([mapOf(Type.Unknown()), Type.String({ minLength: 1 })], {
      title: 'text or a map',
      description,
    }),
  );

const EventBridgeSource = strictObject(
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
      inputTransformer: 'remove it: the worker is given the whole event, or the part that `inputPath` names',
      retryPolicy: 'remove it: EventBridge tries for a day',
      deadLetterQueueArn: 'remove it: EventBridge tries for a day',
    },
  },
);

const NO_NAME = {
  name: 'remove it: the plugin names it',
  description: 'remove it: a comment tells it here',
  method: 'remove it: EventBridge Scheduler sends',
  inputPath: 'remove it: a schedule has no event; `input` is the message',
};

const ScheduleSource = strictObject(
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
    hints: { cron: 'rate', at: 'rate', expression: 'rate', ...NO_NAME },
  },
);

const S3Source = strictObject(
  {
    bucket: stringOrIntrinsic({
      description:
        'Name of the bucket. Unless it is `existing`, the plugin makes it; it is kept when the stack is removed.',
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
          'The bucket exists, or is defined elsewhere in the service. Its events come through EventBridge, in the form that EventBridge gives them; it must be switched on for the bucket.',
      }),
    ),
    messageGroupId: MessageGroupId,
  },
  {
    title: 'a bucket, or {bucket, event, prefix, suffix, existing, messageGroupId}',
    short: 'bucket',
    description: 'What happens to the objects of an S3 bucket.',
    hints: { rules: 'give `prefix` and `suffix` here, without `rules`' },
  },
);

const Jwt = strictObject(
  {
    issuer: orIntrinsic(textLike('^https://\\S+$', 'a URL like https://tokens.example.com'), {
      description: "URL of the tokens' issuer, an OpenID Connect provider.",
    }),
    audience: Type.Array(stringOrIntrinsic(), {
      title: 'a list of audiences',
      minItems: 1,
      maxItems: API_GATEWAY.maxAudiences,
      uniqueItems: true,
      description: 'For whom tokens are issued; a token needs one of them.',
    }),
    scopes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        title: 'a list of scopes',
        minItems: 1,
        maxItems: API_GATEWAY.maxScopes,
        uniqueItems: true,
        description: 'A token needs one of them.',
      }),
    ),
  },
  { title: '{issuer, audience, scopes}', description: 'Tokens of an OpenID Connect provider.' },
);

const WebhookSchema = strictObject(
  {
    authorization: Type.Union([oneOf(['apiKey', 'iam', 'none']), strictObject({ jwt: Jwt })], {
      title: 'apiKey, iam, none or {jwt: {issuer, audience, scopes}}',
      description:
        'Who may send. `apiKey`: whoever has the key that API Gateway makes, in the header `x-api-key`. `iam`: requests signed with AWS credentials. `jwt`: requests with a token. `none`: everybody.',
    }),
    throttle: strictObject(
      {
        rate: Type.Integer({
          default: WEBHOOK_DEFAULTS.rate,
          minimum: 1,
          maximum: API_GATEWAY.maxRate,
          description: 'Requests a second, over time.',
        }),
        burst: Type.Integer({
          default: WEBHOOK_DEFAULTS.burst,
          minimum: 1,
          maximum: API_GATEWAY.maxBurst,
          description: 'Requests at once.',
        }),
      },
      {
        title: '{rate, burst}',
        default: {},
        description: 'How many requests are let through; more are answered with 429.',
      },
    ),
    messageGroupId: messageGroupId('^[A-Za-z0-9_-]+$', 'letters, digits, dashes and underscores'),
    headers: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[A-Za-z0-9_-]+$',
          maxLength: SQS.maxAttributeNameLength,
          title: 'letters, digits, dashes and underscores',
        }),
        {
          title: 'a list of names of headers',
          maxItems: SQS.maxAttributes,
          uniqueItems: true,
          description:
            'Headers of the request that become attributes of the message, by these names: such as those by which its sender signs it. One that a request does not have is left out. Not with `jwt`.',
        },
      ),
    ),
    role: existingRole(
      'An existing role with which API Gateway sends to the queue.',
      'one that is made for the webhook',
    ),
  },
  {
    title: 'the authorization, or {authorization, throttle, messageGroupId, headers, role}',
    short: 'authorization',
    description:
      'An address that takes `POST` requests whose body is the message. API Gateway sends it to the queue, without a function between them. A worker has at most one.',
  },
);

/** One source, under one of the keys. */
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
