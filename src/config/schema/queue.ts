import { Type } from '@sinclair/typebox';
import { MIN_VISIBILITY_TIMEOUT_SECONDS, SQS } from '../limits';
import { strictObject } from './values';

export const QueueSchema = strictObject(
  {
    fifo: Type.Boolean({
      default: false,
      description: 'A FIFO queue: order is kept within a message group.',
    }),
    visibilityTimeout: Type.Integer({
      default: 180,
      minimum: MIN_VISIBILITY_TIMEOUT_SECONDS,
      maximum: SQS.maxVisibilityTimeoutSeconds,
      description:
        'Seconds for which a received message is hidden. The watcher renews it while the worker runs, so this is not a limit of the job but the delay after which the message of a lost container returns.',
    }),
    retention: Type.Integer({
      default: SQS.maxRetentionSeconds,
      minimum: SQS.minRetentionSeconds,
      maximum: SQS.maxRetentionSeconds,
      description:
        'Seconds for which the queue and its dead-letter queue keep a message. The default is 14 days.',
    }),
    maxReceives: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: SQS.maxReceives,
      description: 'Receives after which a message goes to the dead-letter queue.',
    }),
    delay: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: SQS.maxDelaySeconds,
      description: 'Seconds for which every new message is held back.',
    }),
    deadLetter: Type.Boolean({
      default: true,
      description:
        '`false`, for a FIFO queue only: a message that keeps failing stalls its group rather than being set aside.',
    }),
  },
  { default: {}, description: 'The queue in front of the worker.' },
);
