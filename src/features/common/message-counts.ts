import type { QueueAttributeName } from '@aws-sdk/client-sqs';

/** What `GetQueueAttributes` must be asked for. */
export const COUNT_ATTRIBUTES: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** Messages of a queue; SQS calls the numbers approximate. */
export interface MessageCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

export function countsIn(attributes: Partial<Record<string, string>> = {}): MessageCounts {
  return {
    visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}
