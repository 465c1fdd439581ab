import { Type } from '@sinclair/typebox';
import { Encryption } from '../defaults';
import { MIN_VISIBILITY_TIMEOUT_SECONDS, SNS, SQS } from '../limits';
import { Intrinsic, strictObject, stringOrIntrinsic, textBesideBoolean } from './values';

/** Of a topic that the plugin makes. */
export const TopicSchema = strictObject(
  {
    maxMessageSize: Type.Integer({
      unit: 'bytes',
      minimum: SNS.minMessageBytes,
      maximum: SNS.maxMessageBytes,
      description:
        'Bytes of a message through the topic, attributes included, up to `1MB`. Above 256 KiB SNS lets only SQS, Lambda and Firehose subscribe to it, no e-mail, and 100 subscriptions at most.',
      otherwise: "SNS's own, 262144",
    }),
  },
  { title: '{maxMessageSize}', hints: { maximumMessageSize: 'maxMessageSize', size: 'maxMessageSize' } },
);

export const QueueSchema = strictObject(
  {
    fifo: Type.Boolean({
      default: false,
      description:
        'A FIFO queue: order is kept within a message group. With `arn` the name of the queue decides, unless the ARN is a CloudFormation function.',
    }),
    visibilityTimeout: Type.Integer({
      unit: 'seconds',
      default: 180,
      minimum: MIN_VISIBILITY_TIMEOUT_SECONDS,
      maximum: SQS.maxVisibilityTimeoutSeconds,
      description:
        'Seconds for which a received message is hidden. The watcher renews it while the worker runs, so this is not a limit of the job but the delay after which the message of a lost container returns.',
    }),
    retention: Type.Integer({
      unit: 'seconds',
      default: SQS.maxRetentionSeconds,
      minimum: SQS.minRetentionSeconds,
      maximum: SQS.maxRetentionSeconds,
      description:
        'Seconds for which the queue keeps a message. The default is 14 days; a dead-letter queue that the plugin makes always keeps them that long.',
    }),
    maxReceives: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: SQS.maxReceives,
      description: 'Receives after which a message goes to the dead-letter queue.',
    }),
    delay: Type.Integer({
      unit: 'seconds',
      default: 0,
      minimum: 0,
      maximum: SQS.maxDelaySeconds,
      description: 'Seconds for which every new message is held back.',
    }),
    deadLetter: Type.Optional(
      Type.Union([Type.Boolean(), textBesideBoolean(), Intrinsic], {
        title: '`true`, `false`, the ARN of a queue or a CloudFormation function',
        description:
          'Where messages that keep failing go. `true`: a queue that the plugin makes. An ARN: an existing queue. `false`, with `fifo` or `arn` only: nowhere, so that such a message blocks its group of a FIFO queue. With `arn` it does not change where messages go; it only says which queue the alarms watch.',
        otherwise: '`true`; `false` with `arn`',
      }),
    ),
    encryption: stringOrIntrinsic({
      default: Encryption.managed,
      title: '`SSE-SQS`, `KMS`, the ARN, id or alias of a key, or a CloudFormation function',
      description:
        'How messages are encrypted at rest. `SSE-SQS`: a key that SQS keeps. `KMS`: a key that the plugin makes, whose policy allows only the sources of this worker; it encrypts the topic too. The policy of a key of your own must allow SNS, EventBridge and S3 if they send.',
    }),
    arn: Type.Optional(
      stringOrIntrinsic({
        title: 'the ARN of a queue or a CloudFormation function',
        description:
          'An existing queue, of the same account and region. The plugin changes nothing about it, not even its policy: it gets no topic, and of `events` only `schedule` and `webhook`.',
        otherwise: 'none: a queue is made',
      }),
    ),
  },
  { default: {}, description: 'The queue in front of the worker.' },
);
